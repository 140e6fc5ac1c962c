import 'fake-indexeddb/auto';

import { readFileSync } from 'fs';
import path from 'path';

import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { CALLS, openRecordings } from '../src/recorder/database';
import { recordCalls } from '../src/recorder/recorder';
import { loadEngine } from '../src/engine';
import { linesOf } from '../admin-view/src/rowsToRecording';
import { recorded } from '../admin-view/src/recordedCalls';
import { FakeCall, FakeDevice, fakeFlex, fakeManager, fakeTask, fakeVoiceClient, HEALTHY } from './fakes';

const AGENT_LEG = 'CA00000000000000000000000000000001';

let complaints;
let engine;
beforeAll(async () => {
  const { recordedSample, recordedStats, recordedEndpoint, limits } = await loadEngine();
  engine = { recordedSample, recordedStats, recordedEndpoint, limits: limits() };
});
beforeEach(() => {
  complaints = jest.spyOn(console, 'error').mockImplementation(() => {});
  ['log', 'info', 'warn'].forEach((level) => jest.spyOn(console, level).mockImplementation(() => {}));
});
afterEach(async () => {
  jest.restoreAllMocks();
  localStorage.clear();
  await inStore('readwrite', (calls) => calls.clear());
});

async function inStore(mode, ask) {
  const database = await openRecordings();
  const asked = ask(database.transaction(CALLS, mode).objectStore(CALLS));
  return new Promise((resolve) => {
    asked.onsuccess = () => {
      database.close();
      resolve(asked.result);
    };
  });
}

const stored = () => inStore('readonly', (calls) => calls.getAll());
/** What is asked for, once it is as it should be. */
async function once(ask, isSo) {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const storedOnce = (count) => once(stored, ({ length }) => length >= count);
const soon = () => new Promise((resolve) => setTimeout(resolve, 100));
const rowsOf = async ({ packed }) =>
  JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).text());

/** A recorder that is told of a call, without a plugin around it. */
function tell(recorder, { callSid = AGENT_LEG, rows = 3 } = {}) {
  const call = { callSid, context: { direction: 'inbound' } };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'accept', false);
  for (let row = 0; row < rows; row += 1) recorder.dispatched(call, 'sample', { rtt: Math.random() });
  recorder.dispatched(call, 'disconnect');
  return call;
}

/** A call of some seconds in a page with the plugin. */
async function takeCall(attributes) {
  const device = new FakeDevice();
  const manager = fakeManager({ attributes, voiceClient: fakeVoiceClient(device) });
  await new DeviceMonitoringPlugin().init(fakeFlex(), manager);
  const call = new FakeCall({ callSid: AGENT_LEG });
  device.emit('incoming', call);
  const task = fakeTask({ worker: AGENT_LEG, attributes: { direction: 'inbound', name: 'Alex Customer' } });
  manager.change({ worker: { ...manager.store.getState().flex.worker, tasks: new Map([[task.sid, task]]) } });
  call.accept();
  call.emit('sample', HEALTHY);
  call.emit('warning', 'high-rtt', { threshold: { name: 'max' }, values: [500, 'nonsense'] });
  call.emit('warning-cleared', 'high-rtt');
  call.emit('mute', true);
  call.disconnect();
  await (attributes.recordCalls ? storedOnce(1) : soon());
}

test('what happened in a call is kept with its verdict, in the words of the engine', async () => {
  await takeCall({ recordCalls: true });
  const [kept, ...others] = await storedOnce(1);
  expect(others).toEqual([]);
  expect(kept).toMatchObject({
    callSid: AGENT_LEG,
    direction: 'inbound',
    workerSid: 'WK00000000000000000000000000000001',
    bytes: kept.packed.byteLength,
  });
  expect(kept.reasons).toMatchObject([
    { rule: 'shortCall', threshold: 10, text: expect.stringMatching(/^The call lasted 0/) },
  ]);
  const rows = await rowsOf(kept);
  expect(rows.map(([, ...row]) => row)).toEqual([
    ['incoming', 'INCOMING'],
    ['endpoint', { hardwareConcurrency: navigator.hardwareConcurrency }],
    ['describe', { taskSid: 'WT00000000000000000000000000000001', direction: 'inbound' }],
    ['accept', false],
    ['sample', 2, 60, 0, 50, 50, 4.4, 8000, 8000, 9000, 9000],
    ['warning', 'high-rtt', 'max', [500, null]],
    ['warningCleared', 'high-rtt'],
    ['mute', true],
    ['disconnect'],
  ]);
  expect(rows.every(([ms], index) => Number.isInteger(ms) && ms >= (rows[index - 1] ?? [0])[0])).toBe(true);
});

