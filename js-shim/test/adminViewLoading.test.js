import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import { compare, reportOf } from '../admin-view/src/verdictChanges';
import { linesOf } from '../admin-view/src/rowsToRecording';
import { inSlices } from '../admin-view/src/timeSlices';
import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { ADMIN_VIEW_INTEGRITY } from '../src/generated/adminView';
import texts from '../src/generated/texts';
import { fakeFlex, fakeManager } from './fakes';

let page;
beforeEach(() => {
  ['log', 'info', 'warn', 'error'].forEach((level) => jest.spyOn(console, level).mockImplementation(() => {}));
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  ReactDOM.unmountComponentAtNode(page);
  page.remove();
  document.head.innerHTML = '';
  delete window.DeviceMonitoringAdminView;
  jest.restoreAllMocks();
  localStorage.clear();
});

const scripts = () => [...document.head.querySelectorAll('script')];

/** The plugin in the page of a user with these roles. */
async function start({ roles = ['admin'], attributes } = {}) {
  const flex = fakeFlex();
  await new DeviceMonitoringPlugin().init(flex, fakeManager({ attributes, roles }));
  return flex;
}

const open = ({ views: [view] }) =>
  act(() => {
    ReactDOM.render(view, page);
  });
const answer = async (event) => {
  await act(async () => {
    scripts().pop().dispatchEvent(new Event(event));
  });
};

describe('the view', () => {
  test.each([[['admin']], [['supervisor']], [['agent', 'supervisor']]])(
    'is there for %p, whatever agents are shown',
    async (roles) => {
      const { views, sideNav } = await start({ roles, attributes: { alertAgent: false } });
      expect([views.length, sideNav.length]).toEqual([1, 1]);
    },
  );

  test.each([[['agent']], [[]], [['flexadmin']], [undefined]])('is not for %p', async (roles) => {
    const flex = fakeFlex();
    await new DeviceMonitoringPlugin().init(flex, { ...fakeManager({}), user: { roles } });
    expect([flex.views, flex.sideNav, scripts()]).toEqual([[], [], []]);
  });

  test('has an entry that, in a Flex without such entries, leaves the others where they are', async () => {
    const silence = jest.spyOn(console, 'error').mockImplementation(() => {});
    const {
      sideNav: [entry],
    } = await start();
    act(() => {
      ReactDOM.render(<nav>{entry}Tasks</nav>, page);
    });
    expect(page.textContent).toBe('Tasks');
    silence.mockRestore();
  });

  test('is there for admins alone where the plugin is switched off: they switch it on again in it', async () => {
    const attributes = { enabled: false };
    expect((await start({ roles: ['supervisor'], attributes })).views).toEqual([]);
    expect((await start({ roles: ['admin'], attributes })).views).toHaveLength(1);
  });

  test('that cannot be loaded is tried again by itself as long as it is open, each time after twice as long', async () => {
    const flex = await start();
    jest.useFakeTimers();
    try {
      open(flex);
      for (const [count, pause] of [
        [1, 30_000],
        [2, 60_000],
      ]) {
        await answer('error');
        jest.advanceTimersByTime(pause - 1);
        expect(scripts()).toHaveLength(count);
        jest.advanceTimersByTime(1);
        expect(scripts()).toHaveLength(count + 1);
      }
      await answer('error');
      ReactDOM.unmountComponentAtNode(page);
      jest.advanceTimersByTime(24 * 3_600_000);
      expect(scripts()).toHaveLength(3);
    } finally {
      jest.useRealTimers();
    }
  });

  test('loads the admin view when it is opened and not before, says so when it cannot, and tries again', async () => {
    const flex = await start();
    expect(scripts()).toEqual([]);
    open(flex);
    const [script] = scripts();
    // Only the view of the same build is run.
    expect(ADMIN_VIEW_INTEGRITY).toMatch(/^sha384-[A-Za-z0-9+/]{64}$/);
    expect([script.src, script.integrity, script.crossOrigin]).toEqual([
      `https://device-monitoring.example.twil.io/admin-view?v=${encodeURIComponent(ADMIN_VIEW_INTEGRITY)}`,
      ADMIN_VIEW_INTEGRITY,
      'anonymous',
    ]);
    for (const failure of ['error', 'load']) {
      await answer(failure);
      expect(page.textContent).toBe(texts.en.DeviceMonitoringAdminViewUnavailable);
      ReactDOM.unmountComponentAtNode(page);
      open(flex);
    }
    expect(scripts()).toHaveLength(3);
    window.DeviceMonitoringAdminView = Promise.resolve({ AdminView: () => 'the admin view' });
    await answer('load');
    expect(page.textContent).toBe('the admin view');

    // It is there now, and downloaded once only.
    ReactDOM.unmountComponentAtNode(page);
    await act(async () => {
      ReactDOM.render(flex.views[0], page);
    });
    expect([page.textContent, scripts().length]).toEqual(['the admin view', 3]);
  });

  test.each([
    ['de', 'de-DE'],
    ['ja', 'ja-JP'],
  ])('says why it cannot be loaded in the language of Flex: %s', async (language, tag) => {
    const flex = fakeFlex();
    const manager = Object.assign(fakeManager({ roles: ['admin'] }), { configuration: { language: tag } });
    await new DeviceMonitoringPlugin().init(flex, manager);
    await act(async () => {
      ReactDOM.render(flex.views[0], page);
    });
    // In this page another test may have loaded it.
    if (scripts().length > 0) await answer('error');
    expect(page.textContent).toBe(texts[language].DeviceMonitoringAdminViewUnavailable);
  });

  test('hands the admin view what it may ask for', async () => {
    const flex = await start({ attributes: { highRttThreshold: 321 } });
    const AdminView = jest.fn(() => null);
    window.DeviceMonitoringAdminView = Promise.resolve({ AdminView });
    await act(async () => {
      ReactDOM.render(flex.views[0], page);
    });
    if (scripts().length > 0) await answer('load');
    const [{ access }] = AdminView.mock.calls[0];
    expect(access.environment.appConfig).toEqual({ highRttThreshold: 321 });
    expect(access.alerts()).toEqual([]);
    expect(typeof access.openRecordings).toBe('function');
    expect(access.language).toBe('en');
  });

  test('has a column in the Teams View where calls are reported, and none otherwise', async () => {
    expect((await start()).columns).toEqual([]);
    const {
      columns: [column],
    } = await start({ attributes: { reportCalls: true } });
    window.DeviceMonitoringAdminView = Promise.resolve({
      AdminView: () => null,
      TeamsCell: ({ workerSid }) => <>{`the calls of ${workerSid}`}</>,
    });
    await act(async () => {
      ReactDOM.render(column.props.content({ worker: { sid: 'WK1' } }), page);
    });
    // Unless an earlier test has loaded the script.
    await act(async () => {
      scripts().pop()?.dispatchEvent(new Event('load'));
    });
    expect(page.textContent).toBe('the calls of WK1');
    // Of another Flex, say.
    for (const row of [undefined, {}]) {
      await act(async () => {
        ReactDOM.render(<p>Flex {column.props.content(row)}</p>, page);
      });
      expect(page.textContent).toBe('Flex ');
    }
  });

  test.each([
    [{ reportCalls: true }, {}],
    [{ reportCalls: true, enabled: true }, { enabled: false }],
  ])('and its column are there for a supervisor outside of a pilot that alone has %p', async (properties, rest) => {
    const pilot = { teams: ['Blue'], properties };
    const { views, columns } = await start({ roles: ['supervisor'], attributes: { ...rest, pilot } });
    expect([views.length, columns.length]).toEqual([1, 1]);
  });
});

