import { holdMonitor } from '../src/holder';
import { Recorder } from './recorder';

const CALL = { direction: 'INCOMING', callSid: 'CA00000000000000000000000000000001', from: '+15555550100', to: 'client:agent' };
const settled = () => new Promise((resolve) => setTimeout(resolve));

let engines;
let effects;
let rebuilt;
let complaint;
const build = (onEffect) => {
  engines.push(new Recorder(onEffect));
  return engines[engines.length - 1];
};
const hold = () => holdMonitor({
  build,
  onEffect: (effect, call) => effects.push([effect.type, call]),
  onRebuilt: () => { rebuilt += 1; },
});

beforeEach(() => {
  engines = [];
  effects = [];
  rebuilt = 0;
  complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => complaint.mockRestore());

test('after a failure a new engine gets the calls in progress as they are, and monitoring goes on', () => {
  const holder = hold();
  const call = holder.open(CALL);
  const over = holder.open({ ...CALL, callSid: 'CA00000000000000000000000000000002' });
  holder.tell(over, 'disconnect');
  holder.tell(call, 'describe', { taskSid: 'WT00000000000000000000000000000001' });
  jest.spyOn(performance, 'now').mockReturnValue(1000);
  holder.tell(call, 'accept', 0);
  performance.now.mockReturnValue(61000);
  holder.tell(call, 'mute', true);
  engines[0].failOn = 'sample';

  expect(() => holder.tell(call, 'sample', 1, 2)).not.toThrow();
  holder.tell(call, 'sample', 3, 4);

  expect(engines).toHaveLength(2);
  expect(engines[1].heard).toEqual([
    ['incoming', 'INCOMING', CALL.callSid, CALL.from, CALL.to],
    ['describe', 1, { taskSid: 'WT00000000000000000000000000000001' }],
    ['accept', 1, 60000],
    ['mute', 1, true],
    ['sample', 1, 3, 4],
  ]);
  expect(rebuilt).toBe(1);
  performance.now.mockRestore();
});

test('the console hears of the first failure only', () => {
  const holder = hold();
  const call = holder.open(CALL);
  for (let n = 0; n < 3; n += 1) {
    engines[n].failOn = 'sample';
    holder.tell(call, 'sample');
  }
  expect(engines).toHaveLength(4);
  expect(complaint).toHaveBeenCalledTimes(1);
});

test('a call that ended under the old engine is not mistaken for one of the new engine', () => {
  const holder = hold();
  const over = holder.open(CALL);
  const other = holder.open({ ...CALL, callSid: 'CA00000000000000000000000000000002' });
  holder.tell(over, 'disconnect');
  engines[0].failOn = 'sample';
  holder.tell(other, 'sample');

  holder.tell(over, 'error', 53405);

  expect(engines[1].of('incoming')).toHaveLength(1);
  expect(engines[1].of('error')).toHaveLength(0);
});

test('a call that breaks every engine is given up, the others stay monitored', () => {
  const holder = hold();
  const healthy = holder.open(CALL);
  const broken = holder.open({ ...CALL, callSid: 'CA00000000000000000000000000000002' });
  engines[0].failOn = 'sample';
  const makeEngine = engines.push.bind(engines);
  engines.push = (engine) => {
    const { describe: original } = engine;
    engine.describe = (handle, context) => {
      original(handle, context);
      if (context.broken) throw new Error('unreachable');
    };
    return makeEngine(engine);
  };
  broken.context = { broken: true };

  holder.tell(healthy, 'sample');
  holder.tell(healthy, 'sample');

  expect(holder.calls).toEqual([healthy]);
  expect(engines[engines.length - 1].of('sample')).toHaveLength(1);
});

test('an engine that keeps failing is given up without an exception and without end', () => {
  const holder = hold();
  const call = holder.open(CALL);
  for (let n = 0; n < 100; n += 1) {
    engines[engines.length - 1].failOn = 'sample';
    holder.tell(call, 'sample');
  }
  expect(engines.length).toBeLessThan(30);
});

test('effects come after the call that caused them, so that they may call the engine again', async () => {
  const holder = hold();
  const call = holder.open(CALL);
  engines[0].accept = () => engines[0].onEffect({ type: 'notice', call: 1, notice: null });

  holder.tell(call, 'accept', 0);
  expect(effects).toEqual([]);

  await settled();
  expect(effects).toEqual([['notice', call]]);
});

test('an engine that has been replaced has no say any more', async () => {
  const holder = hold();
  const call = holder.open(CALL);
  engines[0].failOn = 'sample';
  holder.tell(call, 'sample');
  engines[0].onEffect({ type: 'toast', notice: null });
  await settled();
  expect(effects).toEqual([]);
});

test('an ended call is forgotten', async () => {
  const holder = hold();
  const call = holder.open(CALL);
  engines[0].onEffect({ type: 'ended', call: 1, text: null });
  await settled();
  expect(holder.calls).toEqual([]);
  expect(effects).toEqual([['ended', call]]);
});