test('who opens the recorded calls right after one is over finds it', async () => {
  const device = new FakeDevice();
  const manager = fakeManager({
    attributes: { recordCalls: true },
    roles: ['admin'],
    voiceClient: fakeVoiceClient(device),
  });
  const flex = fakeFlex();
  await new DeviceMonitoringPlugin().init(flex, manager);
  const call = new FakeCall({ callSid: AGENT_LEG });
  device.emit('incoming', call);
  call.accept();
  call.emit('sample', HEALTHY);
  call.disconnect();
  // The verdict comes in a task of its own.
  await new Promise((resolve) => setTimeout(resolve, 1));
  const [view] = flex.views;
  const database = await view.props.children.props.componentProps.access.openRecordings();
  const counting = database.transaction(CALLS).objectStore(CALLS).count();
  const count = await new Promise((resolve) => {
    counting.onsuccess = () => resolve(counting.result);
  });
  database.close();
  expect(count).toBe(1);
});

test('what is kept of a call names its own numbers, and is a recording like one of the calls that were kept before', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: {} };
  const stats = {
    candidatePair: { type: 'candidate-pair', currentRoundTripTime: 0.05, responsesReceived: 9 },
    inbound: { concealedSamples: 80, totalSamplesReceived: 8000, packetsLost: 1, packetsReceived: 49 },
    remoteOutbound: { reportsSent: 2n },
  };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'accept', false);
  recorder.dispatched(call, 'sample', { ...HEALTHY, mos: null });
  recorder.dispatched(call, 'stats', stats);
  recorder.dispatched(call, 'sample', undefined);
  recorder.judged(call, []);
  const [kept] = await storedOnce(1);
  const rows = await rowsOf(kept);
  const place = 2 + kept.fields.sample.findIndex(([name]) => name === 'packetsSent');
  const before = rows.map((row) => {
    if (row[1] === 'stats') return [row[0], 'statistics', 0.05, null, null, null, 80, 8000, 1, 49, null, 9];
    return row[1] === 'sample' ? row.filter((_, index) => index !== place) : row;
  });
  const { lines } = linesOf(recorded(kept), rows);
  const told = lines.map((line) => JSON.parse(line)).map(({ ms, callSid, ...line }) => line);
  expect(told.slice(3)).toEqual([
    {
      type: 'sample',
      sample: {
        jitter: 2,
        rtt: 60,
        packetsLost: 0,
        packetsReceived: 50,
        packetsSent: 50,
        mos: null,
        bytesReceived: 8000,
        bytesSent: 8000,
        audioInputLevel: 9000,
        audioOutputLevel: 9000,
      },
    },
    {
      type: 'stats',
      stats: {
        candidatePair: { currentRoundTripTime: 0.05, responsesReceived: 9 },
        inbound: { concealedSamples: 80, totalSamplesReceived: 8000, packetsLost: 1, packetsReceived: 49 },
      },
    },
    { type: 'sample', sample: Object.fromEntries(Object.keys(told[3].sample).map((name) => [name, null])) },
  ]);
  const linesBefore = linesOf(recorded({ ...kept, fields: undefined }), before).lines;
  const withoutSent = (name, value) => (name === 'packetsSent' ? undefined : value);
  expect(linesBefore.map((line) => JSON.parse(line))).toEqual(lines.map((line) => JSON.parse(line, withoutSent)));
});

test('of what a call is taken with a recording has the model, and neither the name of a device nor an address', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: {} };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'accept', false);
  recorder.dispatched(call, 'endpoint', { microphone: 'Jane’s headset (0b0e:0245)', address: '198.41.0.4' });
  recorder.dispatched(call, 'endpoint', { address: '198.41.0.4' });
  recorder.judged(call, []);
  const [kept] = await storedOnce(1);
  const rows = await rowsOf(kept);
  expect(rows.slice(2).map(([, ...row]) => row)).toEqual([['endpoint', { headset: '0b0e:0245' }]]);
  const last = JSON.parse(linesOf(recorded(kept), rows).lines.pop());
  expect(last).toMatchObject({ type: 'endpoint', endpoint: { headset: '0b0e:0245' } });
});

