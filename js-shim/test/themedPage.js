import { Theme } from '@twilio-paste/core/theme';
import React from 'react';
import ReactDOM from 'react-dom';
import { act } from 'react-dom/test-utils';

/** For each test of a file, a place in the document where parts of the admin view are shown in Paste's theme. */
export function themedPage() {
  let place;
  beforeEach(() => {
    place = document.body.appendChild(document.createElement('div'));
  });
  afterEach(() => {
    act(() => {
      ReactDOM.unmountComponentAtNode(place);
    });
    place.remove();
  });
  return {
    show: (element) =>
      act(() => {
        ReactDOM.render(<Theme.Provider theme="default">{element}</Theme.Provider>, place);
      }),
    text: () => place.textContent,
    find: (selector) => place.querySelector(selector),
    findAll: (selector) => [...place.querySelectorAll(selector)],
  };
}
