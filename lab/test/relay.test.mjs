// Real UDP through the relay, on 127.0.0.1.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../call/speech.mjs';
import { Relay } from '../network/relay.mjs';
import { until } from './support/until.mjs';

const HOST = '127.0.0.1';
const SETTLE_MS = 150;

let heardAt = 0;
/** Waits until no peer has heard anything for a while. On a busy machine, what has arrived waits to be looked at, too. */
async function settled() {
  do {
    await sleep(SETTLE_MS);
    for (let turn = 0; turn < 10; turn += 1)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
  } while (performance.now() - heardAt < SETTLE_MS);
}

async function peer() {
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  await new Promise((resolve) => socket.bind(0, HOST, resolve));
  const received = [];
  socket.on('message', (packet, sender) => {
    heardAt = performance.now();
    received.push({ packet, at: heardAt, port: sender.port });
  });
  return { socket, received, port: socket.address().port, send: (packet, port) => socket.send(packet, port, HOST) };
}

/** Two peers with a relay between them; `toFar` and `toNear` are the relay's ports that stand for them; `passed` counts. */
async function setUp(t) {
  const relay = new Relay({ random: seededRandom(2) });
  const [near, far] = await Promise.all([peer(), peer()]);
  const [toFar, toNear] = await Promise.all([relay.portFor(far.port, 'far'), relay.portFor(near.port, 'near')]);
  const seconds = [];
  relay.on('second', (second) => seconds.push(second));
  /** What the truth has counted in a direction so far, however many seconds it took. */
  const passed = (direction) => {
    seconds.push(relay.truth.take());
    const sum = (field) => seconds.reduce((total, second) => total + second[direction][field], 0);
    return Object.fromEntries(['rtpIn', 'rtpOut', 'rtpDrop', 'rtcp', 'stun'].map((field) => [field, sum(field)]));
  };
  t.after(() => {
    relay.close();
    near.socket.close();
    far.socket.close();
  });
  return { relay, near, far, toFar, toNear, passed };
}

const rtp = (sequence) => {
  const packet = Buffer.alloc(172);
  packet[0] = 0x80;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(99, 8);
  return packet;
};
const RTCP = Buffer.from([0x80, 200, 0, 0]);
const STUN = Buffer.from([0, 1, 0, 0]);
const sequences = ({ received }) => received.map(({ packet }) => packet.readUInt16BE(2));

/** Sends `count` RTP packets, a few at a time so that no buffer overflows. */
async function sendRtp(from, port, count) {
  for (let sequence = 0; sequence < count; sequence += 1) {
    from.send(rtp(sequence), port);
    if (sequence % 20 === 19) await sleep(2);
  }
  await settled();
}

test('a healthy relay passes everything both ways, in order, and each peer sees the port that stands for the other', async (t) => {
  const { near, far, toFar, toNear } = await setUp(t);
  await sendRtp(near, toFar, 200);
  await sendRtp(far, toNear, 200);
  const all = Array.from({ length: 200 }, (_, index) => index);
  assert.deepEqual(sequences(far), all);
  assert.deepEqual(sequences(near), all);
  assert.equal(far.received[0].port, toNear);
  assert.equal(near.received[0].port, toFar);
});

test('loss up loses its share of what the agent sends and nothing of what the agent gets', async (t) => {
  const { relay, near, far, toFar, toNear, passed } = await setUp(t);
  relay.set('up', { loss: 0.3 });
  await sendRtp(near, toFar, 1000);
  await sendRtp(far, toNear, 300);
  const lost = 1 - far.received.length / 1000;
  assert.ok(Math.abs(lost - 0.3) < 0.06, `lost ${lost}`);
  assert.equal(near.received.length, 300);
  const { rtpIn, rtpOut, rtpDrop } = passed('up');
  assert.deepEqual([rtpIn, rtpOut, rtpDrop], [1000, far.received.length, 1000 - far.received.length]);
  assert.equal(passed('down').rtpDrop, 0);
});

test('delay makes a packet late by at least that much', async (t) => {
  const { relay, near, far, toFar } = await setUp(t);
  relay.set('both', { delay: 120 });
  const sentAt = performance.now();
  near.send(rtp(1), toFar);
  await until('the packet', () => far.received.length === 1);
  assert.ok(far.received[0].at - sentAt >= 118, `${far.received[0].at - sentAt} ms`);
  assert.ok(relay.truth.take().up.delayMs >= 118);
});

