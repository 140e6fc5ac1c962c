const { findingsApart } = require('../admin-view/src/configurationFindings');

const NAMES = ['alertAgent', 'lowMosThreshold'];
const finding = (property, severity = 'warning') => ({ property, severity, message: '' });
const properties = (findings) => findings.map(({ property }) => property);
const apart = (all, block, inPilot) => {
  const { pilot, others } = findingsApart(all, NAMES, block, inPilot);
  return {
    pilot: properties(pilot),
    others: properties(others.map((other) => other.finding)),
    removable: properties(others.filter(({ isRemovable }) => isRemovable).map((other) => other.finding)),
  };
};
const BLOCK = { colour: 1, pilot: { team: 'Blue', properties: { alertAgent: 'on', alertAgnet: true } } };
const FINDINGS = [
  finding('pilot.properties.alertAgent', 'error'),
  finding('colour'),
  finding('lowMosThreshold'),
  finding('pilot'),
  finding('pilot.team'),
  finding('pilot.properties.alertAgnet'),
];

test('beside all agents’ fields there is what can be removed, and the pilot’s errors, which forbid putting live', () => {
  const { others, removable } = apart(FINDINGS, BLOCK, false);
  expect(others).toEqual(['pilot.properties.alertAgent', 'colour']);
  expect(removable).toEqual(['colour']);
});

test('beside the pilot’s fields there is what can be removed from it, and with who is in it what is said of all of it', () => {
  const { pilot, others, removable } = apart(FINDINGS, BLOCK, true);
  expect(pilot).toEqual(['pilot']);
  expect(others).toEqual(['pilot.team', 'pilot.properties.alertAgnet']);
  expect(removable).toEqual(others);
});
