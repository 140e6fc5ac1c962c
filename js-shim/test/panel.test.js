import * as Flex from '@twilio/flex-ui';
import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import { createMonitorHost } from '../src/monitorHost';
import { agentTools } from '../src/ui/agentTools';
import { Panel } from '../src/ui/Panel';
import { createViewStore } from '../src/ui/viewStore';

const PANEL = { charts: [], timeline: [] };

afterEach(() => jest.useRealTimers());

test('the panel stays when its call ends at the moment at which it is drawn anew, and so does the call', () => {
  jest.useFakeTimers();
  const host = createMonitorHost({
    build: (tell) => ({
      incoming: () => 1,
      accept: () => {},
      disconnect: () => tell({ type: 'ended', call: 1 }),
      panel: () => PANEL,
    }),
    onEffect: () => {},
  });
  const tools = agentTools({}, {}, host);
  const call = host.open({ direction: 'INCOMING' });
  host.dispatch(call, 'accept');
  const viewStore = createViewStore({ endedTexts: 1 });
  viewStore.openPanel();
  const page = document.createElement('div');
  // In the same moment as the panel is drawn anew, and before it.
  setTimeout(() => host.dispatch(call, 'disconnect'), 1000);
  act(() => {
    ReactDOM.render(<Panel viewStore={viewStore} tools={tools} theme={{}} />, page);
  });
  const pass = (ms) =>
    act(() => {
      jest.advanceTimersByTime(ms);
    });
  const button = () => page.querySelector('[data-testid="device-monitoring-report"]');
  pass(1);
  expect(button()).not.toBeNull();
  pass(999);
  expect(page.querySelector('[data-testid="device-monitoring-panel"]')).not.toBeNull();
  pass(1000);
  expect(button()).not.toBeNull();
  ReactDOM.unmountComponentAtNode(page);
});

describe('of a call in progress', () => {
  const NAMES = ['rtt', 'jitter', 'mos'];
  const degradations = [{ from: 0, until: null }];
  const page = document.createElement('div');
  const tasks = [];
  let elapsed;
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(window, 'setTimeout').mockImplementation((task) => tasks.push(task));
    elapsed = 1000;
    const panel = () => ({
      elapsed,
      step: 1000,
      charts: NAMES.map((name) => ({
        name,
        threshold: name === 'jitter' ? null : 4,
        points: Array(elapsed / 1000).fill(3),
        degradations,
      })),
      timeline: [{ from: 0, until: null, what: 'DeviceMonitoringQuiet' }],
    });
    const host = createMonitorHost({
      build: () => ({ incoming: () => 1, accept() {}, stopPreflight() {}, panel }),
      onEffect() {},
    });
    const tools = agentTools({}, {}, host);
    host.dispatch(host.open({ direction: 'INCOMING' }), 'accept');
    const viewStore = createViewStore({ endedTexts: 1 });
    viewStore.openPanel();
    act(() => {
      ReactDOM.render(<Panel viewStore={viewStore} tools={tools} theme={{}} />, page);
    });
    while (!page.querySelector('[data-testid^=device-monitoring-chart]')) task();
  });
  afterEach(() => {
    ReactDOM.unmountComponentAtNode(page);
    tasks.length = 0;
    jest.restoreAllMocks();
  });
  const lines = () => [...page.querySelectorAll('svg path:last-child')].map((path) => path.getAttribute('d'));
  const task = () =>
    act(() => {
      tasks.shift()();
    });
  /** What waits is done, and a second passes. */
  function second() {
    while (tasks.length > 0) task();
    act(() => {
      jest.advanceTimersByTime(1000);
    });
  }
  const numbersOf = (name) => page.querySelector(`[data-testid=device-monitoring-chart-${name}] strong`).parentNode;

  test('a threshold stands behind the newest value where there is one', () => {
    second();
    expect(['rtt', 'jitter', 'mos'].map((name) => numbersOf(name).textContent)).toEqual(['3 / 4 ms', '3 ms', '3 / 4']);
  });

  test('each chart is drawn for the first time in a task of its own, and then all of them once a second', () => {
    const drawn = [...tasks].map(() => {
      task();
      return lines().length;
    });
    expect(drawn).toEqual([1, 2, 3]);
    const before = lines();
    elapsed = 2000;
    second();
    expect(lines().filter((line, index) => line !== before[index])).toHaveLength(3);
    expect(tasks).toEqual([]);
  });

  test('buttons and texts that stay as they are are not drawn again', () => {
    second();
    const [button, template] = ['Button', 'Template'].map((name) => jest.spyOn(Flex, name));
    elapsed = 2000;
    second();
    second();
    expect([button.mock.calls, template.mock.calls]).toEqual([[], []]);
  });
});
