import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { Theme } from '@twilio-paste/core/theme';

import { Conspicuous } from '../admin-view/src/ui/floor/Conspicuous';

const textOf = (centre) => {
  const page = document.createElement('div');
  act(() => {
    ReactDOM.render(
      <Theme.Provider theme="default">
        <Conspicuous agents={[]} centre={centre} />
      </Theme.Provider>,
      page,
    );
  });
  const text = page.textContent;
  ReactDOM.unmountComponentAtNode(page);
  return text;
};

test('where no call was reported there is no share of bad calls, and nobody is said to be as good as the others', () => {
  expect(textOf({ bad: 0, calls: 0, sharePct: 0 })).toBe('No call has been reported in the last 24 hours.');
  expect(textOf({ bad: 1, calls: 4, sharePct: 25 })).toMatch(/1 of 4 calls were bad: 25\s?%.*There is no such agent\./);
});
