// What the lab witnessed, as the lines of a recording: one clock, made-up identities, no more digits than say something.

const DIGITS = 4;
const ACCOUNT = `AC${'0'.repeat(32)}`;

/** Numbers rounded, all else as it is, at any depth. */
export function rounded(value, digits = DIGITS) {
  if (typeof value === 'number') return Number(value.toFixed(digits));
  if (Array.isArray(value)) return value.map((one) => rounded(one, digits));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rounded(one, digits)]));
  return value;
}

/** Of the long recordings' seconds, what nothing reads is left out: a repository keeps them for ever. */
export const UNREAD = {
  sample: ['totals', 'timestamp'],
  stats: ['packetsDiscarded'],
};
export const LONG_SECONDS = 300;

const without = (names, fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** A line without what nothing reads. */
function lean(line) {
  if (line.type === 'sample') return { ...line, sample: without(UNREAD.sample, line.sample) };
  if (line.type === 'stats' && line.stats.inbound)
    return { ...line, stats: { ...line.stats, inbound: without(UNREAD.stats, line.stats.inbound) } };
  return line;
}

/** The same whenever a scenario is recorded: from its name, and the number of the call in it. */
export function callSidOf(name, index) {
  return `CA${name.replaceAll('_', '')}${index ? index + 1 : ''}`.padEnd(34, '0').slice(0, 34);
}

/**
 * @param {object} told
 * @param {object} told.header name, description and versions
 * @param {Array<{at: number, type: string, callSid: string}>} told.events in any order; `at` in epoch ms
 * @param {Array<{callSid: string, acceptedAt: number}>} told.calls in the order in which they were taken
 * @param {number} told.startedAt epoch ms at which recording began
 * @param {boolean} [told.isLong]
 * @returns {string[]} JSON, in the order in which it happened
 */
export function linesOf({ header, events, calls, startedAt, isLong = false }) {
  const zero = calls[0].acceptedAt;
  const sids = new Map(calls.map(({ callSid }, index) => [callSid, callSidOf(header.name, index)]));
  const line = ({ at, type, callSid, ...fields }) => {
    const sid = sids.get(callSid);
    if (fields.parameters) fields.parameters = { ...fields.parameters, AccountSid: ACCOUNT, CallSid: sid };
    return { ms: Math.round(at - zero), type, ...(calls.length > 1 && { callSid: sid }), ...rounded(fields) };
  };
  const first = { ms: Math.round(startedAt - zero), type: 'recording', version: 1, startedAt: zero, ...header };
  const all = [first, ...[...events].sort((one, other) => one.at - other.at).map(line)];
  return all.map((one) => JSON.stringify(isLong ? lean(one) : one));
}
