/** Incidents, in the form in which the engine tells of them. */

/** An incident of one site. */
export const incident = (changes = {}) => ({
  id: 'incident-1795327609127-site',
  key: { kind: 'site', value: 'Lisbon' },
  alike: [{ kind: 'network', value: 'N-0123456789abcdef' }],
  since: 1_795_327_570_000,
  openedAt: 1_795_327_609_127,
  stoodAt: 1_795_327_609_127,
  with: { agents: 40, troubled: 31 },
  without: { agents: 260, troubled: 4 },
  expectedPct: 2.1,
  agents: ['WK00000000000000000000000000000001', 'P-0123456789abcdef'],
  omittedAgents: 29,
  diagnoses: { 'your-network': 28, 'connection-lost': 3 },
  causes: { vpn: 12 },
  ...changes,
});
