import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { RENDERING } from './flex';
import {
  AVAILABLE,
  FakeCall,
  FakeDevice,
  fakeFlex,
  fakeManager,
  fakeTask,
  fakeVoiceClient,
  HEALTHY,
  OFFLINE,
  SLOW,
} from './fakes';

const AGENT_LEG = 'CA00000000000000000000000000000001';
const NOTICE = '[data-testid=device-monitoring-notice]';
const ALERTING = { alertAgent: true, shortCallThreshold: 10 };

let flex;
let manager;
let device;
let call;
let page;
let said;

beforeEach(() => {
  said = { info: [], warn: [], error: [] };
  Object.keys(said).forEach((level) => {
    jest.spyOn(console, level).mockImplementation((...parts) => said[level].push(parts.join(' ')));
  });
  jest.spyOn(console, 'log').mockImplementation(() => {});
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  ReactDOM.unmountComponentAtNode(page);
  page.remove();
  jest.useRealTimers();
  jest.restoreAllMocks();
  localStorage.clear();
});

/** The plugin in a page, under a clock that only `seconds` moves. */
async function start(attributes) {
  flex = fakeFlex();
  device = new FakeDevice();
  manager = fakeManager({ attributes, voiceClient: fakeVoiceClient(device) });
  await new DeviceMonitoringPlugin().init(flex, manager);
  const opened = performance.now();
  jest.useFakeTimers('modern');
  // jsdom's performance is not among the clocks that jest takes over.
  const since = Date.now();
  jest.spyOn(performance, 'now').mockImplementation(() => opened + Date.now() - since);
}

async function takeCall() {
  call = new FakeCall({ callSid: AGENT_LEG });
  device.emit('incoming', call);
  call.accept();
  const task = fakeTask({ worker: AGENT_LEG });
  manager.change({ worker: { ...manager.store.getState().flex.worker, tasks: new Map([[task.sid, task]]) } });
  await seconds(6, HEALTHY);
  return task;
}

async function seconds(count, sample) {
  for (let n = 0; n < count; n += 1) {
    await act(async () => {
      if (sample) call.emit('sample', sample);
      jest.advanceTimersByTime(1000);
    });
  }
}

function mount(task = fakeTask()) {
  const { element } = flex.callCanvas[0];
  act(() => {
    ReactDOM.render(React.cloneElement(element, { task }), page);
  });
}

function mountHeader() {
  const place = document.createElement('header');
  act(() => {
    ReactDOM.render(flex.header[0].element, place);
  });
  return place.querySelector('[data-testid=device-monitoring-header]');
}

const unmount = () =>
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
const notice = () => page.querySelector(NOTICE);
const shown = (id) => flex.shown.filter((one) => one.id === id);

function textOf(notification) {
  const place = document.createElement('div');
  act(() => {
    ReactDOM.render(flex.contentOf(notification), place);
  });
  return place.textContent;
}

test('a slow network is shown in the call while it lasts, and gone after it', async () => {
  await start(ALERTING);
  mount();
  await takeCall();
  expect(notice()).toBeNull();

  await seconds(8, SLOW);
  expect(notice().dataset).toMatchObject({ diagnosis: 'your-network', phase: 'active', severity: 'warning' });
  expect(notice().textContent).toContain('Warning');
  expect(notice().closest('[role=status]')).not.toBeNull();

  await seconds(30, HEALTHY);
  expect(notice()).toBeNull();
});

test('the notice is right at once when the agent comes back to the call', async () => {
  await start(ALERTING);
  mount();
  const task = await takeCall();
  await seconds(8, SLOW);
  unmount();
  mount(task);
  expect(notice().dataset.phase).toBe('active');

  unmount();
  await seconds(30, HEALTHY);
  mount(task);
  expect(notice()).toBeNull();
});

test('the notice of one call is not shown with another task', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  mount(fakeTask({ n: 2 }));
  expect(notice()).toBeNull();
  mount(fakeTask({ n: 1 }));
  expect(notice()).not.toBeNull();
});

test('no frame shows the notice of one call with the task of another', async () => {
  await start(ALERTING);
  mount(await takeCall());
  await seconds(8, SLOW);
  const { element } = flex.callCanvas[0];
  const frame = (task) => {
    // As Flex does: what React does after the browser has painted is still to come.
    ReactDOM.render(React.cloneElement(element, { task }), page);
    return notice()?.dataset.phase;
  };
  expect([fakeTask({ n: 2 }), fakeTask({ n: 1 }), fakeTask({ n: 2 })].map(frame)).toEqual([
    undefined,
    'active',
    undefined,
  ]);
});

