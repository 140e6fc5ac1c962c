import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import DeviceMonitoringPlugin from '../src/DeviceMonitoringPlugin';
import { FakeCall, FakeDevice, fakeFlex, fakeManager, fakeTask, fakeVoiceClient, HEALTHY } from './fakes';

export const AGENT_LEG = 'CA00000000000000000000000000000001';
const NOTICE = '[data-testid=device-monitoring-notice]';
export const ALERTING = { alertAgent: true, shortCallThreshold: 10 };

/**
 * The page of the test that is running.
 * @type {{flex: object, manager: object, device: FakeDevice, call: FakeCall, root: HTMLElement,
 *   logged: {info: string[], warn: string[], error: string[]}}}
 */
export const fixture = {};

/** Gives each test of a file a page of its own. */
export function pageForEachTest() {
  beforeEach(() => {
    const logged = { info: [], warn: [], error: [] };
    Object.keys(logged).forEach((level) => {
      jest.spyOn(console, level).mockImplementation((...parts) => logged[level].push(parts.join(' ')));
    });
    jest.spyOn(console, 'log').mockImplementation(() => {});
    Object.assign(fixture, { logged, root: document.body.appendChild(document.createElement('div')) });
  });
  afterEach(() => {
    ReactDOM.unmountComponentAtNode(fixture.root);
    fixture.root.remove();
    jest.useRealTimers();
    jest.restoreAllMocks();
    localStorage.clear();
  });
}

/** The plugin in a fixture.root, under a clock that only `seconds` moves. */
export async function start(attributes) {
  fixture.flex = fakeFlex();
  fixture.device = new FakeDevice();
  fixture.manager = fakeManager({ attributes, voiceClient: fakeVoiceClient(fixture.device) });
  await new DeviceMonitoringPlugin().init(fixture.flex, fixture.manager);
  const opened = performance.now();
  jest.useFakeTimers('modern');
  // jsdom's performance is not among the clocks that jest takes over.
  const since = Date.now();
  jest.spyOn(performance, 'now').mockImplementation(() => opened + Date.now() - since);
}

/** The agent takes the nth call, of the nth task. */
export async function takeCall(n = 1) {
  const callSid = AGENT_LEG.replace(/1$/, String(n));
  fixture.call = new FakeCall({ callSid });
  fixture.device.emit('incoming', fixture.call);
  fixture.call.accept();
  const task = fakeTask({ n, worker: callSid });
  fixture.manager.change({
    worker: { ...fixture.manager.store.getState().flex.worker, tasks: new Map([[task.sid, task]]) },
  });
  await seconds(6, HEALTHY);
  return task;
}

export async function seconds(count, sample) {
  for (let n = 0; n < count; n += 1) {
    await act(async () => {
      if (sample) fixture.call.emit('sample', sample);
      jest.advanceTimersByTime(1000);
    });
  }
}

export function mount(task = fakeTask()) {
  const { element } = fixture.flex.callCanvas[0];
  act(() => {
    ReactDOM.render(React.cloneElement(element, { task }), fixture.root);
  });
}

export function mountHeader() {
  const place = document.createElement('header');
  act(() => {
    ReactDOM.render(fixture.flex.header[0].element, place);
  });
  return place.querySelector('[data-testid=device-monitoring-header]');
}

export const unmount = () =>
  act(() => {
    ReactDOM.unmountComponentAtNode(fixture.root);
  });
export const notice = () => fixture.root.querySelector(NOTICE);
export const shown = (id) => fixture.flex.shown.filter((one) => one.id === id);

export function textOf(notification) {
  const place = document.createElement('div');
  act(() => {
    ReactDOM.render(fixture.flex.contentOf(notification), place);
  });
  return place.textContent;
}
