import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { RENDERING } from './flex';
import { FakeCall, FakeDevice, fakeFlex, fakeManager, fakeTask, fakeVoiceClient, HEALTHY, SLOW } from './fakes';
import {
  ALERTING,
  AGENT_LEG,
  fixture,
  pageForEachTest,
  start,
  takeCall,
  seconds,
  mount,
  notice,
  shown,
} from './pluginPage';

pageForEachTest();

test('the badge of Flex goes where the configuration says so, and stays where it does not', async () => {
  await start(ALERTING);
  expect(fixture.flex.removed).toEqual([]);
  fixture.flex = fakeFlex();
  await new DeviceMonitoringPlugin().init(
    fixture.flex,
    fakeManager({ attributes: { ...ALERTING, hideFlexIndicator: 'true' } }),
  );
  expect(fixture.flex.removed).toEqual(['call-quality-status', 'call-quality-status']);
});

test('switched off, the plugin says so and touches nothing of Flex', async () => {
  await start({ ...ALERTING, enabled: 'false' });
  fixture.device.emit('incoming', new FakeCall({ callSid: AGENT_LEG }));
  expect(fixture.flex.callCanvas).toEqual([]);
  expect(fixture.flex.header).toEqual([]);
  expect(fixture.device.listenerCount('incoming')).toBe(0);
  expect(fixture.logged.warn.join()).toMatch(/switches the plugin off/);
});

test('silent monitoring has nothing on the pages of Flex', async () => {
  await start({ alertAgent: false });
  await takeCall();
  await seconds(20, SLOW);
  fixture.call.disconnect();
  await seconds(2);
  expect([fixture.flex.callCanvas, fixture.flex.header, fixture.flex.shown]).toEqual([[], [], []]);
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

  expect(fixture.logged.error.filter((line) => /engine failed/.test(line))).toHaveLength(1);
  expect(notice().dataset.phase).toBe('active');
  expect(shown('DeviceMonitoringNotice')).toEqual(toasts);
  await seconds(30, HEALTHY);
  expect(notice()).toBeNull();
});

test('a text of another plugin is kept', async () => {
  await start(ALERTING);
  const own = Object.keys(fixture.manager.strings).find((key) => /YourNetwork.*Advice$/.test(key));
  expect(own).toBeDefined();

  fixture.flex = fakeFlex();
  fixture.manager = fakeManager({ attributes: ALERTING });
  fixture.manager.strings[own] = 'Ring the service desk.';
  await new DeviceMonitoringPlugin().init(fixture.flex, fixture.manager);
  expect(fixture.manager.strings[own]).toBe('Ring the service desk.');
});

test('a rendering error of ours leaves the page around it alone', async () => {
  await start(ALERTING);
  await takeCall();
  await seconds(8, SLOW);
  RENDERING.fail = true;
  try {
    const { element } = fixture.flex.callCanvas[0];
    act(() => {
      ReactDOM.render(<main>{React.cloneElement(element, { task: fakeTask() })}Hang up</main>, fixture.root);
    });
  } finally {
    RENDERING.fail = false;
  }
  expect(fixture.root.textContent).toBe('Hang up');
});

test('a Flex without our places on its pages is monitored all the same', async () => {
  fixture.flex = { VERSION: '9.0.0' };
  fixture.device = new FakeDevice();
  fixture.manager = fakeManager({ attributes: ALERTING, voiceClient: fakeVoiceClient(fixture.device) });
  await new DeviceMonitoringPlugin().init(fixture.flex, fixture.manager);
  expect(fixture.device.listenerCount('incoming')).toBe(1);
});

test('a manager with nothing in it does not make init fail', async () => {
  await expect(new DeviceMonitoringPlugin().init({}, {})).resolves.toBeUndefined();
  expect(fixture.logged.error.filter((line) => /could not start/.test(line))).toHaveLength(1);
});

test('loaded twice into the same page, one of the two monitors', async () => {
  await start(ALERTING);
  jest.useRealTimers();
  await new DeviceMonitoringPlugin().init(fixture.flex, fixture.manager);
  expect(fixture.flex.callCanvas).toHaveLength(1);
  expect(fixture.device.listenerCount('incoming')).toBe(1);
});

test('the console says once where the configuration is from and what was found in it', async () => {
  await start({ ...ALERTING, highRttTreshold: 500 });
  const everything = [...fixture.logged.info, ...fixture.logged.warn, ...fixture.logged.error].join('\n');
  expect(fixture.logged.info[0]).toMatch(
    /^\[device-monitoring\] Version \d+\.\d+\.\d+.*, configuration from: appConfig/,
  );
  expect(everything).toContain('highRttTreshold');
  expect(everything).not.toContain('token');
});

test('the console says that nothing can be sent where Flex names no worker', async () => {
  fixture.manager = fakeManager({ attributes: ALERTING });
  fixture.manager.store.getState().flex.worker.worker = {};
  await new DeviceMonitoringPlugin().init(fakeFlex(), fixture.manager);
  expect(fixture.logged.warn.filter((line) => /Alerts cannot be sent: Flex does not say/.test(line))).toHaveLength(1);
});

describe('where the configuration has a pilot', () => {
  const startAs = async (worker, pilot) => {
    const configuration = { alertAgent: false, pilot: { ...pilot, properties: { alertAgent: true } } };
    fixture.flex = fakeFlex();
    fixture.manager = fakeManager({ attributes: configuration });
    Object.assign(fixture.manager.store.getState().flex.worker, worker);
    await new DeviceMonitoringPlugin().init(fixture.flex, fixture.manager);
    const line = fixture.logged.info.find((text) => /configuration from/.test(text));
    return { seesSomething: fixture.flex.callCanvas.length > 0, line };
  };
  const BLUE = { attributes: { team_name: 'Blue' }, worker: { sid: 'WK2', name: 'ben@example.com' } };

  test.each([
    ['by the team', BLUE, { teams: ['Blue'] }],
    ['by the SID', BLUE, { workers: ['WK2'] }],
    ['by the name', BLUE, { workers: ['ben@example.com'] }],
  ])('a worker who is in it %s gets what it has, and the console says so', async (_, worker, pilot) => {
    const { seesSomething, line } = await startAs(worker, pilot);
    expect(seesSomething).toBe(true);
    expect(line).toMatch(/configuration from: appConfig, with its pilot\.$/);
  });

  test('a worker who is not gets what all others have', async () => {
    const { seesSomething, line } = await startAs(BLUE, { teams: ['Coral'], workers: ['WK1', 'anna@example.com'] });
    expect(seesSomething).toBe(false);
    expect(line).toMatch(/configuration from: appConfig\.$/);
  });
});
