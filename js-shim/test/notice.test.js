import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import { fakeTask, HEALTHY, SLOW } from './fakes';
import {
  ALERTING,
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
} from './pluginPage';

pageForEachTest();

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
  const { element } = fixture.flex.callCanvas[0];
  const frame = (task) => {
    // As Flex does: what React does after the browser has painted is still to come.
    ReactDOM.render(React.cloneElement(element, { task }), fixture.root);
    return notice()?.dataset.phase;
  };
  expect([fakeTask({ n: 2 }), fakeTask({ n: 1 }), fakeTask({ n: 2 })].map(frame)).toEqual([
    undefined,
    'active',
    undefined,
  ]);
});

test('both live regions are in the page, empty, before there is anything to say', async () => {
  await start(ALERTING);
  mount();
  const regions = [...fixture.root.querySelectorAll('[role=status], [role=alert]')];
  expect(regions).toHaveLength(2);
  expect(fixture.root.textContent).toBe('');
  await takeCall();
  await seconds(8, SLOW);
  expect([...fixture.root.querySelectorAll('[role=status], [role=alert]')]).toEqual(regions);
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
  expect(fixture.flex.shown).toEqual([]);
});

test('snoozing takes the notice and the notification away for this call, and the same button brings them back', async () => {
  await start(ALERTING);
  const task = await takeCall();
  await seconds(8, SLOW);
  mount(task);
  const button = fixture.root.querySelector('button');
  button.focus();
  act(() => button.click());
  await seconds(1, SLOW);
  expect(notice().dataset.phase).toBe('snoozed');
  expect(notice().closest('[role]')).toBeNull();
  expect(fixture.flex.shown).toEqual([]);
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
  for (const focusedIn of [() => fixture.root.querySelector('button'), () => elsewhere]) {
    await seconds(8, SLOW);
    const focused = focusedIn();
    focused.focus();
    expect(document.activeElement).toBe(focused);
    await seconds(30, HEALTHY);
    expect(fixture.root.querySelector('button')).toBeNull();
    expect(document.activeElement).toBe(
      focused === elsewhere ? elsewhere : fixture.root.querySelector('[data-testid=device-monitoring-call]'),
    );
  }
  elsewhere.remove();
});

test('a worse trouble than the one that was snoozed is shown', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(8, SLOW);
  act(() => fixture.root.querySelector('button').click());
  await seconds(1, SLOW);
  act(() => {
    fixture.call.emit('warning', 'low-bytes-sent', { values: [0, 0, 0], threshold: { name: 'min', value: 1 } });
  });
  await seconds(1);
  expect(notice().dataset).toMatchObject({ phase: 'active', diagnosis: 'customer-cannot-hear-you' });
  expect(notice().closest('[role=alert]')).not.toBeNull();
});

test('in wrap-up the call says what was wrong and when', async () => {
  await start(ALERTING);
  const task = await takeCall();
  mount(task);
  await seconds(20, SLOW);
  fixture.call.disconnect();
  await seconds(1);
  expect(notice().dataset.phase).toBe('ended');
  expect(notice().textContent).toMatch(/ \d+%.* from 0:0\d to 0:2\d: your network was unsteady\.$/);
  expect(fixture.root.querySelector('button')).toBeNull();
  mount(fakeTask({ n: 2 }));
  expect(notice()).toBeNull();
});

describe('"I had a problem", when it can no longer be noted', () => {
  const REFUSED = 'Not noted: this call can no longer be reported.';
  const TOOLS = { ...ALERTING, alertAgent: false, agentTools: true };
  const button = () => fixture.root.querySelector('[data-testid=device-monitoring-report]');
  const answers = () =>
    [...fixture.root.querySelectorAll('[role=status]')].map(({ textContent }) => textContent).join('');
  const endCall = async () => {
    fixture.call.disconnect();
    await seconds(1);
  };
  const pressed = async (press) => {
    act(press);
    await seconds(1);
  };
  const minutes = (count) => act(async () => jest.advanceTimersByTime(count * 60_000));

  test('is answered with a sentence, once for all, wherever the agent looks', async () => {
    await start(TOOLS);
    const task = await takeCall();
    mount(task);
    await endCall();
    await minutes(15);
    expect([button().textContent, answers()]).toEqual(['I had a problem', '']);
    await pressed(() => button().click());
    expect([button(), answers(), fixture.flex.shown]).toEqual([null, REFUSED, []]);
    await minutes(1);
    expect([button(), answers()]).toEqual([null, REFUSED]);

    mount(fakeTask({ n: 2 }));
    await pressed(() => fixture.flex.shortcuts.F.action());
    const [{ content, type }] = shown('DeviceMonitoringReportTooLate');
    expect([fixture.manager.strings[content], type]).toEqual([REFUSED, 'warning']);
  });

  test('is not offered for a call after which three others have ended, and is answered if it is pressed just then', async () => {
    await start(TOOLS);
    const task = await takeCall();
    mount(task);
    await endCall();
    for (const n of [2, 3]) {
      await takeCall(n);
      await endCall();
    }
    await takeCall(4);
    expect(button()).not.toBeNull();
    act(() => {
      fixture.call.disconnect();
      button().click();
    });
    await seconds(1);
    expect([button(), shown('DeviceMonitoringReportTooLate').length]).toEqual([null, 1]);
  });
});