describe('a recording', () => {
  test('has the lines of the recording format, counted from the acceptance of the call', () => {
    const rows = [
      [1000, 'incoming', 'INCOMING'],
      [1500, 'accept', true],
      [2500, 'sample', 2, 60, 0, 50, 4.4, 8000, 8000, 9000, null],
      [2490, 'audioContext', 'suspended'],
      [2510, 'statistics', 0.05, 0.01, 3, null, null, null, 2, 500, 0.2],
      [2990, 'statistics', 0.06, null, null, null, null, null, null, null, null, 12],
      [3000, 'warning', 'high-rtt', 'max', [500, null]],
      [3100, 'warning', 'ice-connectivity-lost', null, []],
      [4000, 'warningCleared', 'high-rtt'],
      [4100, 'mute', true],
      [4200, 'hold', false],
      [4210, 'describe', { taskSid: 'WT1', direction: 'outbound' }],
      [4220, 'conference', { onHold: false, others: [{ type: 'customer', status: 'joined', onHold: true }] }],
      [4230, 'monitoring', true],
      [4300, 'snooze', true],
      [4400, 'identify', 'CA1'],
      [4500, 'reconnecting', 53405],
      [4600, 'error', null],
      [4700, 'report'],
      [5000, 'disconnect'],
    ];
    expect(linesOf({ startedAt: 10000, callSid: 'CA1' }, rows).lines.map((line) => JSON.parse(line))).toEqual(
      [
        { ms: 0, type: 'recording', version: 1, startedAt: 10500 },
        { ms: -500, type: 'incoming', direction: 'INCOMING', parameters: { CallSid: 'CA1' } },
        { ms: 0, type: 'accept', midway: true },
        {
          ms: 1000,
          type: 'sample',
          sample: {
            jitter: 2,
            rtt: 60,
            packetsLost: 0,
            packetsReceived: 50,
            mos: 4.4,
            bytesReceived: 8000,
            bytesSent: 8000,
            audioInputLevel: 9000,
            audioOutputLevel: null,
          },
        },
        { ms: 990, type: 'audio-context', state: 'suspended' },
        {
          ms: 1010,
          type: 'stats',
          stats: {
            candidatePair: { currentRoundTripTime: 0.05 },
            remoteInbound: { fractionLost: 0.01, roundTripTimeMeasurements: 3 },
            inbound: { packetsLost: 2, packetsReceived: 500 },
            mediaSource: { audioLevel: 0.2 },
          },
        },
        { ms: 1490, type: 'stats', stats: { candidatePair: { currentRoundTripTime: 0.06, responsesReceived: 12 } } },
        { ms: 1500, type: 'warning', name: 'high-rtt', data: { threshold: { name: 'max' }, values: [500, null] } },
        { ms: 1600, type: 'warning', name: 'ice-connectivity-lost', data: { values: [] } },
        { ms: 2500, type: 'warning-cleared', name: 'high-rtt' },
        { ms: 2600, type: 'mute', muted: true },
        { ms: 2700, type: 'hold', held: false },
        { ms: 2710, type: 'task', taskSid: 'WT1', direction: 'outbound' },
        { ms: 2720, type: 'conference', onHold: false, others: [{ type: 'customer', status: 'joined', onHold: true }] },
        { ms: 2730, type: 'monitoring', speaking: true },
        { ms: 3000, type: 'reconnecting', code: 53405 },
        { ms: 3100, type: 'error' },
        { ms: 3200, type: 'agent-report' },
        { ms: 3500, type: 'disconnect' },
      ].map((line) => ({ ...line, callSid: 'CA1' })),
    );
  });

  test('of several calls goes on counting, so that no time of day is lost', () => {
    const rows = [
      [70, 'incoming', 'INCOMING'],
      [100, 'accept', false],
      [300, 'disconnect'],
    ];
    const first = linesOf({ startedAt: 10000, callSid: 'CA1' }, rows);
    const { lines } = linesOf({ startedAt: 90000, callSid: 'CA2' }, rows, first.origin);
    expect(lines.map((line) => JSON.parse(line)).map(({ ms, type, callSid }) => [ms, type, callSid])).toEqual([
      [79970, 'incoming', 'CA2'],
      [80000, 'accept', 'CA2'],
      [80200, 'disconnect', 'CA2'],
    ]);
  });
});

