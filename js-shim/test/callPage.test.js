import React from 'react';

import { useFacts } from '../admin-view/src/floor/facts';
import { Timeline } from '../admin-view/src/ui/floor/Timeline';
import { themedPage } from './themedPage';

jest.mock('../admin-view/src/engine', () => ({}));

const page = themedPage();
afterEach(() => {
  jest.restoreAllMocks();
});

test('two stretches that begin at the same moment are both in a call’s timeline', () => {
  const complaint = jest.spyOn(console, 'error').mockImplementation(() => {});
  const stretch = { fromMs: 4000, lengthMs: 2000, fromPct: 40, lengthPct: 20, diagnosis: 'your-network' };
  const timeline = [stretch, { ...stretch, diagnosis: 'signaling-lost' }, { ...stretch, cause: 'wifi' }];
  page.show(<Timeline page={{ card: { durationMs: 10_000 }, timeline }} />);
  expect(page.findAll('tbody tr')).toHaveLength(3);
  expect(complaint).not.toHaveBeenCalled();
});

test('a fact that is zero is told, and one that there is not is left out', () => {
  function Facts() {
    const rowsOf = useFacts();
    return <>{JSON.stringify(rowsOf({ pathChanges: 0, edge: '', codec: null, team: undefined, site: 'Oslo' }))}</>;
  }
  page.show(<Facts />);
  expect(JSON.parse(page.text()).map(({ key, cells }) => [key, cells[1]])).toEqual([
    ['pathChanges', '0'],
    ['site', 'Oslo'],
  ]);
});
