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
