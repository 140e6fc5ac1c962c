import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { fakeFlex, fakeManager } from './fakes';

const DAY_MS = 86_400_000;

beforeEach(() => ['log', 'info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level).mockImplementation()));
afterEach(() => {
  jest.restoreAllMocks();
  localStorage.clear();
});

test.each([
  ['device-monitoring.cards/', '/card/'],
  ['device-monitoring.recordings/', '/piece/'],
])(
  'what an earlier page has left under %s goes after a week, though calls are reported no more',
  async (prefix, segment) => {
    const put = (id, days) => {
      const at = Date.now() - days * DAY_MS;
      const form = { issues: '', callerId: '', dnis: '', action: '', document: '{"version":1}' };
      const told = {
        attempts: 1,
        tried: at,
        wait: 0,
        asked: 0,
        refused: null,
        waiting: null,
        receiverRefusesSince: null,
      };
      const key = `${prefix}WK00000000000000000000000000000001${segment}${id}`;
      localStorage.setItem(key, JSON.stringify({ version: 2, id, created: at, ...told, form }));
      return key;
    };
    const [, young] = [put('old', 8), put('young', 6)];
    await new DeviceMonitoringPlugin().init(fakeFlex(), fakeManager({ attributes: { reportCalls: false } }));
    expect(Object.keys(localStorage).filter((key) => key.startsWith(prefix))).toEqual([young]);
  },
);
