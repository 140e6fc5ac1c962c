import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';
import { clockRateOf, withDtx } from '../call/sdp.mjs';
import { checkRecording } from '../recordings/check-recording.mjs';
import { UNREAD, callSidOf, linesOf, rounded } from '../recordings/lines.mjs';
import { SAMPLE, STATISTICS } from '../recordings/recorder-rows.mjs';

const ACCEPTED_AT = 1_800_000_000_000;
const header = { name: 'opus_try', description: 'a try', sdk: 'an SDK', browser: 'a browser' };
const accept = (callSid, at = ACCEPTED_AT) => ({
  at,
  callSid,
  type: 'accept',
  parameters: { AccountSid: 'AC9', CallSid: callSid, From: '+1' },
});

test('times are from the first acceptance, in order, and what identifies an account or a call is made up', () => {
  const events = [{ at: ACCEPTED_AT + 1003.6, callSid: 'CA9', type: 'warning', name: 'high-rtt' }, accept('CA9')];
  const lines = linesOf({
    header,
    events,
    calls: [{ callSid: 'CA9', acceptedAt: ACCEPTED_AT }],
    startedAt: ACCEPTED_AT - 700,
  });
  const [first, accepted, warning] = lines.map((line) => JSON.parse(line));
  assert.deepEqual(first, { ms: -700, type: 'recording', version: 1, startedAt: ACCEPTED_AT, ...header });
  assert.deepEqual(accepted, {
    ms: 0,
    type: 'accept',
    parameters: { AccountSid: `AC${'0'.repeat(32)}`, CallSid: callSidOf('opus_try', 0), From: '+1' },
  });
  assert.deepEqual(warning, { ms: 1004, type: 'warning', name: 'high-rtt' });
});

test('with several calls in a file each line says of which it is', () => {
  const calls = [
    { callSid: 'CA1', acceptedAt: ACCEPTED_AT },
    { callSid: 'CA2', acceptedAt: ACCEPTED_AT + 50_000 },
  ];
  const lines = linesOf({
    header,
    events: [accept('CA1'), accept('CA2', ACCEPTED_AT + 50_000)],
    calls,
    startedAt: ACCEPTED_AT,
  });
  const sids = lines.slice(1).map((line) => JSON.parse(line).callSid);
  assert.deepEqual(sids, [callSidOf('opus_try', 0), callSidOf('opus_try', 1)]);
  assert.ok(sids.every((sid) => /^CA[a-z0-9]{32}$/.test(sid)));
});

test('numbers keep four digits at any depth, and everything else stays', () => {
  assert.deepEqual(rounded({ a: [1.23456, null], b: { c: 0.00004, d: 'x', e: 1795327610244.317, f: true } }), {
    a: [1.2346, null],
    b: { c: 0, d: 'x', e: 1795327610244.317, f: true },
  });
});

test('a long recording leaves out nothing that the engine reads', () => {
  const read = [...SAMPLE, ...STATISTICS.map(([, name]) => name)];
  assert.deepEqual(
    Object.values(UNREAD).flatMap((names) => names.filter((name) => read.includes(name))),
    [],
  );
});

test('a long recording leaves out what nothing reads, and a short one keeps it', () => {
  const second = { at: ACCEPTED_AT + 1000, callSid: 'CA9' };
  const unread = (names) => Object.fromEntries(names.map((name) => [name, 3]));
  const events = [
    { ...second, type: 'sample', sample: { rtt: 1, ...unread(UNREAD.sample) } },
    {
      ...second,
      type: 'stats',
      stats: { inbound: { packetsReceived: 50, ...unread(UNREAD.stats) }, connectionState: 'connected' },
    },
  ];
  const calls = [{ callSid: 'CA9', acceptedAt: ACCEPTED_AT }];
  const seconds = (isLong) =>
    linesOf({ header, events, calls, startedAt: ACCEPTED_AT, isLong })
      .slice(1)
      .map((line) => JSON.parse(line));
  assert.deepEqual(
    seconds(true).map(({ sample, stats }) => sample ?? stats),
    [{ rtt: 1 }, { inbound: { packetsReceived: 50 }, connectionState: 'connected' }],
  );
  assert.deepEqual(
    seconds(false).map(({ sample, stats }) => sample ?? stats),
    [events[0].sample, events[1].stats],
  );
});

