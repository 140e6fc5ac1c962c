import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';
import { useToaster } from '@twilio-paste/core/toast';
import { Theme } from '@twilio-paste/core/theme';

import { Toasts } from '../admin-view/src/ui/Toasts';

let page;
beforeEach(() => {
  jest.useFakeTimers();
  page = document.body.appendChild(document.createElement('div'));
});
afterEach(() => {
  act(() => {
    ReactDOM.unmountComponentAtNode(page);
  });
  page.remove();
  jest.useRealTimers();
});

test('a toast that comes, goes or is dismissed leaves the focus to whoever types', () => {
  let push;
  function Page() {
    const toaster = useToaster();
    push = toaster.push;
    return (
      <>
        <input aria-label="before" />
        <input aria-label="after" />
        <Toasts toasts={toaster.toasts} pop={toaster.pop} />
      </>
    );
  }
  act(() => {
    ReactDOM.render(
      <Theme.Provider theme="default">
        <Page />
      </Theme.Provider>,
      page,
    );
  });
  const [before, after] = page.querySelectorAll('input');
  before.focus();
  act(() => push({ message: 'Live.', variant: 'success', dismissAfter: 5000 }));
  expect(document.body.textContent).toContain('Live.');
  expect(document.activeElement).toBe(before);
  after.focus();
  act(() => jest.advanceTimersByTime(6000));
  expect(document.body.textContent).not.toContain('Live.');
  expect(document.activeElement).toBe(after);

  act(() => push({ message: 'Copied.', variant: 'success' }));
  act(() => document.querySelector('[role="status"] button').click());
  expect(document.body.textContent).not.toContain('Copied.');
});
