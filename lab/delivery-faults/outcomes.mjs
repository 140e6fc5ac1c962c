// What became of an alert, from what the Function did and what the browser still has.

export const FATES = [
  'acted once',
  'repeated by policy',
  'unknown',
  'refused',
  'lost with memory',
  'acted twice',
  'still waiting',
  'lost',
];

/** These are ours to answer for, wherever they come about. */
export const FAULTS = ['acted twice', 'still waiting', 'lost'];

/**
 * @param {object} known
 * @param {number} known.acted how often the action was carried out
 * @param {string | undefined} known.claim the state of the Function's claim
 * @param {'pending' | 'refused' | undefined} known.kept what the outbox still says
 * @param {string[]} known.may what the design allows here
 * @returns {string} one of FATES
 */
export function outcomeOf({ acted, claim, kept, may = [] }) {
  if (acted > 1) return may.includes('repeated by policy') ? 'repeated by policy' : 'acted twice';
  if (claim === 'unknown') return 'unknown';
  if (acted === 1 && kept !== 'pending') return 'acted once';
  if (kept === 'pending') return 'still waiting';
  if (kept === 'refused') return 'refused';
  return may.includes('lost with memory') ? 'lost with memory' : 'lost';
}

/** Whether an alert may end so in this round. */
export const isAllowed = (fate, may = []) => fate === 'acted once' || may.includes(fate);
