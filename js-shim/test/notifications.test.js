import { act } from 'react-dom/test-utils';

import { AVAILABLE, FakeCall, fakeTask, HEALTHY, OFFLINE, SLOW } from './fakes';
import {
  ALERTING,
  AGENT_LEG,
  fixture,
  pageForEachTest,
  start,
  takeCall,
  seconds,
  mount,
  mountHeader,
  unmount,
  notice,
  shown,
  textOf,
} from './pluginPage';

pageForEachTest();

test.each([
  ['the notice', true],
  ['the notification', false],
])('%s and the state in the header are each drawn in a task of their own', async (_, isOnScreen) => {
  await start(ALERTING);
  const task = await takeCall();
  const header = mountHeader();
  mount(isOnScreen ? task : fakeTask({ n: 2 }));
  await seconds(1, SLOW);
  const seen = () => [notice() !== null, header.dataset.severity, fixture.flex.shown.length];
  // Work that is to be done at once, in a task of its own.
  const tasks = [];
  const later = setTimeout;
  jest
    .spyOn(global, 'setTimeout')
    .mockImplementation((work, ms, ...rest) => (ms === undefined ? tasks.push(work) : later(work, ms, ...rest)));
  await act(async () => fixture.call.emit('sample', SLOW));
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

test('there is one notification for the call, however long and often it is in trouble', async () => {
  await start(ALERTING);
  await takeCall();
  const most = [];
  for (let n = 0; n < 3; n += 1) {
    await seconds(10, SLOW);
    most.push(fixture.flex.shown.length);
    await seconds(20, HEALTHY);
  }
  expect(most).toEqual([1, 1, 1]);
  expect(fixture.flex.shown).toEqual([]);
});

test('the notification says symptom and advice, can be closed and goes by itself', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  const [toast] = shown('DeviceMonitoringNotice');
  expect(toast).toMatchObject({ type: 'warning', closeButton: true, timeout: 8000 });
  const [symptom, advice] = toast.context.texts;
  expect(advice.key).toBe(`${symptom.key}Advice`);
  expect(textOf(toast)).toBe(`${fixture.manager.strings[symptom.key]} ${fixture.manager.strings[advice.key]}`);
});

test('a notification that the agent has closed does not come back for the same trouble', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  fixture.flex.Notifications.dismissNotificationById('DeviceMonitoringNotice');
  await seconds(10, { ...SLOW, packetsLost: 30, packetsReceived: 20, packetsLostFraction: 60 });
  expect(fixture.flex.shown).toEqual([]);
});

test('there is no notification over the buttons of a call whose notice is on screen', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(8, SLOW);
  expect(notice()).not.toBeNull();
  expect(fixture.flex.shown).toEqual([]);
  fixture.call.disconnect();
  await seconds(1);
  expect(fixture.flex.shown).toEqual([]);
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

test('a report by the key is said to be noted: at the call where that is on screen, else by a notification', async () => {
  await start({ ...ALERTING, agentTools: true });
  const task = await takeCall();
  const report = async () => {
    fixture.flex.shortcuts.F.action();
    await seconds(1);
  };
  await report();
  const [{ content, type, timeout }] = shown('DeviceMonitoringReported');
  expect([fixture.manager.strings[content], type, timeout]).toEqual(['Noted: you had a problem.', 'success', 4000]);

  fixture.flex.Notifications.dismissNotificationById('DeviceMonitoringReported');
  mount(fakeTask({ n: 2 }));
  await report();
  expect(shown('DeviceMonitoringReported')).toHaveLength(1);

  fixture.flex.Notifications.dismissNotificationById('DeviceMonitoringReported');
  mount(task);
  await report();
  expect(shown('DeviceMonitoringReported')).toEqual([]);
  expect(fixture.root.textContent).toContain('Noted: you had a problem.');
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
  fixture.manager.change({ worker: { ...fixture.manager.store.getState().flex.worker, activity: OFFLINE } });
  fixture.manager.change({ worker: { ...fixture.manager.store.getState().flex.worker, activity: AVAILABLE } });
  await seconds(8, SLOW);
  expect(shown('DeviceMonitoringNotice')).toHaveLength(1);
});

test('what lies over the buttons of a new task makes way for it', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(3, SLOW);
  expect(shown('DeviceMonitoringNotice')).toHaveLength(1);
  fixture.manager.workerClient.emit('reservationCreated', {});
  expect(fixture.flex.shown).toEqual([]);

  fixture.call.disconnect();
  await seconds(1);
  expect(shown('DeviceMonitoringCallEnded')).toHaveLength(1);
  fixture.manager.workerClient.emit('reservationCreated', {});
  expect(fixture.flex.shown).toEqual([]);
});

test('a call that ends too soon says so to the agent', async () => {
  await start(ALERTING);
  fixture.call = new FakeCall({ callSid: AGENT_LEG });
  fixture.device.emit('incoming', fixture.call);
  fixture.call.accept();
  await seconds(3, HEALTHY);
  fixture.call.disconnect();
  await seconds(1);
  const [ended] = shown('DeviceMonitoringCallEnded');
  expect(textOf(ended)).toMatch(/\b3 s\b/);
});

test('a customer who hears nothing is an error to Flex, a bad network a warning', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(3, SLOW);
  expect(shown('DeviceMonitoringNotice')[0].type).toBe('warning');
  act(() => {
    fixture.call.emit('warning', 'low-bytes-sent', { values: [0, 0, 0], threshold: { name: 'min', value: 1 } });
  });
  await seconds(1);
  expect(shown('DeviceMonitoringNotice').map(({ type }) => type)).toEqual(['error']);
});
