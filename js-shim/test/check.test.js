import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

import { Check } from '../src/ui/Check';
import * as Flex from './flex';

let page;
beforeEach(() => {
  Flex.templates.DeviceMonitoringCheckFine = () => 'All is well.';
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
  page.remove();
  delete Flex.templates.DeviceMonitoringCheckFine;
});

/** Tools whose check finds nothing wrong unless nobody waits for it any more. */
const tools = () => ({
  check: async (isGone) =>
    isGone() ? [] : [{ severity: 'recovered', code: 'fine', text: { key: 'DeviceMonitoringCheckFine', params: {} } }],
  preflight: async () => [],
  stopPreflight: jest.fn(),
});
const show = (given) =>
  act(() => {
    ReactDOM.render(<Check tools={given} />, page);
  });

test('the check before the shift still answers when it has been given other tools', async () => {
  const before = tools();
  show(before);
  show(tools());
  expect(before.stopPreflight).toHaveBeenCalledTimes(1);
  await act(async () => page.querySelector('[data-testid="device-monitoring-run"]').click());
  expect(page.textContent).toContain('All is well.');
});

test('a check before the shift that fails is said in the console, harms nothing, and can be made again', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => {});
  const broken = { ...tools(), check: jest.fn().mockRejectedValueOnce(new Error('no WebRTC')) };
  show(broken);
  const press = () => act(async () => page.querySelector('[data-testid="device-monitoring-run"]').click());
  await press();
  expect(error.mock.calls.flat().join()).toContain('The check before the shift failed');
  broken.check.mockImplementation(tools().check);
  await press();
  expect(page.textContent).toContain('All is well.');
});

test('a device is shown by its name, whatever its owner has called it', async () => {
  Flex.templates.DeviceMonitoringCheckDevice = Flex.compile('{{device}} is quiet.');
  const names = ['__proto__', 'constructor', 'toString', 'Headset', 'DeviceMonitoringCheckFine'];
  const text = (device) => ({ key: 'DeviceMonitoringCheckDevice', params: { device } });
  const found = names.map((name) => ({ severity: 'warning', code: 'quiet', text: text(name) }));
  show({ ...tools(), check: async () => found });
  await act(async () => page.querySelector('[data-testid="device-monitoring-run"]').click());
  delete Flex.templates.DeviceMonitoringCheckDevice;
  for (const name of [...names.slice(0, 4), 'All is well.']) expect(page.textContent).toContain(`${name} is quiet.`);
});
