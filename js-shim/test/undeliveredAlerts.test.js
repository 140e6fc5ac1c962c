import React from 'react';
import { act } from 'react-dom/test-utils';

import { translator } from '../admin-view/src/text';
import { Alerts } from '../admin-view/src/ui/UndeliveredAlerts';
import { themedPage } from './themedPage';

const t = translator();
const page = themedPage();
afterEach(() => {
  jest.useRealTimers();
});

test('alerts that come and go are shown while somebody looks', () => {
  jest.useFakeTimers();
  let alerts = [];
  const access = { alerts: () => alerts };
  const pass = () => act(() => jest.advanceTimersByTime(2_000));
  const alert = { id: 'alert-CA1', created: 1700000000000, attempts: 1, refused: undefined, waiting: undefined };
  page.show(<Alerts access={access} />);
  expect(page.text()).toContain(t('noAlerts'));
  alerts = [alert];
  pass();
  expect(page.text()).toContain(t('waiting'));
  alerts = [{ ...alert, refused: 'There is no such call.' }];
  pass();
  expect(page.text()).toContain('There is no such call.');
  alerts = [];
  pass();
  expect(page.text()).toContain(t('noAlerts'));
});