test.each([
  ['the notice', true],
  ['the notification', false],
])('%s and the state in the header are each drawn in a task of their own', async (_, isOnScreen) => {
  await start(ALERTING);
  const task = await takeCall();
  const header = mountHeader();
  mount(isOnScreen ? task : fakeTask({ n: 2 }));
  await seconds(1, SLOW);
  const seen = () => [notice() !== null, header.dataset.severity, flex.shown.length];
  // Work that is to be done at once, in a task of its own.
  const tasks = [];
  const later = setTimeout;
  jest
    .spyOn(global, 'setTimeout')
    .mockImplementation((work, ms, ...rest) => (ms === undefined ? tasks.push(work) : later(work, ms, ...rest)));
  await act(async () => call.emit('sample', SLOW));
  expect(seen()).toEqual([false, 'quiet', 0]);
  const changes = [];
  for (let before = seen(); tasks.length > 0;) {
    await act(async () => tasks.shift()());
    const after = seen();
    changes.push(after.filter((value, index) => value !== before[index]).length);
    before = after;
  }
  expect(changes.filter((count) => count > 0)).toEqual([1, 1]);
  expect(seen()).toEqual([isOnScreen, 'warning', isOnScreen ? 0 : 1]);
});

test('both live regions are in the page, empty, before there is anything to say', async () => {
  await start(ALERTING);
  mount();
  const regions = [...page.querySelectorAll('[role=status], [role=alert]')];
  expect(regions).toHaveLength(2);
  expect(page.textContent).toBe('');
  await takeCall();
  await seconds(8, SLOW);
  expect([...page.querySelectorAll('[role=status], [role=alert]')]).toEqual(regions);
});

test('there is one notification for the call, however long and often it is in trouble', async () => {
  await start(ALERTING);
  await takeCall();
  const most = [];
  for (let n = 0; n < 3; n += 1) {
    await seconds(10, SLOW);
    most.push(flex.shown.length);
    await seconds(20, HEALTHY);
  }
  expect(most).toEqual([1, 1, 1]);
  expect(flex.shown).toEqual([]);
});

test('the notification says symptom and advice, can be closed and goes by itself', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  const [toast] = shown('DeviceMonitoringNotice');
  expect(toast).toMatchObject({ type: 'warning', closeButton: true, timeout: 8000 });
  const [symptom, advice] = toast.context.texts;
  expect(advice.key).toBe(`${symptom.key}Advice`);
  expect(textOf(toast)).toBe(`${manager.strings[symptom.key]} ${manager.strings[advice.key]}`);
});

test('a notification that the agent has closed does not come back for the same trouble', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  flex.Notifications.dismissNotificationById('DeviceMonitoringNotice');
  await seconds(10, { ...SLOW, packetsLost: 30, packetsReceived: 20, packetsLostFraction: 60 });
  expect(flex.shown).toEqual([]);
});

test('there is no notification over the buttons of a call whose notice is on screen', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(8, SLOW);
  expect(notice()).not.toBeNull();
  expect(flex.shown).toEqual([]);
  call.disconnect();
  await seconds(1);
  expect(flex.shown).toEqual([]);
});

test('an agent who looks at another task gets the notification, and the header says it too', async () => {
  await start(ALERTING);
  await takeCall();
  mount(fakeTask({ n: 2 }));
  const header = mountHeader();
  expect(header.dataset.severity).toBe('quiet');
  await seconds(8, SLOW);
  expect(shown('DeviceMonitoringNotice')).toHaveLength(1);
  expect(header.dataset.severity).toBe('warning');
  expect(header.title).toBe(header.querySelector('span:last-child').textContent);
  await seconds(30, HEALTHY);
  expect(header.dataset.severity).toBe('quiet');
});

test('an agent who waits behind noise suppression is asked in the call, and nothing calls for their attention', async () => {
  await start(ALERTING);
  const silent = { ...HEALTHY, audioInputLevel: 0 };
  mount(await takeCall());
  const header = mountHeader();
  await seconds(6, HEALTHY);
  await seconds(1, silent);
  await seconds(16, HEALTHY);
  await seconds(39, silent);
  expect(notice()).toBeNull();
  await seconds(2, silent);
  expect(notice().dataset).toMatchObject({
    diagnosis: 'can-customer-hear-you',
    phase: 'active',
    severity: 'information',
  });
  expect(notice().textContent).toMatch(/^Can the customer hear you\?/);
  expect(notice().closest('[role]')).toBeNull();
  expect([header.dataset.severity, header.textContent]).toEqual(['information', 'Can the customer hear you?']);
  await seconds(3, HEALTHY);
  expect(notice()).toBeNull();
  expect(flex.shown).toEqual([]);
});

