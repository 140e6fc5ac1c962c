import { createMonitorHost } from '../src/monitorHost';
import { followCalls } from '../src/voice/followCalls';
import { FakeCall, FakeDevice, fakeManager, fakeVoiceClient, HEALTHY } from './fakes';
import { AGENT_LEG, SECOND_LEG, startFollowing } from './following';
import { Recorder } from './recorder';

let engine;
let device;
let manager;
const start = (options) => {
  ({ engine, device, manager } = startFollowing(options));
};

test('a call is watched once, although the Device and the store both show it', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.accept();
  manager.change({ phone: { activeCall: call } });
  device.emit('incoming', call);

  call.emit('sample', HEALTHY);

  expect(engine.of('incoming')).toEqual([['INCOMING', AGENT_LEG, '+15555550100', 'client:agent']]);
  expect(engine.of('accept')).toHaveLength(1);
  expect(engine.of('sample')).toHaveLength(1);
});

test.each([[HEALTHY], [null], [{ rtt: '60' }]])('a sample crosses as the SDK has it: %j', (sample) => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('sample', sample);
  const [[handle, crossed]] = engine.of('sample');
  expect(handle).toBe(1);
  expect(crossed).toBe(sample);
});

test('what is no number among the values of a warning becomes not a number', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('warning', 'low-mos', { values: [2.5, null, '3'], threshold: { name: 'min', value: 3 } });

  const [[, name, thresholdName, values]] = engine.of('warning');
  expect([name, thresholdName]).toEqual(['low-mos', 'min']);
  expect(values).toEqual([2.5, NaN, NaN]);
});

test('every other event of a call crosses with its code, also when there is none', () => {
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  call.emit('warning', 'ice-connectivity-lost');
  call.emit('warning-cleared', 'ice-connectivity-lost', null);
  call.emit('mute', true, call);
  call.emit('reconnecting', { code: 53405 });
  call.emit('reconnected');
  call.emit('transportClose');
  call.emit('error');
  call.disconnect();

  expect(engine.received.filter(([name]) => !['incoming', 'describe', 'endpoint'].includes(name))).toEqual([
    ['warning', 1, 'ice-connectivity-lost', undefined, []],
    ['warningCleared', 1, 'ice-connectivity-lost'],
    ['mute', 1, true],
    ['reconnecting', 1, 53405],
    ['reconnected', 1],
    ['transportClose', 1],
    ['error', 1, NaN],
    ['disconnect', 1],
  ]);
});

test('calls that never begin are cancelled or rejected', () => {
  start();
  const [cancelled, rejected] = [new FakeCall(), new FakeCall({ callSid: SECOND_LEG })];
  device.emit('incoming', cancelled);
  device.emit('incoming', rejected);
  cancelled.emit('cancel');
  rejected.emit('reject');
  expect(engine.of('cancel')).toEqual([[1]]);
  expect(engine.of('reject')).toEqual([[2]]);
});

test('events in any order, after the end and on a call without anything, reach no one', () => {
  start();
  const bare = new FakeCall();
  bare.on('error', () => {}); // the Voice SDK's calls listen to their own errors: without a listener `emit` would throw
  Object.assign(bare, { parameters: undefined, customParameters: undefined, status: undefined, isMuted: undefined });
  device.emit('incoming', bare);
  device.emit('incoming', undefined);
  ['warning-cleared', 'reconnected', 'disconnect', 'error', 'sample', 'accept', 'cancel', 'warning', 'mute'].forEach(
    (event) => {
      expect(() => bare.emit(event)).not.toThrow();
    },
  );
});

test('an exception of ours does not reach the SDK', () => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  start();
  const call = new FakeCall();
  device.emit('incoming', call);
  Object.defineProperty(call, '_mediaHandler', {
    configurable: true,
    get() {
      throw new Error('poison');
    },
  });
  const others = jest.fn();
  call.on('sample', others);

  expect(() => call.emit('sample', HEALTHY)).not.toThrow();
  delete call._mediaHandler;
  call.emit('sample', HEALTHY);

  expect(others).toHaveBeenCalledTimes(2);
  expect(engine.of('sample')).toHaveLength(1);
  silence.mockRestore();
});

