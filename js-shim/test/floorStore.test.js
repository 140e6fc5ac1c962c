import { floorStoreOf } from '../admin-view/src/floor/store';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const START = Date.UTC(2026, 0, 15);

/** What the store has told its engines, the newest last. */
const mockEngines = [];
/** What ends the reading of earlier cards, for each that was asked for. */
const mockReadings = [];
let mockRefusal;
/** What Flex gives of who is in a call. */
let mockTalking;
/** Says whether Sync is connected. */
let mockConnection;

// The engine and what answers are elsewhere: what is looked at is what the store makes forgotten, and when.
jest.mock('../admin-view/src/engine', () => ({
  Floor: class {
    constructor() {
      this.forgotten = [];
      this.judged = 0;
      mockEngines.push(this);
    }

    now() {
      return Date.now();
    }

    forgetBefore(from) {
      this.forgotten.push(from);
    }

    judgeIncidents() {
      this.judged += 1;
    }

    setClock() {}

    setWorkersInCall(since) {
      this.talks = since;
    }
  },
}));
jest.mock('../admin-view/src/floor/functions', () => ({
  ask: async () => {
    if (mockRefusal) throw mockRefusal;
    return { now: Date.now(), days: 30, token: '' };
  },
}));
jest.mock('../admin-view/src/floor/workers', () => ({
  nameWorkers: () => async () => false,
  followTalking: () => mockTalking(),
}));
jest.mock('../admin-view/src/floor/maps', () => ({
  followMaps: async ({ onConnection }) => {
    mockConnection = onConnection;
    return {
      readBack: () => new Promise((resolve, reject) => mockReadings.push({ resolve, reject })),
      close: () => {},
    };
  },
}));

/** Lets everything go on that only waits for promises. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const pass = async (ms) => {
  jest.advanceTimersByTime(ms);
  await settle();
};
const engine = () => mockEngines[mockEngines.length - 1];
const forgotten = () => engine().forgotten;

let store;
let leave;
beforeEach(async () => {
  mockEngines.length = 0;
  mockReadings.length = 0;
  mockRefusal = undefined;
  mockTalking = async () => ({ since: () => ({}), close: () => {} });
  jest.useFakeTimers('modern');
  jest.setSystemTime(START);
  store = floorStoreOf({});
  leave = store.subscribe(() => {});
  await settle();
});
afterEach(() => {
  leave();
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

/** Everybody leaves, the floor is closed, and somebody comes back. */
async function reconnect() {
  leave();
  await pass(31 * SECOND);
  leave = store.subscribe(() => {});
  await settle();
}

test('a page that stays open keeps a day', async () => {
  expect(store.read()).toMatchObject({ phase: 'open', from: START - DAY, span: DAY });
  await pass(2 * SECOND);
  expect(forgotten()).toEqual([START - DAY + SECOND, START - DAY + 2 * SECOND]);
  expect(store.read().from).toBe(START - DAY + 2 * SECOND);
});

test('a week that is read back is not forgotten while it is read, nor afterwards', async () => {
  const from = START - WEEK;
  store.readBack(from);
  await pass(10 * SECOND);
  expect(store.read()).toMatchObject({ isReading: true, from: START - DAY });
  expect(forgotten()).toEqual([]);

  mockReadings[0].resolve();
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, from });
  await pass(HOUR);
  // It goes on with the time, a week behind it.
  expect(Math.max(...forgotten())).toBe(from + HOUR + 10 * SECOND);
  expect(store.read().from).toBe(from + HOUR + 10 * SECOND);
});

test('less than a week back is read no second time', async () => {
  store.readBack(START - WEEK);
  mockReadings[0].resolve();
  await settle();
  await store.readBack(START - 2 * DAY);
  expect(mockReadings).toHaveLength(1);
  expect(store.read().span).toBe(WEEK);
});

