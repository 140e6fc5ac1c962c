import React from 'react';

import { Silent } from '../admin-view/src/ui/floor/Silent';
import texts from '../../locales/admin-view/en.json';
import { themedPage } from './themedPage';

jest.mock('../admin-view/src/engine', () => ({}));

const page = themedPage();

test('where calls go on under pseudonyms, an empty list does not say that all agents are heard of', () => {
  page.show(<Silent workers={[]} hasPseudonyms={false} />);
  expect(page.text()).toContain(texts.nobodySilent);
  page.show(<Silent workers={[]} hasPseudonyms />);
  expect(page.text()).toContain(texts.nobodyKnownSilent);
  expect(page.text()).not.toContain(texts.nobodySilent);
});