test('snoozing takes the notice and the notification away for this call, and the same button brings them back', async () => {
  await start(ALERTING);
  const task = await takeCall();
  await seconds(8, SLOW);
  mount(task);
  const button = page.querySelector('button');
  button.focus();
  act(() => button.click());
  await seconds(1, SLOW);
  expect(notice().dataset.phase).toBe('snoozed');
  expect(notice().closest('[role]')).toBeNull();
  expect(flex.shown).toEqual([]);
  expect(document.activeElement).toBe(button);
  await seconds(30, HEALTHY);
  await seconds(8, SLOW);
  expect(notice().dataset.phase).toBe('snoozed');

  act(() => button.click());
  await seconds(1, SLOW);
  expect(notice().dataset.phase).toBe('active');
  expect(document.activeElement).toBe(button);
});

test('a button that goes while it has the focus leaves it in its place, and takes it from nowhere else', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  const elsewhere = document.body.appendChild(document.createElement('input'));
  for (const focusedIn of [() => page.querySelector('button'), () => elsewhere]) {
    await seconds(8, SLOW);
    const focused = focusedIn();
    focused.focus();
    expect(document.activeElement).toBe(focused);
    await seconds(30, HEALTHY);
    expect(page.querySelector('button')).toBeNull();
    expect(document.activeElement).toBe(
      focused === elsewhere ? elsewhere : page.querySelector('[data-testid=device-monitoring-call]'),
    );
  }
  elsewhere.remove();
});

test('a report by the key is said to be noted: at the call where that is on screen, else by a notification', async () => {
  await start({ ...ALERTING, agentTools: true });
  const task = await takeCall();
  const report = async () => {
    flex.shortcuts.F.action();
    await seconds(1);
  };
  await report();
  const [{ content, type, timeout }] = shown('DeviceMonitoringReported');
  expect([manager.strings[content], type, timeout]).toEqual(['Noted: you had a problem.', 'success', 4000]);

  flex.Notifications.dismissNotificationById('DeviceMonitoringReported');
  mount(fakeTask({ n: 2 }));
  await report();
  expect(shown('DeviceMonitoringReported')).toHaveLength(1);

  flex.Notifications.dismissNotificationById('DeviceMonitoringReported');
  mount(task);
  await report();
  expect(shown('DeviceMonitoringReported')).toEqual([]);
  expect(page.textContent).toContain('Noted: you had a problem.');
});

test('a worse trouble than the one that was snoozed is shown', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(8, SLOW);
  act(() => page.querySelector('button').click());
  await seconds(1, SLOW);
  act(() => {
    call.emit('warning', 'low-bytes-sent', { values: [0, 0, 0], threshold: { name: 'min', value: 1 } });
  });
  await seconds(1);
  expect(notice().dataset).toMatchObject({ phase: 'active', diagnosis: 'customer-cannot-hear-you' });
  expect(notice().closest('[role=alert]')).not.toBeNull();
});

test('the budget of a shift is used up once, and trouble is then shown without being announced', async () => {
  await start({ ...ALERTING, noticesPerShift: 1 });
  const task = await takeCall();
  for (let n = 0; n < 2; n += 1) {
    await seconds(8, SLOW);
    await seconds(30, HEALTHY);
  }
  mount(task);
  await seconds(8, SLOW);
  expect(notice().dataset.phase).toBe('active');
  expect(notice().closest('[role]')).toBeNull();
  unmount();
  await seconds(30, HEALTHY);
  manager.change({ worker: { ...manager.store.getState().flex.worker, activity: OFFLINE } });
  manager.change({ worker: { ...manager.store.getState().flex.worker, activity: AVAILABLE } });
  await seconds(8, SLOW);
  expect(shown('DeviceMonitoringNotice')).toHaveLength(1);
});

test('in wrap-up the call says what was wrong and when', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(20, SLOW);
  call.disconnect();
  await seconds(1);
  expect(notice().dataset.phase).toBe('ended');
  expect(notice().textContent).toMatch(/ \d+%.* from 0:0\d to 0:2\d: your network was unsteady\.$/);
  expect(page.querySelector('button')).toBeNull();
  mount(fakeTask({ n: 2 }));
  expect(notice()).toBeNull();
});

test('the badge of Flex goes where the configuration says so, and stays where it does not', async () => {
  await start(ALERTING);
  expect(flex.removed).toEqual([]);
  flex = fakeFlex();
  await new DeviceMonitoringPlugin().init(
    flex,
    fakeManager({ attributes: { ...ALERTING, hideFlexIndicator: 'true' } }),
  );
  expect(flex.removed).toEqual(['call-quality-status', 'call-quality-status']);
});

test('what lies over the buttons of a new task makes way for it', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(3, SLOW);
  expect(shown('DeviceMonitoringNotice')).toHaveLength(1);
  manager.workerClient.emit('reservationCreated', {});
  expect(flex.shown).toEqual([]);

  call.disconnect();
  await seconds(1);
  expect(shown('DeviceMonitoringCallEnded')).toHaveLength(1);
  manager.workerClient.emit('reservationCreated', {});
  expect(flex.shown).toEqual([]);
});