test('a week that cannot be read is told, and what there was stays', async () => {
  store.readBack(START - WEEK);
  mockReadings[0].reject(new Error('gone'));
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, readingProblem: 'gone', from: START - DAY });
});

test('that calls are read is said until the last of them are', async () => {
  store.readBack(START - WEEK);
  store.readBack(0);
  mockReadings[0].resolve();
  await settle();
  expect(store.read().isReading).toBe(true);
  mockReadings[1].resolve();
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, from: 0 });
});

test('what was read first is not forgotten because less was read after it', async () => {
  store.readBack(START - WEEK);
  store.readBack(0);
  mockReadings[1].resolve();
  await settle();
  mockReadings[0].resolve();
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, from: 0 });
});

test('that one connection is lost is not told of the next', async () => {
  const ofTheFirst = mockConnection;
  await reconnect();
  ofTheFirst(false);
  expect(store.read().isCutOff).toBe(false);
});

test('another connection begins with a day', async () => {
  store.readBack(START - WEEK);
  mockReadings[0].resolve();
  await settle();
  const engines = mockEngines.length;
  await reconnect();
  expect(mockEngines).toHaveLength(engines + 1);
  expect(store.read()).toMatchObject({ phase: 'open', span: DAY, from: START + 31 * SECOND - DAY });
});

test('what one connection was still reading is not told of the next', async () => {
  store.readBack(START - WEEK);
  await reconnect();
  const { from, isReading } = store.read();
  expect(isReading).toBe(false);
  mockReadings[0].resolve();
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, from });

  store.readBack(START - WEEK);
  await reconnect();
  mockReadings[1].reject(new Error('closed'));
  await settle();
  expect(store.read()).toMatchObject({ isReading: false, readingProblem: undefined });
});

test('a floor that could not be opened is tried again', async () => {
  mockRefusal = Object.assign(new Error('no'), { code: 'floor-not-set-up' });
  await reconnect();
  expect(store.read()).toMatchObject({ phase: 'failed', problem: 'no', isNotSetUp: true });
  mockRefusal = undefined;
  await pass(31 * SECOND);
  expect(store.read()).toMatchObject({ phase: 'open', span: DAY });
});

test('incidents are judged each second, but not while Sync is not connected: calls are not silent then', async () => {
  const { judged } = engine();
  await pass(2 * SECOND);
  expect(engine().judged).toBe(judged + 2);
  mockConnection(false);
  await pass(5 * SECOND);
  expect(engine().judged).toBe(judged + 2);
  mockConnection(true);
  await pass(SECOND);
  expect(engine().judged).toBe(judged + 3);
});

describe('who is in a call by Flex’s word', () => {
  let answered;
  const close = jest.fn();
  beforeEach(() => {
    close.mockClear();
    mockTalking = () =>
      new Promise((resolve) => {
        answered = () => resolve({ since: () => ({ WK1: 1 }), close });
      });
  });

  test('is not waited for: the floor is shown without, and with it as soon as Flex says it', async () => {
    await reconnect();
    expect(store.read().phase).toBe('open');
    await pass(2 * SECOND);
    expect(engine().talks).toEqual({});
    answered();
    await settle();
    await pass(SECOND);
    expect(engine().talks).toEqual({ WK1: 1 });
    leave();
    await pass(31 * SECOND);
    expect(close).toHaveBeenCalledTimes(1);
  });

  test('is asked for again where Flex could not say it', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const later = mockTalking;
    mockTalking = () => Promise.reject(new Error('no query'));
    await reconnect();
    expect(store.read().phase).toBe('open');
    mockTalking = later;
    await pass(30 * SECOND);
    answered();
    await settle();
    await pass(SECOND);
    expect(engine().talks).toEqual({ WK1: 1 });
  });

  test('is let go if nobody looks any more when Flex says it', async () => {
    await reconnect();
    leave();
    await pass(31 * SECOND);
    answered();
    await settle();
    expect(close).toHaveBeenCalledTimes(1);
  });
});