test('ten minutes are kept in some 20 KB', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: {} };
  // As they vary in real calls, from one seed.
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'accept', false);
  for (let second = 1; second <= 600; second += 1) {
    recorder.dispatched(call, 'sample', {
      ...HEALTHY,
      timestamp: 1.7e12 + second * 1000 + random() * 10,
      jitter: Math.floor(random() * 4),
      rtt: second % 5 === 0 ? Math.floor(40 + random() * 5) : 40,
      packetsReceived: 49 + Math.floor(random() * 3),
      bytesReceived: 7840 + 160 * Math.floor(random() * 3),
      audioInputLevel: Math.floor(random() * 20000),
      audioOutputLevel: Math.floor(random() * 20000),
    });
    recorder.dispatched(call, 'stats', {
      candidatePair: { currentRoundTripTime: 0.04 + Math.floor(random() * 5) / 1000, responsesReceived: second },
      inbound: {
        concealedSamples: 80,
        totalSamplesReceived: 8000 * second,
        packetsLost: 0,
        packetsReceived: 50 * second,
      },
      remoteInbound: { fractionLost: 0, roundTripTimeMeasurements: Math.floor(second / 5) },
      remoteOutbound: { reportsSent: Math.floor(second / 5) },
      mediaSource: { audioLevel: Math.floor(random() * 1000) / 32767 },
    });
  }
  recorder.judged(call, []);
  const [kept] = await storedOnce(1);
  expect(kept.bytes).toBeGreaterThan(5000);
  expect(kept.bytes).toBeLessThanOrEqual(20480);
});

test('neither numbers nor names are kept', async () => {
  await takeCall({ recordCalls: true });
  const [kept] = await storedOnce(1);
  const everything = JSON.stringify([{ ...kept, packed: undefined }, await rowsOf(kept)]);
  expect(everything).not.toMatch(/\+1|Alex|client:/);
});

test('of the task only its SID and a direction that is one are kept', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: {} };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'describe', { callerId: '+15555550101', direction: 'from Alex' });
  recorder.dispatched(call, 'describe', { taskSid: 'WT1', direction: 'outbound', dnis: '+15555550102' });
  recorder.judged(call, []);
  const [kept] = await storedOnce(1);
  expect((await rowsOf(kept)).map(([, ...row]) => row)).toEqual([
    ['incoming', 'INCOMING'],
    ['describe', { taskSid: 'WT1', direction: 'outbound' }],
  ]);
});

test('nothing is kept unless the admin wants it', async () => {
  await takeCall({ recordCalls: false });
  expect(await stored()).toEqual([]);
});

test('what nobody accepted is no call to be kept', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: {} };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'cancel');
  await soon();
  expect(await stored()).toEqual([]);
});

test('a report in wrap-up takes the place of what was kept before', async () => {
  const recorder = recordCalls('WK1', engine);
  const call = tell(recorder);
  recorder.judged(call, []);
  recorder.dispatched(call, 'report');
  recorder.judged(call, [{ rule: 'agentReport' }]);
  const [kept, ...others] = await once(stored, (calls) => calls.some(({ reasons }) => reasons.length > 0));
  expect([kept.reasons, others]).toEqual([[{ rule: 'agentReport' }], []]);
  expect((await rowsOf(kept)).pop()[1]).toBe('report');
});

test('beyond its budget the oldest calls go first', async () => {
  const old = (startedAt, bytes) => inStore('readwrite', (calls) => calls.put({ startedAt, callSid: 'CA0', bytes }));
  await old(1, 100);
  await old(3, 7e6);
  await old(2, 4e6);
  const recorder = recordCalls('WK1', engine);
  recorder.judged(tell(recorder), []);
  await soon();
  expect((await stored()).map(({ startedAt }) => startedAt)).toEqual([3, expect.any(Number)]);
});

test('what was recorded while the clock was ahead goes before the rest, and what cannot be counted goes at once', async () => {
  const year = 365 * 86_400_000;
  const now = Date.now();
  const keys = [
    [now + year, 'ahead', 6e6],
    [now - year, 'old', 3e6],
    [now - 1, 'new', 3e6],
    [now - 2, 'no size', 'nonsense'],
    [now - 3, 'without end', Infinity],
    [now - 4, 'less than nothing', -1e9],
    ['z', 'no time', 1],
  ];
  await Promise.all(
    keys.map(([startedAt, callSid, bytes]) =>
      inStore('readwrite', (calls) => calls.put({ startedAt, callSid, bytes })),
    ),
  );
  const recorder = recordCalls('WK1', engine);
  recorder.judged(tell(recorder), []);
  await once(stored, (calls) => calls.some(({ callSid }) => callSid === AGENT_LEG));
  expect((await stored()).map(({ callSid }) => callSid)).toEqual(['old', 'new', AGENT_LEG]);
});