test('a call that ends too soon says so to the agent', async () => {
  await start(ALERTING);
  call = new FakeCall({ callSid: AGENT_LEG });
  device.emit('incoming', call);
  call.accept();
  await seconds(3, HEALTHY);
  call.disconnect();
  await seconds(1);
  const [ended] = shown('DeviceMonitoringCallEnded');
  expect(textOf(ended)).toMatch(/\b3 s\b/);
});

test('switched off, the plugin says so and touches nothing of Flex', async () => {
  await start({ ...ALERTING, enabled: 'false' });
  device.emit('incoming', new FakeCall({ callSid: AGENT_LEG }));
  expect(flex.callCanvas).toEqual([]);
  expect(flex.header).toEqual([]);
  expect(device.listenerCount('incoming')).toBe(0);
  expect(said.warn.join()).toMatch(/switches the plugin off/);
});

test('a customer who hears nothing is an error to Flex, a bad network a warning', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(3, SLOW);
  expect(shown('DeviceMonitoringNotice')[0].type).toBe('warning');
  act(() => {
    call.emit('warning', 'low-bytes-sent', { values: [0, 0, 0], threshold: { name: 'min', value: 1 } });
  });
  await seconds(1);
  expect(shown('DeviceMonitoringNotice').map(({ type }) => type)).toEqual(['error']);
});

test('silent monitoring has nothing on the pages of Flex', async () => {
  await start({ alertAgent: false });
  await takeCall();
  await seconds(20, SLOW);
  call.disconnect();
  await seconds(2);
  expect([flex.callCanvas, flex.header, flex.shown]).toEqual([[], [], []]);
});

test('an engine that fails in the middle of trouble goes on with it: the same notice, one message, and recovery', async () => {
  await start(ALERTING);
  mount();
  await takeCall();
  await seconds(8, SLOW);
  expect(notice().dataset.phase).toBe('active');
  const toasts = shown('DeviceMonitoringNotice');

  // Asked for while the engine works: an exception there leaves what a panic leaves.
  performance.now.mockImplementationOnce(() => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  await seconds(1, SLOW);

  expect(said.error.filter((line) => /engine failed/.test(line))).toHaveLength(1);
  expect(notice().dataset.phase).toBe('active');
  expect(shown('DeviceMonitoringNotice')).toEqual(toasts);
  await seconds(30, HEALTHY);
  expect(notice()).toBeNull();
});

test('a text of another plugin is kept', async () => {
  await start(ALERTING);
  const own = Object.keys(manager.strings).find((key) => /YourNetwork.*Advice$/.test(key));
  expect(own).toBeDefined();

  flex = fakeFlex();
  manager = fakeManager({ attributes: ALERTING });
  manager.strings[own] = 'Ring the service desk.';
  await new DeviceMonitoringPlugin().init(flex, manager);
  expect(manager.strings[own]).toBe('Ring the service desk.');
});

test('a rendering error of ours leaves the page around it alone', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  RENDERING.fail = true;
  try {
    const { element } = flex.callCanvas[0];
    act(() => {
      ReactDOM.render(<main>{React.cloneElement(element, { task: fakeTask() })}Hang up</main>, page);
    });
  } finally {
    RENDERING.fail = false;
  }
  expect(page.textContent).toBe('Hang up');
});

test('a Flex without our places on its pages is monitored all the same', async () => {
  flex = { VERSION: '9.0.0' };
  device = new FakeDevice();
  manager = fakeManager({ attributes: ALERTING, voiceClient: fakeVoiceClient(device) });
  await new DeviceMonitoringPlugin().init(flex, manager);
  expect(device.listenerCount('incoming')).toBe(1);
});

test('a manager with nothing in it does not make init fail', async () => {
  await expect(new DeviceMonitoringPlugin().init({}, {})).resolves.toBeUndefined();
  expect(said.error.filter((line) => /could not start/.test(line))).toHaveLength(1);
});

test('loaded twice into the same page, one of the two monitors', async () => {
  await start(ALERTING);
  jest.useRealTimers();
  await new DeviceMonitoringPlugin().init(flex, manager);
  expect(flex.callCanvas).toHaveLength(1);
  expect(device.listenerCount('incoming')).toBe(1);
});

test('the console says once where the configuration is from and what was found in it', async () => {
  await start({ ...ALERTING, highRttTreshold: 500 });
  const everything = [...said.info, ...said.warn, ...said.error].join('\n');
  expect(said.info[0]).toMatch(/^\[device-monitoring\] Version \d+\.\d+\.\d+.*, configuration from: appConfig/);
  expect(everything).toContain('highRttTreshold');
  expect(everything).not.toContain('token');
});
