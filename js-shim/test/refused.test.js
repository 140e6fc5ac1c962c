import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { FakeDevice, fakeFlex, fakeManager, fakeVoiceClient } from './fakes';

test('a page that refuses WebAssembly gets one message and an untouched Flex', async () => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  const complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
  jest.spyOn(WebAssembly, 'instantiate').mockImplementation(async () => {
    throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
  });
  const flex = fakeFlex();
  const device = new FakeDevice();
  const manager = fakeManager({ attributes: { alertAgent: true }, voiceClient: fakeVoiceClient(device) });

  await expect(new DeviceMonitoringPlugin().init(flex, manager)).resolves.toBeUndefined();

  expect(complaint).toHaveBeenCalledTimes(1);
  expect(complaint.mock.calls[0].join(' ')).toMatch(/^\[device-monitoring\] .*WebAssembly/);
  expect(flex.callCanvas).toEqual([]);
  expect(device.listenerCount('incoming')).toBe(0);
  expect(manager.strings).toEqual({});
});
