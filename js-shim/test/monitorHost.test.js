import { Recorder } from './recorder';

const CALL = {
  direction: 'INCOMING',
  callSid: 'CA00000000000000000000000000000001',
  from: '+15555550100',
  to: 'client:agent',
};
const OTHER = { ...CALL, callSid: 'CA00000000000000000000000000000002' };
const settled = () => new Promise((resolve) => setTimeout(resolve));

let holdMonitor;
let engine;
let effects;
let complaint;
const hold = () => {
  // Not what comes late to a test before.
  const ours = effects;
  return holdMonitor({
    build: (onEffect) => {
      engine = new Recorder(onEffect);
      return engine;
    },
    onEffect: (effect, call) => ours.push([effect.type, call]),
    endedCalls: 3,
  });
};

beforeEach(() => {
  // What the console heard already is remembered for the life of a page.
  jest.resetModules();
  ({ holdMonitor } = require('../src/holder'));
  effects = [];
  complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => complaint.mockRestore());

/** What the engine heard, without what it was told of itself. */
const heard = () => engine.heard.map(([method]) => method);

test('what the engine failed at is done again if it says so', () => {
  const holder = hold();
  const call = holder.open(CALL);
  holder.tell(call, 'accept', false);
  engine.failNext('sample');
  engine.says('again');

  expect(() => holder.tell(call, 'sample', 1, 2)).not.toThrow();
  holder.tell(call, 'sample', 3, 4);

  expect(heard()).toEqual(['incoming', 'accept', 'sample', 'failed', 'sample', 'sample']);
  expect(engine.of('sample')).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    [1, 3, 4],
  ]);
  expect(holder.calls).toEqual([call]);
});

test('what it says to skip is left out, and the call stays monitored', () => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.failNext('sample', 2);
  engine.says('again', 'skip');
  holder.tell(call, 'sample', 1);
  holder.tell(call, 'sample', 2);
  expect(engine.of('sample')).toEqual([
    [1, 1],
    [1, 1],
    [1, 2],
  ]);
  expect(holder.calls).toEqual([call]);
});

test('of a call that it gives up nothing more is told, its last effects are shown, and others stay', async () => {
  const holder = hold();
  const [healthy, broken] = [holder.open(CALL), holder.open(OTHER)];
  engine.failNext('sample');
  engine.failed = () => {
    engine.onEffect({ type: 'notice', call: broken.handle, notice: null });
    return 'give-up';
  };
  for (let n = 0; n < 3; n += 1) {
    holder.tell(broken, 'sample', n);
    holder.tell(healthy, 'sample', n);
  }
  await settled();
  expect(engine.of('sample').map(([handle]) => handle)).toEqual([2, 1, 1, 1]);
  expect(holder.calls).toEqual([healthy]);
  expect(effects).toEqual([['notice', broken]]);
});

test('a question that it fails at twice has no answer', () => {
  const holder = hold();
  engine.says('again', 'skip');
  const question = jest.fn(() => {
    throw new Error('unreachable');
  });
  expect(holder.ask(question)).toBeUndefined();
  expect(question).toHaveBeenCalledTimes(2);
  expect(holder.ask(() => 'an answer')).toBe('an answer');
});

test.each([
  ['says to stop', ['stop'], 0],
  ['fails at saying what to do', [], 1],
])('an engine that %s is called no more', (_, answers, messages) => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.failNext('sample', Infinity);
  engine.says(...answers);
  for (let n = 0; n < 100; n += 1) {
    holder.tell(call, 'sample');
    holder.tell(holder.open(OTHER), 'sample');
  }
  expect(heard()).toEqual(['incoming', 'sample', 'failed']);
  expect(complaint).toHaveBeenCalledTimes(messages);
});

test('an exception in an effect is said to be that of this effect', async () => {
  const holder = holdMonitor({
    build: (onEffect) => {
      engine = new Recorder(onEffect);
      return engine;
    },
    onEffect: () => {
      throw new Error('of ours');
    },
  });
  holder.open(CALL);
  engine.onEffect({ type: 'ended', call: 1 });
  await settled();
  expect(complaint.mock.calls).toEqual([
    [expect.any(String), "The page failed at the engine's effect 'ended'.", expect.any(Error)],
  ]);
});

test('effects come after the call that caused them, so that they may call the engine again', async () => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.accept = () => engine.onEffect({ type: 'notice', call: 1, notice: null });

  holder.tell(call, 'accept', false);
  expect(effects).toEqual([]);

  await settled();
  expect(effects).toEqual([['notice', call]]);
});

test('an ended call is forgotten, and its last effects still find it', async () => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.disconnect = () => ['notice', 'ended'].forEach((type) => engine.onEffect({ type, call: 1 }));
  holder.tell(call, 'disconnect');
  holder.tell(call, 'error', 53405);
  expect(holder.calls).toEqual([]);
  expect(engine.of('error')).toEqual([]);
  await settled();
  expect(effects).toEqual([
    ['notice', call],
    ['ended', call],
  ]);
});

test('what can be asked about are the calls that were taken, the newest last, and of those that ended the last three', async () => {
  const holder = hold();
  const take = (callSid) => {
    const call = holder.open({ ...CALL, callSid });
    holder.tell(call, 'accept', false);
    return call;
  };
  const end = async (call) => {
    holder.tell(call, 'disconnect');
    engine.onEffect({ type: 'ended', call: call.handle, text: null, quiet: true });
    await settled();
  };
  const ended = ['CA1', 'CA2', 'CA3', 'CA4'].map(take);
  for (const call of ended) await end(call);
  const missed = holder.open({ ...CALL, callSid: 'CA5' });
  expect(holder.known()).toEqual(ended.slice(1));
  const current = take('CA6');
  await end(missed);
  expect(holder.known()).toEqual([...ended.slice(1), current]);
});
