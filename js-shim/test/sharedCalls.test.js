import React from 'react';
import ReactDOM from 'react-dom';
import { act, Simulate } from 'react-dom/test-utils';
import { Theme } from '@twilio-paste/core/theme';

import { loadShared } from '../admin-view/src/shared/loadIntoEngine';
import { linesOf } from '../admin-view/src/rowsToRecording';
import { readShared } from '../admin-view/src/shared/fetchFromSync';
import { CallsTried } from '../admin-view/src/ui/SharedCalls';

/** A map's items, each with its key, the oldest first. */
let mockMaps = {};
let mockAnswer = {};
const mockAsked = [];
const mockClients = [];
jest.mock('../admin-view/src/engine', () => ({}));
jest.mock('../admin-view/src/floor/functions', () => ({
  ask: async (access, name, fields) => {
    mockAsked.push([name, fields]);
    return mockAnswer;
  },
}));
jest.mock('twilio-sync', () => ({
  SyncClient: class {
    constructor(token) {
      this.token = token;
      this.isOpen = true;
      mockClients.push(this);
    }

    async map({ id }) {
      if (!mockMaps[id]) throw new Error('Access forbidden for identity');
      return {
        getItems: async ({ order, pageSize }) => {
          if (order !== 'desc') throw new Error('the oldest first');
          const items = [...mockMaps[id]].reverse();
          const pageAt = (from) => ({
            items: items.slice(from, from + pageSize),
            hasNextPage: from + pageSize < items.length,
            nextPage: async () => pageAt(from + pageSize),
          });
          return pageAt(0);
        },
      };
    }

    shutdown() {
      this.isOpen = false;
    }
  },
}));

/** Keeps what it is given, and has enough when it is told so. */
function fakeShared({ enoughAt = '', broken = [] } = {}) {
  const keys = [];
  return {
    keys,
    put(key) {
      if (broken.includes(key)) throw new Error('no piece');
      keys.push(key);
    },
    isEnough: (key) => key <= enoughAt,
    count: () => keys.length,
  };
}

const item = (number) => ({ key: String(number).padStart(4, '0'), data: {} });
const items = (from, to) => Array.from({ length: to - from }, (_, n) => item(from + n));
const readInto = (shared) =>
  readShared(
    {},
    () => shared,
    () => false,
    () => {},
  );

beforeEach(() => {
  mockAsked.length = 0;
  mockClients.length = 0;
  mockAnswer = { token: 'a-token', recordings: ['one', 'other'], now: 1_795_000_000_000 };
  mockMaps = { one: items(0, 100), other: items(200, 215) };
  global.MessageChannel = class {
    constructor() {
      this.port1 = { close() {} };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage()) };
    }
  };
});

describe('reading what is shared', () => {
  test('goes from the newest to where there is enough, in every map, and leaves out what is no piece', async () => {
    const shared = fakeShared({ enoughAt: '0070', broken: ['0205'] });
    await readInto(shared);
    expect(mockAsked).toEqual([['floor-token', { of: 'recordings' }]]);
    expect(shared.keys.filter((key) => key < '0100')).toHaveLength(40);
    expect(shared.keys.filter((key) => key >= '0200')).toHaveLength(14);
    expect(mockClients.map(({ token, isOpen }) => [token, isOpen])).toEqual([['a-token', false]]);
  });

  test('begins by the clock of the Function', async () => {
    const begin = jest.fn(() => fakeShared());
    await readShared(
      {},
      begin,
      () => false,
      () => {},
    );
    expect(begin).toHaveBeenCalledWith(1_795_000_000_000);
  });

  test('closes the connection when a map may not be read', async () => {
    mockMaps = { one: [] };
    await expect(readInto(fakeShared())).rejects.toThrow('Access forbidden');
    expect(mockClients.every(({ isOpen }) => !isOpen)).toBe(true);
  });

  test('says so where the Function knows nothing of recordings', async () => {
    mockAnswer = { token: 'a-token', cards: [], now: 0 };
    await expect(readInto(fakeShared())).rejects.toThrow('earlier version');
    expect(mockClients).toEqual([]);
  });

  test('ends when nobody waits for it any more', async () => {
    const shared = fakeShared();
    await readShared(
      {},
      () => shared,
      () => true,
      () => {},
    );
    expect(shared.keys).toEqual([]);
  });
});

const FIELDS = { sample: [['rtt']] };
const ROWS = [
  [0, 'incoming', 'INCOMING'],
  [100, 'accept', false],
  [1100, 'sample', 40],
  [9000, 'disconnect'],
];
const gzip = async (text) =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
  );

