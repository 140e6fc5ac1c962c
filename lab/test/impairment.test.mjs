import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../call/speech.mjs';
import { Direction, gaussian } from '../network/impairment.mjs';
import { presets } from '../network/presets.mjs';
import { kindOf } from '../network/packet-kind.mjs';

const COUNT = 20_000;

function direction(impairment, seed = 3) {
  const made = new Direction(seededRandom(seed));
  made.set(impairment);
  return made;
}

/** What becomes of packets sent every 20 ms: each one's time of leaving, or null. */
const outcomes = (made, { kind = 'rtp', count = COUNT } = {}) =>
  Array.from({ length: count }, (_, index) => made.dueAt(kind, index * 20, 172));
const shareLost = (dues) => dues.filter((due) => due === null).length / dues.length;

test('random loss loses the share it is told, one packet at a time', () => {
  const dues = outcomes(direction({ loss: 0.12 }));
  assert.ok(Math.abs(shareLost(dues) - 0.12) < 0.01, `lost ${shareLost(dues)}`);
  const pairs = dues.filter((due, index) => due === null && dues[index + 1] === null).length;
  assert.ok(pairs / COUNT < 0.025, 'losses do not cluster');
});

test('bursts lose packets in runs whose mean length is that of the bad state', () => {
  const dues = outcomes(direction({ gilbert: { enter: 0.022, leave: 0.2 } }));
  const lost = dues.filter((due) => due === null).length;
  const runs = dues.filter((due, index) => due === null && dues[index - 1] !== null).length;
  assert.ok(Math.abs(lost / COUNT - 0.099) < 0.02, `lost ${lost / COUNT}`);
  assert.ok(Math.abs(lost / runs - 5) < 0.8, `runs of ${lost / runs}`);
});

test('packets can be dropped by their number', () => {
  const dues = outcomes(direction({ drop: { every: 50, run: 3 } }));
  assert.equal(shareLost(dues), 3 / 50);
  assert.deepEqual(
    dues.slice(50, 54).map((due) => due === null),
    [true, true, true, false],
  );
  assert.throws(() => direction({ drop: { every: 3, run: 3 } }), /"run" of packets out of a greater number/);
});

test('a burst can lose only a share of its packets', () => {
  const whole = shareLost(outcomes(direction({ gilbert: { enter: 0.05, leave: 0.05 } })));
  const half = shareLost(outcomes(direction({ gilbert: { enter: 0.05, leave: 0.05, loss: 0.5 } })));
  assert.ok(Math.abs(half / whole - 0.5) < 0.1, `${half} of ${whole}`);
});

test('jitter with the order kept never lets a packet overtake, and with reordering does', () => {
  const overtakes = (dues) => dues.filter((due, index) => index > 0 && due < dues[index - 1]).length;
  assert.equal(overtakes(outcomes(direction({ jitter: 50 }))), 0);
  assert.ok(overtakes(outcomes(direction({ jitter: 50, reorder: true }))) > COUNT / 10);
});

test('delay is added to every packet and nothing is lost by it', () => {
  const dues = outcomes(direction({ delay: 150 }), { count: 100 });
  assert.deepEqual(
    dues,
    dues.map((_, index) => index * 20 + 150),
  );
});

test('an impairment of RTP alone leaves RTCP, STUN and DTLS untouched', () => {
  const made = direction({ blackout: true, only: ['rtp'] });
  assert.equal(made.dueAt('rtp', 0), null);
  for (const kind of ['rtcp', 'stun', 'dtls']) assert.equal(made.dueAt(kind, 5), 5);
});

test('RTCP can be dropped while everything else passes', () => {
  const made = direction({ dropRtcp: true });
  assert.equal(made.dueAt('rtcp', 0), null);
  assert.equal(made.dueAt('rtp', 1), 1);
});

test('a link slower than what is sent delays packets more and more, and loses them once its queue is full', () => {
  const made = direction({ rate: 64, queue: 300 });
  const bytes = 172; // 200 with IP and UDP: 80 kbit/s at 50 packets a second, each of which takes the link 25 ms
  const delays = Array.from({ length: 3000 }, (_, index) => {
    const due = made.dueAt('rtp', index * 20, bytes);
    return due === null ? null : due - index * 20;
  });
  assert.deepEqual(delays.slice(0, 4), [25, 30, 35, 40]);
  const firstLost = delays.indexOf(null);
  assert.equal(firstLost, 61, 'each packet waits 5 ms more than the one before, and none more than 300 ms');
  const full = delays.slice(firstLost);
  assert.ok(
    full.every((delay) => delay === null || (delay >= 300 && delay <= 325)),
    'a full queue',
  );
  assert.ok(Math.abs(shareLost(full) - 0.2) < 0.01, `lost ${shareLost(full)}`);
});

test('a link that is faster than what is sent has no queue, and one that was slow sends what waits in it before the rest', () => {
  const made = direction({ rate: 160, queue: 300 });
  assert.deepEqual(
    Array.from({ length: 5 }, (_, index) => made.dueAt('rtp', index * 20, 172) - index * 20),
    [10, 10, 10, 10, 10],
  );
  made.set({ rate: 16, queue: 300 });
  assert.equal(made.dueAt('rtp', 200, 172), 300);
  assert.equal(made.dueAt('stun', 210, 72), 350, 'every kind of packet takes its turn');
  made.set({});
  assert.equal(made.dueAt('rtp', 220, 172), 350, 'nothing overtakes the queue');
  assert.equal(made.dueAt('rtp', 360, 172), 360);
});

test('a link of RTP alone leaves the other kinds untouched', () => {
  const made = direction({ rate: 8, queue: 1000, only: ['rtp'], reorder: true });
  assert.equal(made.dueAt('rtp', 0, 172), 200);
  assert.equal(made.dueAt('rtcp', 10, 72), 10);
});

test('a new impairment replaces the old one', () => {
  const made = direction({ blackout: true });
  made.set({});
  assert.equal(made.dueAt('rtp', 7), 7);
});

test('a misspelt impairment is refused instead of leaving the network healthy', () => {
  assert.throws(() => direction({ los: 0.1 }), /unknown impairment "los"/);
  assert.throws(() => direction({ loss: 12 }), /share between 0 and 1/);
  assert.throws(() => direction({ rate: 78 }), /"rate" or "link" and "queue" go together/);
  assert.throws(() => direction({ rate: 0, queue: 700 }), /above 0 kbit\/s/);
});

test('every preset is an impairment for both directions', () => {
  for (const [name, preset] of Object.entries(presets)) {
    assert.deepEqual(Object.keys(preset).sort(), ['down', 'up'], name);
    direction(preset.up);
    direction(preset.down);
  }
});

test('the gaussian has mean 0 and deviation 1', () => {
  const random = seededRandom(5);
  const values = Array.from({ length: COUNT }, () => gaussian(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT);
  assert.ok(Math.abs(mean) < 0.05 && Math.abs(deviation - 1) < 0.05, `${mean} ${deviation}`);
});

test('packets are told apart by their first two bytes', () => {
  const kinds = { stun: [0, 1], dtls: [22, 254], rtp: [0x80, 0x80], rtcp: [0x80, 200], other: [70, 0] };
  for (const [kind, bytes] of Object.entries(kinds)) assert.equal(kindOf(Buffer.from(bytes)), kind);
});
