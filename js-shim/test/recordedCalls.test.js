import { gzipSync } from 'zlib';

import 'fake-indexeddb/auto';

import { exportCalls, readCalls, recorded } from '../admin-view/src/recordedCalls';
import { moment, size } from '../admin-view/src/format';
import { CALLS, openRecordings } from '../src/recorder/database';

const ROWS = [
  [0, 'incoming', 'INCOMING'],
  [100, 'accept', false],
  [9000, 'disconnect'],
];
const pack = async (rows) =>
  new Response(new Blob([JSON.stringify(rows)]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();

/** Whatever was made of a record with the browser's own tools; the key's parts have to be what a key can be. */
const TAMPERED = {
  'a beginning that is no moment': { startedAt: Infinity },
  'a beginning beyond all dates': { startedAt: 9e15 },
  'a text as its beginning': { startedAt: 'yesterday' },
  'a list as its name': { callSid: ['CA1'] },
  'a date as its size': { bytes: new Date(0) },
  'no reasons': { reasons: undefined },
  'a text as its reasons': { reasons: 'short' },
  'reasons that are none': { reasons: [null, 7, { text: { $$typeof: 'x' } }] },
  'an object as its direction': { direction: { a: 1 } },
  'an object as its worker': { workerSid: { a: 1 } },
  'nothing packed': { packed: undefined },
};

async function store(records) {
  const database = await openRecordings();
  const transaction = database.transaction(CALLS, 'readwrite');
  transaction.objectStore(CALLS).clear();
  records.forEach((record) => transaction.objectStore(CALLS).put(record));
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  database.close();
}

/** As the admin view draws it. */
function shown({ startedAt, callSid, bytes, workerSid, direction, reasons, problem }) {
  return [
    moment(startedAt),
    callSid,
    size(bytes),
    workerSid ?? '',
    direction ?? '',
    ...reasons.map(({ text }) => text),
    problem ?? '',
  ];
}

const engineOf = (loaded) => ({ bytes: () => 0, load: (lines) => loaded.push(lines) - 1 });

beforeEach(() => {
  global.MessageChannel = class {
    constructor() {
      this.port1 = { close() {} };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage()) };
    }
  };
});

test.each(Object.entries(TAMPERED))(
  'a recording with %s is shown, and those beside it are read and exported',
  async (_, tampering) => {
    const packed = await pack(ROWS);
    const sound = {
      startedAt: 1700000000000,
      callSid: 'CA00000000000000000000000000000001',
      bytes: 100,
      reasons: [{ rule: 'shortCall', text: 'Short.' }],
      packed,
    };
    await store([
      sound,
      { ...sound, startedAt: 1800000000000, callSid: 'CA00000000000000000000000000000002', ...tampering },
    ]);
    const loaded = [];
    const calls = await readCalls(openRecordings, engineOf(loaded), () => false);
    expect(calls).toHaveLength(2);
    const good = calls.find(({ callSid }) => callSid === sound.callSid);
    expect([good.problem, good.reasons]).toEqual([undefined, sound.reasons]);
    expect(loaded[good.place]).toContain(sound.callSid);
    calls.forEach((call) => expect(shown(call).every((cell) => typeof cell === 'string')).toBe(true));
    expect(await (await exportCalls(openRecordings)).size).toBeGreaterThan(0);
  },
);

test('a recording that unpacks to more than a call can be is not read to its end, nor what is no method of the engine', async () => {
  const sound = { startedAt: 1700000000000, callSid: 'CA1', bytes: 100, reasons: [] };
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(40e6, ' '), Buffer.from('[]')]));
  await store([
    { ...sound, packed: new Uint8Array(bomb).buffer },
    {
      ...sound,
      callSid: 'CA2',
      packed: await pack([...ROWS, [50, 'constructor', { type: 'agent-report' }], [60, 'toString']]),
    },
  ]);
  const loaded = [];
  const calls = await readCalls(openRecordings, engineOf(loaded), () => false);
  expect(calls.find(({ callSid }) => callSid === 'CA1').problem).toBe('callTooLong');
  const lines = loaded[0].split('\n').map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual(['recording', 'incoming', 'accept', 'disconnect']);
});

test('recordings that take more memory than a page should have, or have more rows than a call, keep none from being shown', async () => {
  const sound = { bytes: 100, reasons: [], packed: await pack(ROWS) };
  const rows = Array(20_001).fill([0, 'report']);
  await store([
    ...[1, 2, 3].map((startedAt) => ({ ...sound, startedAt, callSid: `CA${startedAt}` })),
    { ...sound, startedAt: 4, callSid: 'CA4', packed: await pack(rows) },
  ]);
  let bytes = 0;
  const whatIf = {
    bytes: () => bytes,
    load() {
      bytes += 6e8;
      return 0;
    },
  };
  const calls = await readCalls(openRecordings, whatIf, () => false);
  expect(calls.map(({ callSid, problem }) => [callSid, problem])).toEqual([
    ['CA4', 'callTooLong'],
    ['CA3', undefined],
    ['CA2', undefined],
    ['CA1', 'callWithoutRoom'],
  ]);
});

test('what is no record at all is one that is damaged', () => {
  [undefined, null, 7, 'a text', []].forEach((stored) => {
    expect(recorded(stored)).toMatchObject({ callSid: '', reasons: [], problem: 'callDamaged' });
  });
});

test('no moment is shown as one', () => {
  [Infinity, NaN, 9e15, 'x', {}].forEach((ms) => expect(moment(ms)).toBe('–'));
  expect(moment(0)).toMatch(/70/);
});

test.each(
  Object.entries({
    'that are a text': 'rtt',
    'of more numbers than a second has': Array.from({ length: 101 }, (_, n) => ['inbound', `${n}`]),
    'of which one is longer than any': [['inbound', 'x'.repeat(65)]],
    'of which one has three parts': [['inbound', 'one', 'two']],
    'of which one has none': [[]],
  }),
)('a recording with names %s is damaged: its numbers belong nowhere', (_, stats) => {
  const stored = { startedAt: 1, callSid: 'CA1', bytes: 1, reasons: [] };
  const sound = { sample: [['rtt']], stats: [['inbound', 'packetsLost']] };
  expect(recorded({ ...stored, fields: { ...sound, other: 7 } })).toMatchObject({ fields: sound });
  expect(recorded({ ...stored, fields: { ...sound, stats } })).toMatchObject({ fields: {}, problem: 'callDamaged' });
});
