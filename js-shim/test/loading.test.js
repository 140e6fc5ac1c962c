import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { FakeCall, FakeDevice, fakeFlex, fakeManager, fakeVoiceClient, HEALTHY } from './fakes';

const INIT_LIMIT_MS = 2000;

test('Flex waits two seconds at most for an engine that takes long to load, and a call taken meanwhile is watched from then on', async () => {
  ['info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level).mockImplementation(() => {}));
  const { instantiate } = WebAssembly;
  let finish;
  const slow = new Promise((resolve) => {
    finish = resolve;
  });
  const asked = new Promise((resolve) => {
    jest.spyOn(WebAssembly, 'instantiate').mockImplementation(async (...given) => {
      resolve();
      await slow;
      return instantiate(...given);
    });
  });
  const device = new FakeDevice();
  jest.useFakeTimers('modern');

  const initialised = new DeviceMonitoringPlugin().init(
    fakeFlex(),
    fakeManager({ voiceClient: fakeVoiceClient(device) }),
  );
  let isInitialised = false;
  initialised.then(() => {
    isInitialised = true;
  });
  await asked;
  jest.advanceTimersByTime(INIT_LIMIT_MS - 1);
  await Promise.resolve();
  expect(isInitialised).toBe(false);
  jest.advanceTimersByTime(1);
  await initialised;
  expect(device.listenerCount('incoming')).toBe(0);

  const call = new FakeCall();
  device.calls.push(call);
  device.emit('incoming', call);
  call.accept();
  jest.useRealTimers();
  const watched = new Promise((resolve) => {
    call.on('newListener', (event) => {
      if (event === 'sample') resolve();
    });
  });
  finish();
  await watched;

  expect(device.listenerCount('incoming')).toBe(1);
  expect(call.listenerCount('sample')).toBe(1);
  expect(() => call.emit('sample', HEALTHY)).not.toThrow();
});
