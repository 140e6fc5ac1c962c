/**
 * log-incident: writes an incident that has opened or closed to the Function's log, as one line of JSON.
 *
 * Also the example to write one of your own from: an action about incidents is one file in this folder, and the variable
 * INCIDENT_ACTIONS names it. docs/actions.md says what it is given.
 */
const { logLine, safeNumber: number, safeText } = require(Runtime.getFunctions()['lib/log'].path);

exports.policy = 'at-least-once';

/** Its line says what was done; the Function writes no other about it. */
exports.logs = true;

exports.run = ({ kind, incident }) => {
  const { id, key, alike = [], openedAt, closedAt, ending, with: own, without, expectedPct } = incident;
  logLine({
    event: 'device-monitoring.incident',
    change: kind,
    // Not as text: the moment in it has as many digits as a phone number.
    incidentId: matching(/^[a-z0-9-]{1,60}$/i, id),
    key: keyOf(key),
    alike: alike.map(keyOf),
    since: isoOf(incident.since),
    openedAt: isoOf(openedAt),
    closedAt: isoOf(closedAt),
    ending: safeText(ending),
    with: tallyOf(own),
    without: tallyOf(without),
    expectedPct: number(expectedPct),
    agents: incident.agents.map((agent) => matching(/^(WK[0-9a-f]{32}|P-[0-9a-f]{16})$/, agent)),
    omittedAgents: incident.omittedAgents,
    diagnoses: countsOf(incident.diagnoses),
    causes: countsOf(incident.causes),
  });
  return { logged: true };
};

/** Eight hexadecimal digits of a headset, or sixteen of a network's name, would be masked as a phone number. */
const NUMBERED = /^([0-9a-f]{4}:[0-9a-f]{4}|N-[0-9a-f]{16})$/;

const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : null);
const keyOf = ({ kind, value }) => ({ kind, value: matching(NUMBERED, value) ?? safeText(value) ?? undefined });
const isoOf = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString() : undefined);
const tallyOf = ({ agents, troubled }) => ({ agents: number(agents), troubled: number(troubled) });
const countsOf = (counts = {}) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [safeText(name), number(count)]));