test('jitter keeps the order unless it may reorder', async (t) => {
  const { relay, near, far, toFar } = await setUp(t);
  const isSorted = (list) => list.every((value, index) => index === 0 || list[index - 1] < value);
  relay.set('up', { jitter: 20 });
  await sendRtp(near, toFar, 100);
  await until('all packets', () => far.received.length === 100);
  assert.ok(isSorted(sequences(far)));
  far.received.length = 0;
  relay.set('up', { jitter: 20, reorder: true });
  await sendRtp(near, toFar, 100);
  await until('all packets', () => far.received.length === 100);
  assert.ok(!isSorted(sequences(far)));
});

test('in a blackout nothing passes, and afterwards everything does', async (t) => {
  const { relay, near, far, toFar } = await setUp(t);
  relay.set('both', { blackout: true });
  await sendRtp(near, toFar, 50);
  near.send(STUN, toFar);
  await settled();
  assert.equal(far.received.length, 0);
  relay.set('both', {});
  await sendRtp(near, toFar, 50);
  assert.equal(far.received.length, 50);
});

test('with only RTP touched, RTCP and STUN pass a blackout, and the truth counts each', async (t) => {
  const { relay, near, far, toFar, passed } = await setUp(t);
  relay.set('up', { blackout: true, only: ['rtp'] });
  for (const packet of [rtp(1), RTCP, STUN]) near.send(packet, toFar);
  await settled();
  assert.deepEqual(
    far.received.map(({ packet }) => packet),
    [RTCP, STUN],
  );
  assert.deepEqual(passed('up'), { rtpIn: 1, rtpOut: 0, rtpDrop: 1, rtcp: 1, stun: 1 });
});

test('RTCP alone can be lost', async (t) => {
  const { relay, near, far, toFar } = await setUp(t);
  relay.set('both', { dropRtcp: true });
  for (const packet of [rtp(1), RTCP]) near.send(packet, toFar);
  await settled();
  assert.deepEqual(
    far.received.map(({ packet }) => packet),
    [rtp(1)],
  );
});

test('a peer that shows up on a port of its own gets an answer through the relay', async (t) => {
  const { far, toFar } = await setUp(t);
  const restarted = await peer();
  t.after(() => restarted.socket.close());
  restarted.send(STUN, toFar);
  await settled();
  far.send(STUN, far.received[0].port);
  await settled();
  assert.deepEqual(
    restarted.received.map(({ port }) => port),
    [toFar],
  );
});

test('the candidates of an SDP are made to point to the relay, and those that would go around it are left out', async (t) => {
  const { relay, toFar, far } = await setUp(t);
  const sdp = [
    'v=0',
    `a=candidate:1 1 udp 2122 127.0.0.1 ${far.port} typ host generation 0 network-id 1`,
    'a=candidate:2 1 udp 2121 10.0.0.7 4444 typ host generation 0',
    'a=candidate:3 1 tcp 1518 127.0.0.1 9 typ host tcptype active',
    'a=ice-ufrag:abcd',
    '',
  ].join('\r\n');
  const rewritten = await relay.rewrite(sdp, 'far');
  assert.equal(
    rewritten,
    `v=0\r\na=candidate:1 1 udp 2122 127.0.0.1 ${toFar} typ host generation 0\r\na=ice-ufrag:abcd\r\n`,
  );
});

test('the truth comes once a second', async (t) => {
  const { relay, near, toFar } = await setUp(t);
  near.send(rtp(1), toFar);
  const second = await new Promise((resolve) => relay.once('second', resolve));
  assert.equal(second.up.rtpOut, 1);
  assert.equal(second.down.rtpOut, 0);
});

test('after the end of a call nothing is opened for it', async () => {
  const relay = new Relay();
  relay.close();
  assert.equal(await relay.rewrite(`v=0\r\na=candidate:1 1 udp 1 ${HOST} 4000 typ host`, 'far'), 'v=0');
});

test('a direction that does not exist is refused', async (t) => {
  const { relay } = await setUp(t);
  assert.throws(() => relay.set('sideways', {}), /up, down or both/);
});
