import { startPreflight } from '../src/voice/preflight';

class FakeDevice {
  static runPreflight = jest.fn();

  edge = 'dublin';
}

/** As Flex wraps it. */
const wrapped = (device) =>
  new Proxy(device, {
    get(of, name) {
      const value = of[name];
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });

function fakeTest() {
  const listeners = {};
  return {
    on: (event, listener) => {
      listeners[event] = listener;
    },
    emit: (event, ...args) => listeners[event](...args),
    stop: jest.fn(),
  };
}

const rtcConfiguration = { iceServers: [{ urls: 'turn:turn.example.com' }] };
const manager = (voice) => ({ voiceClient: wrapped(new FakeDevice()), configuration: { sdkOptions: { voice } } });

test('the test call goes the way of the next call, and opens no microphone', () => {
  FakeDevice.runPreflight.mockReturnValue(fakeTest());
  startPreflight(manager({ codecPreferences: ['opus'], acceptOptions: { rtcConfiguration } }), 'a token');
  expect(FakeDevice.runPreflight).toHaveBeenLastCalledWith('a token', {
    fakeMicInput: true,
    edge: 'dublin',
    codecPreferences: ['opus'],
    rtcConfiguration,
  });
  startPreflight({ voiceClient: new FakeDevice() }, 'a token');
  expect(FakeDevice.runPreflight).toHaveBeenLastCalledWith('a token', { fakeMicInput: true, edge: 'dublin' });
});

test('its report or its error is its outcome, and it can be stopped', async () => {
  const [completed, failed] = [fakeTest(), fakeTest()];
  FakeDevice.runPreflight.mockReturnValueOnce(completed).mockReturnValueOnce(failed);
  const one = startPreflight(manager(), 'a token');
  const other = startPreflight(manager(), 'a token');
  const [report, error] = [{ samples: [] }, Object.assign(new Error('expired'), { code: 20104 })];
  completed.emit('completed', report);
  failed.emit('failed', error);
  expect([await one.outcome, await other.outcome]).toEqual([{ report }, { error }]);
  other.stop();
  expect([completed.stop.mock.calls.length, failed.stop.mock.calls.length]).toEqual([0, 1]);
});
