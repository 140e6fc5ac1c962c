import React from 'react';
import { act, Simulate } from 'react-dom/test-utils';

import { PilotFields } from '../admin-view/src/ui/PilotFields';
import { themedPage } from './themedPage';

// This jsdom does not know the styles by which Paste's own finds its height. The real one is in the end-to-end tests.
jest.mock('@twilio-paste/core/textarea', () => ({ TextArea: 'textarea' }));

const page = themedPage();

test('teams and workers with commas in their names can be put into the pilot, and those that are in it stay', () => {
  const changes = [];
  page.show(
    <PilotFields
      block={{ pilot: { teams: ['Sales, EMEA'] } }}
      findings={[]}
      environment={{ workerSid: 'WK1', workerName: 'Doe, Jane' }}
      onChange={(...change) => changes.push(change)}
    />,
  );
  const type = (name, value) => {
    const field = page.find(`#device-monitoring-${name}`);
    act(() => Simulate.change(field, { target: { value } }));
  };
  expect(page.find('#device-monitoring-pilot-teams').value).toBe('Sales, EMEA');
  type('pilot-teams', 'Sales, EMEA\nBlue');
  type('pilot-workers', 'Doe, Jane');
  expect(changes).toEqual([
    ['pilot.teams', ['Sales, EMEA', 'Blue']],
    ['pilot.workers', ['Doe, Jane']],
  ]);
});
