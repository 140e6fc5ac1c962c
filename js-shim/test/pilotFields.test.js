import React from 'react';
import ReactDOM from 'react-dom';
import { act, Simulate } from 'react-dom/test-utils';
import { Theme } from '@twilio-paste/core/theme';

import { PilotFields } from '../admin-view/src/ui/PilotFields';

// This jsdom does not know the styles by which Paste's own finds its height. The real one is in the end-to-end tests.
jest.mock('@twilio-paste/core/textarea', () => ({ TextArea: 'textarea' }));

let page;
beforeEach(() => {
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
  page.remove();
});

test('teams and workers with commas in their names can be put into the pilot, and those that are in it stay', () => {
  const changes = [];
  const fields = (
    <Theme.Provider theme="default">
      <PilotFields
        block={{ pilot: { teams: ['Sales, EMEA'] } }}
        findings={[]}
        environment={{ workerSid: 'WK1', workerName: 'Doe, Jane' }}
        onChange={(...change) => changes.push(change)}
      />
    </Theme.Provider>
  );
  act(() => {
    ReactDOM.render(fields, page);
  });
  const type = (name, value) => {
    const field = page.querySelector(`#device-monitoring-${name}`);
    act(() => Simulate.change(field, { target: { value } }));
  };
  expect(page.querySelector('#device-monitoring-pilot-teams').value).toBe('Sales, EMEA');
  type('pilot-teams', 'Sales, EMEA\nBlue');
  type('pilot-workers', 'Doe, Jane');
  expect(changes).toEqual([
    ['pilot.teams', ['Sales, EMEA', 'Blue']],
    ['pilot.workers', ['Doe, Jane']],
  ]);
});
