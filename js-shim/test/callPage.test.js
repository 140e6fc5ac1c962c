import React from 'react';

import { useFacts } from '../admin-view/src/floor/cardLabels';
import { useWords } from '../admin-view/src/floor/diagnosisLabels';
import { translator } from '../admin-view/src/text';
import { Timeline } from '../admin-view/src/ui/floor/Timeline';
import { Call } from '../admin-view/src/ui/floor/Call';
import { Troubled } from '../admin-view/src/ui/floor/Troubled';
import { themedPage } from './themedPage';

jest.mock('../admin-view/src/engine', () => ({}));
let mockFloor;
jest.mock('../admin-view/src/floor/useFloor', () => ({ useFloorEachSecond: () => ({ engine: mockFloor }) }));

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

/** What a browser can put into a beat or a card as the name of something, and every object of JavaScript has. */
const OF_OBJECTS = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];

test.each(OF_OBJECTS)('%s in the place of a known name is shown as it is, and nothing fails', (name) => {
  const stretch = { fromMs: 4000, lengthMs: 2000, fromPct: 40, lengthPct: 20, diagnosis: name, cause: name };
  page.show(<Timeline page={{ card: { durationMs: 10_000 }, timeline: [stretch] }} />);
  expect(
    page
      .findAll('tbody td')
      .slice(2)
      .map((cell) => cell.textContent),
  ).toEqual([name, name]);
  const call = { key: '1', agent: 'Kim', since: 0, diagnosis: name, cause: name, conditions: [name] };
  page.show(<Troubled calls={[call]} engine={{ now: () => 1000 }} onOpen={() => {}} />);
  expect(
    page
      .findAll('tbody td')
      .slice(2, 4)
      .map((cell) => cell.textContent),
  ).toEqual([name, name]);
  function Words() {
    const { rule, whatOrRule } = useWords();
    const rowsOf = useFacts();
    return <>{JSON.stringify([rule(name), whatOrRule(name), rowsOf({ [name]: 1, direction: name })[0].cells[0]])}</>;
  }
  page.show(<Words />);
  expect(JSON.parse(page.text())).toEqual([name, name, name]);
  expect(translator('constructor')(name)).toBe(name);
});

test('the heading of a call that goes on has the agent’s name, also if Flex says it after the page was opened', () => {
  const troubled = { key: '1', worker: 'WK1', agent: 'WK1', since: 0, diagnosis: 'your-network', conditions: [] };
  const callNamed = (agent) => ({ cardOf: () => undefined, floor: () => ({ troubled: [{ ...troubled, agent }] }) });
  const show = () => page.show(<Call access={{}} opened={{ troubled }} say={() => {}} onBack={() => {}} />);
  mockFloor = callNamed('WK1');
  show();
  expect(page.find('h2').textContent).toBe('Call of WK1');
  mockFloor = callNamed('Kim Colleague');
  show();
  expect(page.find('h2').textContent).toBe('Call of Kim Colleague');
});
