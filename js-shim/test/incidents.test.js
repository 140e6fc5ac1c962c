import React from 'react';

import { Incidents } from '../admin-view/src/ui/floor/Incidents';
import { themedPage } from './themedPage';

jest.mock('../admin-view/src/engine', () => ({}));

const page = themedPage();

const NOW = Date.UTC(2026, 10, 29, 14, 10);
const MINUTE = 60_000;
const incident = (more) => ({
  id: 'incident-1-site',
  key: { kind: 'site', value: 'Lisbon' },
  since: NOW - 2 * MINUTE,
  openedAt: NOW - MINUTE,
  with: { agents: 40, troubled: 31 },
  without: { agents: 260, troubled: 4 },
  diagnoses: { 'connection-lost': 3, 'your-network': 28 },
  causes: { vpn: 12 },
  names: ['Ana Sousa', 'Ben Okafor'],
  ...more,
});
const show = (open, closed = []) => page.show(<Incidents incidents={{ open, closed }} now={NOW} />);
const cells = (selector) => page.findAll(`${selector} td`).map((cell) => cell.textContent);
const shared = () => cells('tr[data-incident]')[0];

test('an open incident says what its agents share, how many are in trouble, for how long, what is wrong, why and who', () => {
  show([incident()]);
  const [key, troubled, others, since, ...rest] = cells('tr[data-incident="incident-1-site"]');
  expect([key, troubled, others]).toEqual(['Site: Lisbon', '31 of 40', '4 of 260']);
  expect(since).toMatch(/, for 2:00$/);
  expect(rest).toEqual(['Unsteady network (28), Connection lost (3)', 'VPN (12)', 'Ana Sousa, Ben Okafor']);
});

test('where none is open, that is said, and those that are over are still there', () => {
  show([], [incident({ closedAt: NOW - MINUTE / 2, ending: 'over' })]);
  expect(page.text()).toMatch(/No incident is open\./);
  expect(page.findAll('tr[data-incident]')).toHaveLength(0);
  expect(cells('tr[data-closed-incident]')[4]).not.toMatch(/not heard of/);
});

test('an incident that is not heard of any more is not called over', () => {
  show([], [incident({ closedAt: NOW, ending: 'unheard', diagnoses: { 'not-heard': 31 } })]);
  const texts = cells('tr[data-closed-incident]');
  expect(texts[4]).toMatch(/: not heard of any more$/);
  expect(texts[5]).toBe('Not heard of any more (31)');
});

test('keys that nearly the same agents share are named, too, and agents beyond the list are counted', () => {
  show([incident({ alike: [{ kind: 'networkType', value: 'vpn' }], omittedAgents: 7 })]);
  expect(shared()).toBe('Site: Lisbon (nearly the same agents: Kind of network: vpn)');
  expect(cells('tr[data-incident]').pop()).toBe('Ana Sousa, Ben Okafor and 7 more');
});

test('an incident of everyone is compared with nobody', () => {
  show([incident({ key: { kind: 'everyone' }, without: { agents: 0, troubled: 0 } })]);
  expect(cells('tr[data-incident]').slice(0, 3)).toEqual(['All over the centre', '31 of 40', '']);
});

test.each([
  ['team', 'Blue', 'Team: Blue'],
  ['network', 'N-1a01', 'Network, keyed hash: N-1a01'],
  ['edge', 'dublin', 'Edge of Twilio: dublin'],
  ['headset', '0b0e:0245', 'Microphone, model: 0b0e:0245'],
  ['browser', 'chrome/142', 'Browser: chrome/142'],
  ['voiceSdk', '2.12.3', 'Voice SDK: 2.12.3'],
  ['plugin', '0.3.0', 'Version of the plugin: 0.3.0'],
  ['phaseOfTheMoon', 'full', 'phaseOfTheMoon: full'],
])('a key of the kind %s is named', (kind, value, name) => {
  show([incident({ key: { kind, value } })]);
  expect(shared()).toBe(name);
});