/** Has these recordings to give, one after the other. */
function finished(recordings, incomplete = 0) {
  let place = 0;
  return {
    incomplete: () => incomplete,
    finish() {},
    next: () =>
      place < recordings.length
        ? { startedAt: 1_795_000_000_000 - place, callSid: `CA${place}`, worker: 'WK1', team: 'Blue', bytes: 100 }
        : null,
    take() {
      place += 1;
      return recordings[place - 1];
    },
  };
}

describe('a shared call', () => {
  test('is read like one of this browser, with the names that its numbers have', async () => {
    const loaded = [];
    const whatIf = { bytes: () => 0, load: (text) => loaded.push(text) - 1 };
    const shared = finished([await gzip(JSON.stringify({ fields: FIELDS, rows: ROWS }))]);
    const { calls, ...leftOut } = await loadShared(shared, whatIf, () => false);
    expect(calls).toMatchObject([{ callSid: 'CA0', workerSid: 'WK1', team: 'Blue', place: 0, reasons: [] }]);
    expect(leftOut).toEqual({ unreadable: 0, withoutRoom: 0 });
    const lines = loaded[0].split('\n').map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['recording', 'incoming', 'accept', 'sample', 'disconnect']);
    expect(lines[3].sample).toEqual({ rtt: 40 });
  });

  test('is left out where it is none, and the others are read', async () => {
    const whatIf = {
      bytes: () => 0,
      load(text) {
        if (text.includes('cancel')) throw new Error('line 1: no');
        return 7;
      },
    };
    const json = (value) => gzip(JSON.stringify(value));
    const shared = finished(
      [
        new Uint8Array([31, 139, 8, 0]),
        await gzip('no JSON'),
        await json(null),
        await json(ROWS),
        await json({ rows: [] }),
        await json({ rows: Array(20_001).fill([0, 'mute', true]) }),
        await json({ fields: { sample: 'rtt' }, rows: [[0, 'cancel']] }),
        await json({ fields: FIELDS, rows: ROWS }),
      ],
      2,
    );
    const { calls, unreadable } = await loadShared(shared, whatIf, () => false);
    expect(calls.map(({ callSid, place }) => [callSid, place])).toEqual([['CA7', 7]]);
    expect(unreadable).toBe(9);
  });

  test('that was made to take the page’s time or memory costs neither, and a sound one beside it is read', async () => {
    const row = (...args) => [[0, 'incoming', 'INCOMING'], [1, 'accept', false], [2, ...args], ROWS[3]];
    const samples = (paths, count, value) => ({
      fields: { sample: paths },
      rows: [
        ...ROWS.slice(0, 2),
        ...Array.from({ length: count }, () => [2, 'sample', ...(value === undefined ? [] : paths.map(() => value))]),
      ],
    });
    const names = (count, length) => Array.from({ length: count }, (_, n) => [`${n}`.padEnd(length, 'x')]);
    const made = [
      samples(
        names(1_000, 4).map(([name]) => ['inbound', name]),
        200,
      ),
      samples(names(101, 1), 1, 1),
      samples(names(1, 65), 1, 1),
      samples([['one', 'two', 'three']], 1, 1),
      samples([[]], 1, 1),
      samples(names(100, 64), 5_500, 1),
    ];
    const texts = [];
    const whatIf = { bytes: () => 0, load: (text) => texts.push(text) - 1 };
    const packed = await Promise.all(
      [...made, { rows: row('conference', 'x'.repeat(4e6)) }, { fields: FIELDS, rows: ROWS }].map((recording) =>
        gzip(JSON.stringify(recording)),
      ),
    );
    const began = performance.now();
    const { calls, unreadable } = await loadShared(finished(packed), whatIf, () => false);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(unreadable).toBe(made.length);
    expect(calls.map(({ callSid }) => callSid)).toEqual(['CA6', 'CA7']);
    expect(texts[0].length).toBeLessThan(1_000);
    expect(texts[1]).toContain('"sample":{"rtt":40}');
  }, 120_000);

  test('has as many others in its conference as anybody may meet, and what belongs to the line is not the recording’s to say', async () => {
    const others = Array.from({ length: 1_000 }, () => ({ type: 'customer', status: 'joined', onHold: false }));
    const { lines } = linesOf({ startedAt: 1, callSid: 'CA1' }, [
      [0, 'incoming', 'INCOMING'],
      [5, 'conference', { onHold: false, others, type: 'disconnect', ms: 9, callSid: 'CA2' }],
    ]);
    const { others: told, ...line } = JSON.parse(lines[2]);
    expect(line).toEqual({ ms: 5, type: 'conference', onHold: false, callSid: 'CA1' });
    expect(told).toHaveLength(100);
  });

  test('has names that are no more than names', async () => {
    const paths = [['__proto__'], ['__proto__', 'tainted'], ['list'], ['list', 'length'], ['constructor', 'tainted']];
    const { lines } = linesOf({ startedAt: 1, callSid: 'CA1', fields: { sample: paths } }, [
      [0, 'incoming', 'INCOMING'],
      [5, 'sample', 1, 2, [], 4e9, 3],
    ]);
    expect({}.tainted).toBeUndefined();
    expect(Object.tainted).toBeUndefined();
    expect(lines[2]).toBe(
      '{"ms":5,"type":"sample","sample":{"__proto__":{"tainted":2},"list":{"length":4000000000},' +
        '"constructor":{"tainted":3}},"callSid":"CA1"}',
    );
  });

  test('is left out when the engine has no room for more, and the page is told how many those are', async () => {
    let bytes = 0;
    const whatIf = {
      bytes: () => bytes,
      load() {
        bytes += 4e8;
        return 0;
      },
    };
    const packed = await gzip(JSON.stringify({ fields: FIELDS, rows: ROWS }));
    const { calls, ...leftOut } = await loadShared(finished(Array(10).fill(packed)), whatIf, () => false);
    expect(calls.map(({ callSid }) => callSid)).toEqual(['CA0', 'CA1', 'CA2']);
    expect(leftOut).toEqual({ unreadable: 0, withoutRoom: 7 });
  });
});