/** The page's script, as the page has it. */
function pageStatistics() {
  const window = {};
  vm.runInNewContext(fs.readFileSync(new URL('../page/statistics.js', import.meta.url), 'utf8'), { window });
  return window;
}

const asData = (value) => JSON.parse(JSON.stringify(value));

test('of the statistics only what a recording has is kept, and what is not there yet is left out', () => {
  const states = { iceConnectionState: 'connected', connectionState: 'connected', signalingState: 'stable' };
  const report = [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P2' },
    { id: 'P1', type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: 9 },
    { id: 'P2', type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: 0.002, priority: 7 },
    { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 44, ssrc: 5, jitter: 0.003 },
    { id: 'V', type: 'inbound-rtp', kind: 'video', packetsReceived: 1 },
  ];
  assert.deepEqual(asData(pageStatistics().labReduceStatistics(report, states)), {
    inbound: { packetsReceived: 44, jitter: 0.003 },
    candidatePair: { currentRoundTripTime: 0.002, state: 'succeeded' },
    iceConnectionState: 'connected',
    connectionState: 'connected',
  });
});

/** The plugin's reader, whose package is not one of modules. */
async function pluginReader() {
  const source = fs.readFileSync(new URL('../../js-shim/src/voice/statistics.js', import.meta.url), 'utf8');
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}

/** What the engine reads of a reading, by part and name. */
const readOf = (stats) => STATISTICS.map(([part, name]) => [`${part}.${name}`, stats[part]?.[name]]);

test('of the same reports a recording has the numbers that the plugin takes, and both ask with the sample', async () => {
  const { statisticsReader } = await pluginReader();
  const pairs = [
    {
      id: 'P1',
      type: 'candidate-pair',
      state: 'succeeded',
      nominated: true,
      currentRoundTripTime: 0.3,
      responsesReceived: 5,
    },
    {
      id: 'P2',
      type: 'candidate-pair',
      state: 'succeeded',
      nominated: true,
      currentRoundTripTime: 0.04,
      responsesReceived: 8,
    },
    { id: 'P3', type: 'candidate-pair', state: 'failed', nominated: true, currentRoundTripTime: 9 },
  ];
  const media = [
    {
      id: 'I',
      type: 'inbound-rtp',
      kind: 'audio',
      packetsReceived: 44,
      packetsLost: -1,
      concealedSamples: 80,
      silentConcealedSamples: 20,
      totalSamplesReceived: 8000,
      concealmentEvents: 2,
      jitterBufferDelay: 400,
      jitterBufferEmittedCount: 7900,
    },
    {
      id: 'S',
      type: 'media-source',
      kind: 'audio',
      audioLevel: 0.25,
      echoReturnLoss: -30,
      echoReturnLossEnhancement: 0.2,
    },
    { id: 'Y', type: 'media-playout', kind: 'audio', synthesizedSamplesDuration: 0, totalSamplesDuration: 1 },
  ];
  const rtcp = [
    {
      id: 'R',
      type: 'remote-inbound-rtp',
      kind: 'audio',
      fractionLost: 0.05,
      packetsLost: 3,
      roundTripTimeMeasurements: 7,
      roundTripTime: 0.2,
    },
    { id: 'O', type: 'remote-outbound-rtp', kind: 'audio', reportsSent: 6, remoteTimestamp: 1.8e12 },
  ];
  const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'P1' };
  const selected = { ...pairs[1], selected: true };
  for (const reports of [
    [],
    [pairs[0]],
    pairs,
    [selected, pairs[0]],
    [...pairs, ...media],
    [transport, ...pairs, ...media],
    [...media, ...rtcp, ...pairs, transport],
  ]) {
    const connection = {
      iceConnectionState: 'connected',
      getStats: async () => new Map(reports.map((report) => [report.id, report])),
    };
    const call = Object.assign(new EventEmitter(), { _mediaHandler: { version: { pc: connection } } });
    const received = { plugin: [], recorder: [] };
    const paths = { plugin: [], recorder: [] };
    call.on(
      'sample',
      statisticsReader(
        call,
        (stats) => received.plugin.push(stats),
        (path) => paths.plugin.push(path),
        () => {},
      ),
    );
    pageStatistics().labFollowStatistics(
      call,
      (stats) => received.recorder.push(asData(stats)),
      (path) => paths.recorder.push(path),
    );
    for (const times of [1, 2]) {
      call.emit('sample', {});
      await new Promise(setImmediate);
      assert.deepEqual([received.plugin.length, received.recorder.length], [times, times]);
    }
    assert.deepEqual(readOf(received.plugin[0]), readOf(received.recorder[0]));
    assert.deepEqual(asData(paths.plugin), asData(paths.recorder));
    // The last of them have everything.
    if (reports.includes(rtcp[0]))
      assert.ok(readOf(received.recorder[0]).every(([, value]) => typeof value === 'number'));
  }
});