describe('what other thresholds would do', () => {
  const verdict = (alert) => ({
    alert,
    durationMs: 60000,
    reasons: alert ? [{ rule: 'shortCall', text: 'Short.' }] : [],
  });
  const calls = ['come', 'go', 'stay', 'quiet', 'unreadable'].map((callSid) => ({ callSid, startedAt: 0 }));
  const before = [verdict(false), verdict(true), verdict(true), verdict(false), null];
  const after = [verdict(true), verdict(false), verdict(true), verdict(false), null];

  test('is which alerts come, go and stay', () => {
    const changed = compare(calls, before, after);
    expect(
      Object.fromEntries(Object.entries(changed).map(([kind, found]) => [kind, found.map(({ call }) => call.callSid)])),
    ).toEqual({ come: ['come'], go: ['go'], stay: ['stay'] });
  });

  test('is copied with both verdicts of each call and the configuration that was tried', () => {
    const report = reportOf(
      { shortCallThreshold: 5 },
      { shortCallThreshold: 5, enabled: true },
      compare(calls, before, after),
      4,
    );
    expect(report).toMatchObject({
      changes: { shortCallThreshold: 5 },
      configuration: { shortCallThreshold: 5, enabled: true },
      calls: 4,
      alertsBefore: 2,
      alertsAfter: 2,
      come: [
        {
          callSid: 'come',
          startedAt: '1970-01-01T00:00:00.000Z',
          durationMs: 60000,
          before: [],
          after: [{ text: 'Short.' }],
        },
      ],
    });
  });
});

test('long work lets the page breathe, and ends when nobody waits for it', async () => {
  const ports = [];
  global.MessageChannel = class {
    constructor() {
      this.port1 = { close() {} };
      this.port2 = { postMessage: () => setTimeout(() => this.port1.onmessage()) };
      ports.push(this);
    }
  };
  const numbers = [...Array(40).keys()];
  const slow = (number) => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    return number * 2;
  };
  expect(await inSlices(numbers, slow, () => false)).toEqual(numbers.map((number) => number * 2));
  expect(ports.length).toBeGreaterThan(1);

  const work = jest.fn();
  expect(await inSlices(numbers, work, () => true)).toBeUndefined();
  expect(work).not.toHaveBeenCalled();
});
