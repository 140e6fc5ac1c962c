import { Recorder } from './recorder';

const CALL = {
  direction: 'INCOMING',
  callSid: 'CA00000000000000000000000000000001',
  from: '+15555550100',
  to: 'client:agent',
};
const OTHER = { ...CALL, callSid: 'CA00000000000000000000000000000002' };
const settled = () => new Promise((resolve) => setTimeout(resolve));

let createMonitorHost;
let engine;
let effects;
let complaint;
let redraws;
const hold = () => {
  // Not what comes late to a test before.
  const ours = effects;
  return createMonitorHost({
    build: (onEffect) => {
      engine = new Recorder(onEffect);
      return engine;
    },
    onEffect: (effect, call) => ours.push([effect.type, call]),
    onCalls: () => {
      redraws += 1;
    },
    endedCalls: 3,
  });
};

beforeEach(() => {
  // What the console heard already is remembered for the life of a page.
  jest.resetModules();
  ({ createMonitorHost } = require('../src/monitorHost'));
  effects = [];
  redraws = 0;
  complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => complaint.mockRestore());

/** What the engine was given, without what it was told of itself. */
const received = () => engine.received.map(([method]) => method);

test('what the engine failed at is done again if it says so', () => {
  const host = hold();
  const call = host.open(CALL);
  host.dispatch(call, 'accept', false);
  engine.failNext('sample');
  engine.says('retry');

  expect(() => host.dispatch(call, 'sample', 1, 2)).not.toThrow();
  host.dispatch(call, 'sample', 3, 4);

  expect(received()).toEqual(['incoming', 'accept', 'sample', 'failed', 'sample', 'sample']);
  expect(engine.of('sample')).toEqual([
    [1, 1, 2],
    [1, 1, 2],
    [1, 3, 4],
  ]);
  expect(host.calls).toEqual([call]);
});

test('what it says to skip is left out, and the call stays monitored', () => {
  const host = hold();
  const call = host.open(CALL);
  engine.failNext('sample', 2);
  engine.says('retry', 'skip');
  host.dispatch(call, 'sample', 1);
  host.dispatch(call, 'sample', 2);
  expect(engine.of('sample')).toEqual([
    [1, 1],
    [1, 1],
    [1, 2],
  ]);
  expect(host.calls).toEqual([call]);
});

test('of a call that it gives up nothing more is told, its last effects are shown, and others stay', async () => {
  const host = hold();
  const [healthy, broken] = [host.open(CALL), host.open(OTHER)];
  engine.failNext('sample');
  engine.failed = () => {
    engine.onEffect({ type: 'notice', call: broken.handle, notice: null });
    return 'give-up';
  };
  for (let n = 0; n < 3; n += 1) {
    host.dispatch(broken, 'sample', n);
    host.dispatch(healthy, 'sample', n);
  }
  await settled();
  expect(engine.of('sample').map(([handle]) => handle)).toEqual([2, 1, 1, 1]);
  expect(host.calls).toEqual([healthy]);
  expect(effects).toEqual([['notice', broken]]);
});

test('a question that it fails at twice has no answer', () => {
  const host = hold();
  engine.says('retry', 'skip');
  const question = jest.fn(() => {
    throw new Error('unreachable');
  });
  expect(host.query(question)).toBeUndefined();
  expect(question).toHaveBeenCalledTimes(2);
  expect(host.query(() => 'an answer')).toBe('an answer');
});

test.each([
  ['says to stop', ['stop'], 0],
  ['fails at saying what to do', [], 1],
])('an engine that %s is called no more', (_, answers, messages) => {
  const host = hold();
  const call = host.open(CALL);
  engine.failNext('sample', Infinity);
  engine.says(...answers);
  for (let n = 0; n < 100; n += 1) {
    host.dispatch(call, 'sample');
    host.dispatch(host.open(OTHER), 'sample');
  }
  expect(received()).toEqual(['incoming', 'sample', 'failed']);
  expect(complaint).toHaveBeenCalledTimes(messages);
});

test('an exception in an effect is said to be that of this effect', async () => {
  const host = createMonitorHost({
    build: (onEffect) => {
      engine = new Recorder(onEffect);
      return engine;
    },
    onEffect: () => {
      throw new Error('of ours');
    },
  });
  host.open(CALL);
  engine.onEffect({ type: 'ended', call: 1 });
  await settled();
  expect(complaint.mock.calls).toEqual([
    [expect.any(String), "The page failed at the engine's effect 'ended'.", expect.any(Error)],
  ]);
});

test('effects come after the call that caused them, so that they may call the engine again', async () => {
  const host = hold();
  const call = host.open(CALL);
  engine.accept = () => engine.onEffect({ type: 'notice', call: 1, notice: null });

  host.dispatch(call, 'accept', false);
  expect(effects).toEqual([]);

  await settled();
  expect(effects).toEqual([['notice', call]]);
});

test('an ended call is forgotten, and its last effects still find it', async () => {
  const host = hold();
  const call = host.open(CALL);
  engine.disconnect = () => ['notice', 'ended'].forEach((type) => engine.onEffect({ type, call: 1 }));
  host.dispatch(call, 'disconnect');
  host.dispatch(call, 'error', 53405);
  expect(host.calls).toEqual([]);
  expect(engine.of('error')).toEqual([]);
  await settled();
  expect(effects).toEqual([
    ['notice', call],
    ['ended', call],
  ]);
});

test('what can be asked about are the calls that were taken, the newest last, and of those that ended the last three', async () => {
  const host = hold();
  const take = (callSid) => {
    const call = host.open({ ...CALL, callSid });
    host.dispatch(call, 'accept', false);
    return call;
  };
  const end = async (call) => {
    host.dispatch(call, 'disconnect');
    engine.onEffect({ type: 'ended', call: call.handle, text: null, quiet: true });
    await settled();
  };
  const ended = ['CA1', 'CA2', 'CA3', 'CA4'].map(take);
  for (const call of ended) await end(call);
  const missed = host.open({ ...CALL, callSid: 'CA5' });
  expect(host.known()).toEqual(ended.slice(1));
  const current = take('CA6');
  await end(missed);
  expect(host.known()).toEqual([...ended.slice(1), current]);
});

test.each(['give-up', 'stop'])('a call that the engine leaves with %s is offered to the agent no more', (answer) => {
  const host = hold();
  const call = host.open(CALL);
  host.dispatch(call, 'accept', false);
  expect([host.known(), redraws]).toEqual([[call], 1]);
  engine.failNext('sample');
  engine.says(answer);
  host.dispatch(call, 'sample', 1);
  expect([host.known(), redraws]).toEqual([[], 2]);
});
