import { loadEngine } from '../src/engine';
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

test('one that was not made is left to the next check: without a token, and where it cannot be begun', async () => {
  const Monitor = await loadEngine();
  const monitor = new Monitor(
    {
      attributes: { agentTools: true, runPreflight: true },
      serverlessUri: 'https://device-monitoring.example.twil.io',
      workerSid: 'WK1',
    },
    () => {},
  );
  const made = async (start) => (await monitor.preflight({ token: 'a Flex token' }, start)).map(({ code }) => code);
  const start = jest.fn(() => ({ outcome: Promise.resolve({ error: { code: 31005 } }), stop() {} }));
  const answers = (status, body) => {
    window.fetch = async () => new Response(JSON.stringify(body), { status });
  };
  jest.spyOn(console, 'error').mockImplementation(() => {});

  answers(503, { error: 'preflight-not-set-up' });
  expect([await made(start), await made(start)]).toEqual([['preflight-refused'], ['preflight-refused']]);
  expect(start).not.toHaveBeenCalled();

  answers(200, { token: 'a token' });
  const failing = () => {
    throw new Error('no Device');
  };
  expect(await made(failing)).toEqual(['preflight-failed']);
  expect([await made(start), await made(start)]).toEqual([['preflight-failed'], []]);
  expect(start).toHaveBeenCalledTimes(1);
  monitor.free();
});