const SDP = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  '',
].join('\r\n');

test('the clock is that of the first codec, and DTX is asked of Opus alone', () => {
  assert.equal(clockRateOf(SDP), 48_000);
  assert.equal(clockRateOf(SDP.replace('111 0', '0 111')), 8000);
  assert.equal(clockRateOf('v=0\r\n'), undefined);
  assert.equal(withDtx(SDP), SDP.replace('useinbandfec=1', 'useinbandfec=1;usedtx=1'));
});

/** A recording of 20 s; `odd` are seconds at which the jitter is 40 ms. */
function recording(odd, truth = []) {
  const events = [{ ms: 0, type: 'accept' }, ...truth, { ms: 20_050, type: 'disconnect' }];
  const passed = { rtpIn: 50, delayMs: 0.1 };
  for (let second = 1; second <= 20; second += 1) {
    const jitter = odd.includes(second) ? 40 : 2;
    events.push({
      ms: second * 1000,
      type: 'sample',
      sample: { codecName: 'PCMU', packetsReceived: 50, packetsSent: 50, jitter },
    });
    events.push({ ms: second * 1000, type: 'truth-second', down: passed, up: passed });
  }
  return events.sort((one, other) => one.ms - other.ms).map((event) => JSON.stringify(event));
}

test('jitter that the scenario does not explain is the machine', () => {
  const truth = [
    { ms: 5000, type: 'truth', on: true, label: 'network', network: { both: { jitter: 50 } } },
    { ms: 8000, type: 'truth', on: false, label: 'network', network: { both: null } },
  ];
  assert.deepEqual(checkRecording(recording([])).disturbed, []);
  assert.deepEqual(checkRecording(recording([6, 7, 9], truth)).disturbed, []);
  assert.deepEqual(checkRecording(recording([6, 17], truth)).disturbed, ['jitter of 40 ms at 17.0 s']);
});

test('an end of the call that sends too little, and a relay that counts too late, are the machine, whatever the network does', () => {
  const spoiled = [{ ms: 3000, type: 'truth', on: true, label: 'network', network: { both: { loss: 0.1 } } }];
  const lines = recording([], spoiled);
  const seconds = (change) =>
    checkRecording(
      lines.map((line) => {
        const event = JSON.parse(line);
        return JSON.stringify(event.type === 'truth-second' ? change(event) : event);
      }),
    ).disturbed;
  const few = (event) => (event.ms === 9000 ? { ...event, up: { ...event.up, rtpIn: 30 } } : event);
  assert.deepEqual(seconds(few), ['30 packets up at 9.0 s']);
  const late = (event) => (event.ms === 11_000 ? { ...event, ms: 11_500 } : event);
  assert.deepEqual(seconds(late), [
    '1500 ms without a count of the relay at 11.5 s',
    '500 ms without a count of the relay at 12.0 s',
  ]);
});

test('a page that is kept busy samples when it can', () => {
  const busy = [{ ms: 3000, type: 'truth', on: true, label: 'page busy', network: null, action: 'busy(700)' }];
  const lines = recording([], busy).map((line) =>
    line.replace('"ms":8000,"type":"sample"', '"ms":8500,"type":"sample"'),
  );
  assert.deepEqual(checkRecording(lines).disturbed, []);
});