describe('the choice of the calls that settings are tried on', () => {
  let page;
  beforeEach(() => {
    page = document.createElement('div');
    document.body.append(page);
  });
  afterEach(() => {
    ReactDOM.unmountComponentAtNode(page);
    page.remove();
  });
  const call = (number, { team, agent }) => ({
    startedAt: 1_795_000_000_000 - number,
    callSid: `CA${number}`,
    team,
    agent,
  });
  const draw = (shared, props = {}) =>
    act(() => {
      ReactDOM.render(
        <Theme.Provider theme="default">
          <CallsTried
            isShared
            onChange={() => {}}
            shared={{ verdicts: [], read: () => {}, ...shared }}
            isSharing
            {...props}
          />
        </Theme.Provider>,
        page,
      );
    });

  test('says of how many agents and teams how many calls are there, from when, and how much memory they take', () => {
    const calls = [
      call(0, { team: 'Blue', agent: 'Ada' }),
      call(1, { team: 'Blue', agent: 'Ben' }),
      call(2, { agent: 'Ada' }),
    ];
    draw({ calls, unreadable: 1, withoutRoom: 3, bytes: 1_500_000 });
    const said = page.textContent;
    expect(said).toContain('3 calls of 2 agents');
    expect(said).toContain('1.5 MB of memory');
    expect(said).toContain('Team: Blue (2), No team (1)');
    expect(said).toContain('Agents: Ada (2), Ben (1)');
    expect(said).toContain('3 older ones are left out');
    expect(said).toContain('1 more cannot be read');
    expect(said).not.toContain('Older ones are not read');
  });

  test('says that there are older ones, and names no more agents than can be read', () => {
    const calls = Array.from({ length: 2_000 }, (_, n) => call(n, { team: 'Blue', agent: `Agent ${n % 30}` }));
    draw({ calls, unreadable: 0, withoutRoom: 0, bytes: 1 });
    expect(page.textContent).not.toContain('left out');
    expect(page.textContent).toContain('Older ones are not read');
    expect(page.textContent).toContain('and 10 more');
  });

  test('reads the calls of a team and a time when it is asked to, and not before', () => {
    const read = jest.fn();
    draw({ read });
    expect(read).not.toHaveBeenCalled();
    act(() => Simulate.change(page.querySelector('#device-monitoring-shared-team'), { target: { value: 'Blue' } }));
    act(() =>
      Simulate.change(page.querySelector('#device-monitoring-shared-period'), { target: { value: 'lastDay' } }),
    );
    act(() => Simulate.click(page.querySelector('button')));
    expect(read.mock.calls).toEqual([[{ team: 'Blue', span: 86_400_000 }]]);
  });

  test('says why there is nothing: nothing is shared, nothing was found, or it cannot be read', () => {
    draw({}, { isSharing: false });
    expect(page.textContent).toContain('No calls are shared at present');
    draw({ calls: [], unreadable: 0, bytes: 0 });
    expect(page.textContent).toContain('There are no such calls');
    draw({ problem: 'The floor is not set up.' });
    expect(page.textContent).toContain('cannot be read: The floor is not set up.');
    draw({ isReading: true, count: 12 });
    expect(page.textContent).toContain('12 calls so far');
    expect(page.querySelector('button').disabled).toBe(true);
  });
});