test('a call of ten minutes takes about as much as what-is-sent.md says', async () => {
  const file = path.join(__dirname, '../../tests/recordings/held-out/long10_mixed.jsonl');
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const recorder = recordCalls('WK1', engine);
  const call = { callSid: AGENT_LEG, context: { direction: 'inbound' } };
  recorder.dispatched(call, 'incoming', 'INCOMING');
  recorder.dispatched(call, 'accept', false);
  const seconds = lines.filter(({ type }) => type === 'sample' || type === 'stats');
  expect(seconds.length).toBeGreaterThan(1100);
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  seconds.forEach(({ ms, type, [type]: values }) => {
    now = ms;
    recorder.dispatched(call, type, values);
  });
  clock.mockRestore();
  recorder.judged(call, []);
  const [{ bytes }] = await storedOnce(1);
  const text = readFileSync(path.join(__dirname, '../../docs/what-is-sent.md'), 'utf8');
  const [, kilobytes] = /calls of ten minutes \((\d+) KB each\)/.exec(text);
  expect(bytes / 1000 / kilobytes).toBeGreaterThan(0.7);
  expect(bytes / 1000 / kilobytes).toBeLessThan(1.3);
});

test('a call without an end in sight is not kept in memory', async () => {
  const recorder = recordCalls('WK1', engine);
  recorder.judged(tell(recorder, { rows: 20000 }), []);
  await soon();
  expect(await stored()).toEqual([]);
});

test('what-is-sent.md says how much is kept', () => {
  const { recordedBytes, recordedRows } = engine.limits;
  const text = readFileSync(path.join(__dirname, '../../docs/what-is-sent.md'), 'utf8');
  expect(text).toContain(`**At most ${recordedBytes / 1e6} MB**, compressed`);
  expect(text).toContain(`A call with more than ${recordedRows.toLocaleString('en-US')} events (nearly three hours)`);
  // A sample and a reading of the statistics come every second.
  expect(recordedRows / 2 / 3600).toBeGreaterThan(2.5);
  expect(recordedRows / 2 / 3600).toBeLessThan(3);
});

test("no connection stays open, also to a database of another's", async () => {
  const closed = jest.spyOn(IDBDatabase.prototype, 'close');
  const spoilt = jest.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('no', 'NotFoundError');
  });
  const recorder = recordCalls('WK1', engine);
  recorder.judged(tell(recorder), []);
  recorder.judged(tell(recorder), []);
  await once(
    () => closed.mock.calls,
    ({ length }) => length >= 2,
  );
  expect(spoilt).toHaveBeenCalledTimes(2);
  expect(closed).toHaveBeenCalledTimes(2);
});

describe('a recording that is shared', () => {
  const unpacked = async (packed) =>
    JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).text());

  test('has what is kept, and the names of its numbers, and is shared once more when its agent reports a problem', async () => {
    const share = jest.fn();
    const recorder = recordCalls('WK1', engine, share);
    const call = tell(recorder);
    recorder.judged(call, []);
    recorder.dispatched(call, 'report');
    recorder.judged(call, []);
    await once(
      () => share.mock.calls,
      ({ length }) => length === 2,
    );
    const [[first], [again]] = share.mock.calls;
    const [kept] = await stored();
    expect(first).toMatchObject({
      callSid: AGENT_LEG,
      startedAt: kept.startedAt,
      direction: 'inbound',
      isAmended: false,
    });
    expect(again).toMatchObject({ callSid: AGENT_LEG, isAmended: true });
    expect(await unpacked(again.packed)).toEqual({ fields: kept.fields, rows: await rowsOf(kept) });
    const methods = (await unpacked(again.packed)).rows.map(([, method]) => method);
    expect(methods).toEqual(['incoming', 'accept', 'sample', 'sample', 'sample', 'disconnect', 'report']);
  });

  test('is shared also where the browser cannot keep it', async () => {
    jest.resetModules();
    const { recordCalls: record } = require('../src/recorder/recorder');
    const share = jest.fn();
    const recorder = record('WK1', engine, share);
    jest.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    recorder.judged(tell(recorder), []);
    await once(
      () => share.mock.calls,
      ({ length }) => length === 1,
    );
    expect(complaints).toHaveBeenCalledTimes(1);
  });

  test('that fails is said once, and the next call is kept all the same', async () => {
    jest.resetModules();
    const { recordCalls: record } = require('../src/recorder/recorder');
    const recorder = record('WK1', engine, () => {
      throw new Error('no');
    });
    recorder.judged(tell(recorder), []);
    recorder.judged(tell(recorder, { callSid: 'CA00000000000000000000000000000002' }), []);
    expect(await storedOnce(2)).toHaveLength(2);
    await soon();
    expect(complaints.mock.calls.map(([, said]) => said)).toEqual([
      'The recording of a call cannot be shared; that is all.',
    ]);
  });

  const SHARED = { recordCalls: true, reportCalls: true, shareRecordings: true };
  const posted = () =>
    window.fetch.mock.calls.map(([request]) => request).filter(({ url }) => url.endsWith('/recordings'));

  test('is posted to the Function when the call is over', async () => {
    window.fetch = jest.fn(async () => new Response('{"kept":1}', { status: 200 }));
    await takeCall(SHARED);
    const [request] = await once(posted, ({ length }) => length > 0);
    const form = new URLSearchParams(await request.text());
    const piece = JSON.parse(form.get('recording'));
    expect(form.get('Token')).toBeTruthy();
    expect(piece).toMatchObject({
      version: 1,
      callSid: AGENT_LEG,
      workerSid: 'WK00000000000000000000000000000001',
      direction: 'inbound',
      piece: 0,
      pieces: 1,
    });
    const [kept] = await stored();
    const { fields, rows } = await unpacked(Buffer.from(piece.data, 'base64'));
    expect([fields, rows]).toEqual([kept.fields, await rowsOf(kept)]);
    expect(JSON.stringify(rows)).not.toContain('Alex');
  });

  test.each(Object.keys(SHARED))('is neither made nor posted with %s: false', async (property) => {
    window.fetch = jest.fn(async () => new Response('{"kept":1}', { status: 200 }));
    await takeCall({ ...SHARED, [property]: false });
    await soon();
    expect(posted()).toEqual([]);
    expect(Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring.recordings/'))).toEqual([]);
  });
});