test('a Device that Flex puts in place of another is listened to', () => {
  start();
  const replacement = new FakeDevice();
  manager.voiceClient = fakeVoiceClient(replacement);
  manager.change({ phone: { listener: {} } });
  manager.change({ phone: { listener: {} } });

  replacement.emit('incoming', new FakeCall());

  expect(replacement.listenerCount('incoming')).toBe(1);
  expect(engine.of('incoming')).toHaveLength(1);
});

test('no listener stays on a call that is over, however it ended, nor on a Device that was replaced', () => {
  start();
  ['disconnect', 'cancel', 'reject'].forEach((end, index) => {
    const call = new FakeCall({ callSid: `CA0000000000000000000000000000000${index + 1}` });
    device.emit('incoming', call);
    call.accept();
    expect(call.eventNames()).not.toEqual([]);
    call.emit(end, call);
    expect(call.eventNames()).toEqual([]);
  });
  manager.voiceClient = fakeVoiceClient(new FakeDevice());
  manager.change({ phone: { listener: {} } });
  expect(device.eventNames()).toEqual([]);
});

test('a Device that fails when it is left keeps none after it from being listened to', () => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  start();
  device.removeListener = () => {
    throw new Error('degraded');
  };
  const others = [new FakeDevice(), new FakeDevice()];
  others.forEach((other) => {
    manager.voiceClient = fakeVoiceClient(other);
    manager.change({});
  });
  others[1].emit('incoming', new FakeCall());
  expect(engine.of('incoming')).toHaveLength(1);
  silence.mockRestore();
});

test('the calls of a Device whose connect cannot be replaced are watched', () => {
  const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
  const sealed = Object.assign(new FakeDevice(), { calls: [new FakeCall()] });
  Object.defineProperty(sealed, 'connect', { value: () => {} });
  start({ voiceClient: sealed });
  expect(engine.of('incoming')).toHaveLength(1);
  silence.mockRestore();
});

test('a Device that comes back is listened to once', () => {
  start();
  const first = manager.voiceClient;
  [fakeVoiceClient(new FakeDevice()), first].forEach((voiceClient) => {
    manager.voiceClient = voiceClient;
    manager.change({});
  });
  device.emit('incoming', new FakeCall());
  expect(engine.of('incoming')).toHaveLength(1);
});

test('without browser voice, and with the empty proxy of degraded voice, nothing happens until a Device comes', () => {
  start({ voiceClient: null });
  manager.voiceClient = fakeVoiceClient({});
  manager.change({});
  const late = new FakeDevice();
  manager.voiceClient = fakeVoiceClient(late);
  manager.change({});
  late.emit('incoming', new FakeCall());
  expect(engine.of('incoming')).toHaveLength(1);
});

test('a call in progress when the plugin starts is watched from there on', () => {
  engine = new Recorder();
  manager = fakeManager();
  const call = new FakeCall({ status: 'open' });
  call.muted = true;
  manager.change({ phone: { activeCall: call } });
  followCalls(manager, createMonitorHost({ build: () => engine, onEffect: () => {} }), { lateTickMs: 250 });
  expect(engine.of('accept')).toEqual([[1, true]]);
  expect(engine.of('mute')).toEqual([[1, true]]);
});

test('an outgoing call of another plugin is found, and named when its CallSid comes', async () => {
  start();
  const call = await manager.voiceClient.connect({ params: { To: '+15555550123' } });
  await Promise.resolve();
  expect(engine.of('incoming')).toEqual([['OUTGOING', undefined, undefined, undefined]]);

  call.parameters.CallSid = AGENT_LEG;
  call.emit('ringing', false);
  call.accept();

  expect(engine.of('identify')).toEqual([[1, AGENT_LEG]]);
});

test('the number that an outgoing call was made with is known', async () => {
  start();
  const call = new FakeCall({ direction: 'OUTGOING', status: 'connecting', custom: { To: '+15555550123' } });
  call.parameters = {};
  manager.change({ phone: { activeCall: call } });
  expect(engine.of('incoming')).toEqual([['OUTGOING', undefined, undefined, '+15555550123']]);
});

test('a refused outgoing call fails for its caller as before', async () => {
  start();
  device = new FakeDevice();
  device.connect = () => Promise.reject(new Error('A Call is already active'));
  manager.voiceClient = fakeVoiceClient(device);
  manager.change({});
  await expect(manager.voiceClient.connect()).rejects.toThrow('A Call is already active');
});
