import React from 'react';
import ReactDOM from 'react-dom';
import { act, Simulate } from 'react-dom/test-utils';
import { Theme } from '@twilio-paste/core/theme';

import { withEntry, withPart } from '../admin-view/src/actionConditions';
import { ActionsFields } from '../admin-view/src/ui/ActionsFields';

jest.mock('../admin-view/src/engine', () => ({
  WhatIf: {
    words: () => ({
      rules: ['shortCall'],
      diagnoses: ['your-microphone'],
      causes: ['wifi'],
      teamAttribute: 'team_name',
    }),
  },
}));
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

function show(value, deployed) {
  const changes = [];
  act(() => {
    ReactDOM.render(
      <Theme.Provider theme="default">
        <ActionsFields value={value} findings={[]} deployed={deployed} onChange={(changed) => changes.push(changed)} />
      </Theme.Provider>,
      page,
    );
  });
  const type = (name, typed) =>
    act(() => Simulate.change(page.querySelector(`#device-monitoring-${name}`), { target: { value: typed } }));
  const press = (text) =>
    act(() => Simulate.click([...page.querySelectorAll('button')].find((button) => button.textContent === text)));
  return { changes, type, press };
}

test('an entry is added, and what it is for is written as it is typed', () => {
  const { changes, press } = show(undefined);
  press('Add an entry');
  expect(changes).toEqual([[{ run: '' }]]);

  const edited = show([{ run: 'webhook' }, { when: { rules: ['shortCall'] }, run: 'open-ticket' }]);
  edited.type('actions-1-causes', 'wifi');
  edited.type('actions-2-rules', '');
  edited.type('actions-2-run', 'log-call');
  expect(edited.changes).toEqual([
    [
      { when: { causes: ['wifi'] }, run: 'webhook' },
      { when: { rules: ['shortCall'] }, run: 'open-ticket' },
    ],
    [{ run: 'webhook' }, { run: 'open-ticket' }],
    [{ run: 'webhook' }, { when: { rules: ['shortCall'] }, run: 'log-call' }],
  ]);
});

test('the last entry that is removed takes the property away', () => {
  const two = show([{ run: 'a' }, { run: 'b' }]);
  two.press('Remove entry 1');
  expect(two.changes).toEqual([[{ run: 'b' }]]);
  const one = show([{ run: 'a' }]);
  one.press('Remove entry 1');
  expect(one.changes).toEqual([null]);
});

test('what somebody has written that is no entry is shown and can be removed, and the others stay', () => {
  const odd = show([7, { when: 'always', run: 'a' }]);
  odd.press('Remove entry 1');
  expect(odd.changes).toEqual([[{ when: 'always', run: 'a' }]]);
  const none = show('webhook');
  none.press('Remove entry 1');
  expect(none.changes).toEqual([null]);
});

test('a part that is not edited stays as it is', () => {
  const entry = { when: { teams: ['Blue'], teamAttribute: 'squad', rules: ['shortCall'] }, run: 'a' };
  expect(withPart(entry, 'rules', null)).toEqual({ when: { teams: ['Blue'], teamAttribute: 'squad' }, run: 'a' });
  expect(withEntry([entry], 0, null)).toBe(null);
});

test('an entry says that its action is not deployed, and no other entry does', () => {
  show([{ run: 'log-call' }, { run: 'open-tiket' }], [{ name: 'log-call' }, { name: 'open-ticket' }]);
  expect([...page.querySelectorAll('[data-finding]')].map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Entry 2.*no action open-tiket.*log-call, open-ticket/),
  ]);
});
