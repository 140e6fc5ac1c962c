import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { fakeFlex, fakeManager } from './fakes';

const WORKER = 'WK00000000000000000000000000000001';

beforeEach(() => ['log', 'info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterEach(() => {
  delete navigator.locks;
  jest.restoreAllMocks();
  localStorage.clear();
});

test("an alert is sent also where the browser never answers about its tabs' locks", async () => {
  const never = jest.fn(() => new Promise(() => {}));
  Object.defineProperty(navigator, 'locks', { value: { request: never, query: never }, configurable: true });
  const form = { issues: 'short call', callerId: '', dnis: '', action: 'log-call', document: '{"version":1}' };
  const told = { attempts: 0, wait: 0, asked: 0, refused: null, waiting: null, receiverRefusesSince: null };
  const entry = { version: 2, id: 'alert-CA1', created: Date.now(), tried: Date.now(), ...told, form };
  localStorage.setItem(`device-monitoring/${WORKER}/alert/alert-CA1`, JSON.stringify(entry));
  localStorage.setItem(`device-monitoring.logged-out/${WORKER}`, '1');
  window.fetch = jest.fn(async () => new Response('{}', { status: 200 }));
  // No test waits for ten seconds.
  const { setTimeout: later } = window;
  jest.spyOn(window, 'setTimeout').mockImplementation((work, ms) => later(work, ms >= 10_000 ? 0 : ms));
  await new DeviceMonitoringPlugin().init(fakeFlex(), fakeManager({}));
  const left = () => Object.keys(localStorage).filter((key) => /^device-monitoring(\/|\.logged-out\/)/.test(key));
  while (left().length > 0) await new Promise((resolve) => later(resolve, 5));
  expect(never).toHaveBeenCalled();
  expect(window.fetch.mock.calls.map(([{ url }]) => url.split('/').pop())).toEqual(['respond-to-issue']);
});
