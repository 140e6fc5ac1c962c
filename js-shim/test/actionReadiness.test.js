import { findingsAboutAction } from '../admin-view/src/actionReadiness';
import { translator } from '../admin-view/src/text';

const t = translator('en');
const DEPLOYED = [
  { name: 'log-call' },
  { name: 'send-sms-to-customer', error: 'not-configured', variables: ['SMS_TEXT', 'SMS_FROM'] },
  { name: 'update-task', error: 'claims-not-set-up' },
  { name: 'webhook', error: 'action-disabled' },
  { name: 'broken', error: 'action-failed' },
  { name: 'later', error: 'a-word-of-a-later-release' },
];
const about = (name, deployed = DEPLOYED) => findingsAboutAction(name, deployed, 'action', t);

test('an action that can be run has no finding', () => {
  expect(about('log-call')).toEqual([]);
});

test.each([
  ['webhok', 'has no action webhok', 'It has: log-call, send-sms-to-customer'],
  ['webhook', 'is switched off', 'ACTIONS_ENABLED'],
  ['send-sms-to-customer', 'cannot be run', 'SMS_TEXT, SMS_FROM'],
  ['update-task', 'cannot be run', 'npm run set-up'],
  ['broken', 'has a mistake', 'log says where'],
  ['later', 'has a mistake', 'log says where'],
  ['constructor', 'has no action constructor', 'It has: '],
])('of %s is said why it cannot, and what to do', (name, why, what) => {
  const [finding, ...others] = about(name);
  expect([finding.severity, finding.property, others]).toEqual(['warning', 'action', []]);
  expect(finding.message).toContain(why);
  expect(finding.message).toContain(what);
});

test('nothing is said while nobody knows the name, or which actions are deployed', () => {
  expect([about(''), about(7), about(undefined)]).toEqual([[], [], []]);
  expect(findingsAboutAction('webhok', undefined, 'action', t)).toEqual([]);
});