test('a storage that answers late keeps no connection open', async () => {
  const { setTimeout: later } = window;
  jest.spyOn(window, 'setTimeout').mockImplementation((work, ms) => later(work, ms >= 10_000 ? 0 : ms));
  let opening;
  const closed = new Promise((resolve) => {
    opening = { result: { close: resolve } };
  });
  jest.spyOn(indexedDB, 'open').mockImplementation(() => opening);
  await expect(openRecordings()).rejects.toThrow('IndexedDB does not answer');
  opening.onsuccess();
  await closed;
});

test('two tabs keep their calls in the same place', async () => {
  const [one, other] = [recordCalls('WK1', engine), recordCalls('WK1', engine)];
  one.judged(tell(one), []);
  other.judged(tell(other, { callSid: 'CA00000000000000000000000000000002' }), []);
  expect(await storedOnce(2)).toHaveLength(2);
});

test.each([
  [
    'forbidden',
    () =>
      jest.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw new DOMException('no', 'SecurityError');
      }),
  ],
  [
    'broken',
    () =>
      jest.spyOn(indexedDB, 'open').mockImplementation(() => {
        const opening = { error: new DOMException('no', 'UnknownError') };
        setTimeout(() => opening.onerror());
        return opening;
      }),
  ],
  [
    'silent',
    () => {
      const { setTimeout: later } = window;
      jest.spyOn(window, 'setTimeout').mockImplementation((work, ms) => later(work, ms >= 10_000 ? 0 : ms));
      return jest.spyOn(indexedDB, 'open').mockImplementation(() => ({}));
    },
  ],
  [
    'silent in the middle',
    () => {
      const { setTimeout: later } = window;
      const store = { put: () => ({}), getAllKeys: () => ({}) };
      return jest.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
        jest.spyOn(window, 'setTimeout').mockImplementationOnce((work) => later(work, 0));
        return { objectStore: () => store };
      });
    },
  ],
  [
    'full',
    () =>
      jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function put() {
        this.transaction.abort();
        return {};
      }),
  ],
])('a storage that is %s is said once, and the next call is kept when it is not any more', async (_, spoil) => {
  jest.resetModules();
  const { recordCalls: record } = require('../src/recorder/recorder');
  const recorder = record('WK1', engine);
  const spoilt = spoil();
  recorder.judged(tell(recorder), []);
  recorder.judged(tell(recorder), []);
  await once(
    () => complaints.mock.calls,
    ({ length }) => length > 0,
  );
  await soon();
  expect(complaints.mock.calls.map(([, said]) => said)).toEqual([
    'Calls cannot be recorded in this browser; that is all.',
  ]);
  spoilt.mockRestore();
  recorder.judged(tell(recorder), []);
  expect(await storedOnce(1)).toHaveLength(1);
});
