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

test('after a failure the engine is made anew and told again what it failed at', () => {
  const holder = hold();
  const call = holder.open(CALL);
  holder.tell(call, 'accept', false);
  engine.failNext('sample');

  expect(() => holder.tell(call, 'sample', 1, 2)).not.toThrow();
  holder.tell(call, 'sample', 3, 4);

  expect(heard()).toEqual(['incoming', 'accept', 'sample', 'rebuild', 'sample', 'sample']);
  expect(engine.of('sample')).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    [1, 3, 4],
  ]);
  expect(holder.calls).toEqual([call]);
});

test('an event that the engine fails at twice is left out, and the call stays monitored', () => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.failNext('sample', 2);
  holder.tell(call, 'sample', 1);
  holder.tell(call, 'sample', 2);
  holder.tell(call, 'disconnect');
  expect(engine.of('sample')).toEqual([
    [1, 1],
    [1, 1],
    [1, 2],
  ]);
  expect(engine.of('forget')).toEqual([]);
  expect(engine.of('disconnect')).toEqual([[1]]);
});

test('a call that goes on breaking the engine is given up with its notice, the others stay monitored', async () => {
  const holder = hold();
  const healthy = holder.open(CALL);
  const broken = holder.open(OTHER);
  engine.failFor(2);
  for (let n = 0; n < 10; n += 1) {
    holder.tell(broken, 'sample', n);
    holder.tell(healthy, 'sample', n);
  }
  await settled();
  expect(engine.of('forget')).toEqual([[2]]);
  expect(engine.of('sample').filter(([handle]) => handle === 1)).toHaveLength(10);
  expect(holder.calls).toEqual([healthy]);
  expect(effects).toEqual([['notice', broken]]);
});

test('a call whose end breaks the engine is given up at once', () => {
  const holder = hold();
  const call = holder.open(CALL);
  engine.failNext('disconnect', 2);
  holder.tell(call, 'disconnect');
  expect(engine.of('forget')).toEqual([[1]]);
  expect(holder.calls).toEqual([]);
});

test('the console hears of the first failure only', () => {
  const holder = hold();
  const call = holder.open(CALL);
  for (let n = 0; n < 3; n += 1) {
    engine.failNext('sample');
    holder.tell(call, 'sample');
  }
  expect(complaint).toHaveBeenCalledTimes(1);
});

test.each(['incoming', 'rebuild'])(
  'an engine whose %s always fails is given up with one message more, without an exception',
  (method) => {
    const holder = hold();
    const call = holder.open(CALL);
    engine.failFor(1);
    engine.failNext(method, Infinity);
    for (let n = 0; n < 100; n += 1) {
      holder.tell(call, 'sample');
      holder.tell(holder.open(OTHER), 'sample');
    }
    expect(engine.heard.length).toBeLessThan(30);
    expect(complaint.mock.calls.map(([, text]) => text)).toEqual([
      expect.stringContaining('made anew'),
      expect.stringContaining('has stopped'),
    ]);
  },
);

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
