// A seeded shift of a contact centre: who works where, which calls each agent has, and what goes wrong.
import { seededRandom } from '../call/speech.mjs';

/** @typedef {import('./recording-segments.mjs').Stretch} Stretch */
/**
 * @typedef {object} PlannedCall
 * @property {string} callSid
 * @property {number} at ms of the shift
 * @property {number} durationMs
 * @property {Stretch[]} hears
 * @property {boolean} [isDown] its network goes down with that of the whole site
 * @property {number} [tabDiesAt] ms of the call
 */
/**
 * @typedef {object} PlannedAgent
 * @property {{sid: string, identity: string, userName: string, token: string, team: string, site: string}} worker
 * @property {number} opensAt ms of the shift
 * @property {number} leavesAt
 * @property {PlannedCall[]} calls
 * @property {{at: number, forMs: number}[]} offline when the browser has no network
 */

const TEAMS = ['Amber', 'Blue', 'Coral', 'Denim', 'Emerald'];
const SITES = ['Lisbon', 'Oslo', 'Porto', 'Quito', 'Turin'];
/** One agent in five sits there, and it is this site's network that goes down. */
export const SITE_THAT_GOES_DOWN = 'Porto';

// Recorded calls in which nothing is wrong, and those in which something is from some moment to their end.
const HEALTHY = ['clean', 'clean_opus'];
const HEALTHY_MS = 80_000;
/** Name → from when to when it is bad. */
const BAD = {
  loss5: [18_000, 58_000],
  loss30: [18_000, 58_000],
  rtt600: [18_000, 58_000],
  jitter100: [18_000, 58_000],
  loss12_45s: [15_000, 58_000],
  loss20_1: [15_000, 58_000],
};
export const RECORDINGS = [...HEALTHY, ...Object.keys(BAD)];

/**
 * What differs between a shift of minutes and one of seconds, in ms.
 * @typedef {object} Pace
 * @property {number} openWithin agents sign in
 * @property {[number, number]} call how long a call lasts
 * @property {[number, number]} pause between two calls
 * @property {number} downAt when the site goes down
 * @property {number} downWithin until all of its agents have
 * @property {number} downFor a call that goes down lasts so much longer at least
 * @property {number} leaveWithin agents sign out
 */

/** @param {number} lengthMs @returns {Pace} of a shift of minutes */
export const paceOf = (lengthMs) => ({
  openWithin: 20_000,
  call: [90_000, 300_000],
  pause: [5_000, 20_000],
  downAt: Math.round(lengthMs / 2),
  downWithin: 10_000,
  downFor: 50_000,
  leaveWithin: 15_000,
});

const sid = (prefix, seed, number) =>
  `${prefix}${seed.toString(16).padStart(8, '0')}${number.toString(16).padStart(24, '0')}`;

/**
 * @param {object} options
 * @param {number} options.agents
 * @param {number} options.seed
 * @param {number} options.lengthMs
 * @param {Pace} [options.pace]
 * @param {boolean} [options.faults] tabs die and browsers lose their network
 * @returns {PlannedAgent[]}
 */
export function planShift({ agents, seed, lengthMs, pace = paceOf(lengthMs), faults = true }) {
  const random = seededRandom(seed);
  const between = ([least, most]) => Math.round(least + random() * (most - least));
  const oneOf = (list) => list[Math.floor(random() * list.length)];
  let calls = 0;

  function planCall(at, durationMs, goesDownAt) {
    calls += 1;
    const call = { callSid: sid('CA', seed, calls), at, durationMs };
    if (goesDownAt !== undefined) return { ...call, isDown: true, hears: heardOf(durationMs, goesDownAt - at, oneOf) };
    // One call in twenty has trouble of its own.
    const trouble = random() < 0.05 && durationMs > 45_000 ? between([10_000, durationMs - 30_000]) : undefined;
    const dies = faults && random() < 0.02 ? { tabDiesAt: between([3_000, durationMs]) } : {};
    return { ...call, ...dies, hears: heardOf(durationMs, trouble, oneOf) };
  }

  return Array.from({ length: agents }, (_, index) => {
    const site = SITES[index % SITES.length];
    const downAt = site === SITE_THAT_GOES_DOWN ? pace.downAt + Math.round(random() * pace.downWithin) : undefined;
    const opensAt = Math.round(random() * pace.openWithin);
    const planned = [];
    for (let at = opensAt + between(pace.pause); at < lengthMs;) {
      const durationMs = Math.min(between(pace.call), lengthMs - at);
      const isDown = downAt !== undefined && at < downAt && at + durationMs > downAt - pace.pause[1];
      // Whoever is to go down is in a call then, and for long enough to be seen.
      const call = isDown
        ? planCall(at, Math.max(durationMs, downAt + pace.downFor - at), downAt)
        : planCall(at, durationMs);
      planned.push(call);
      at += call.durationMs + between(pace.pause);
    }
    const name = `agent-${index + 1}`;
    return {
      worker: {
        sid: sid('WK', seed, index + 1),
        identity: `${name}_40example_2Ecom`,
        userName: `${name}@example.com`,
        token: `token-of-${name}`,
        team: TEAMS[Math.floor(index / SITES.length) % TEAMS.length],
        site,
      },
      opensAt,
      leavesAt: lengthMs + Math.round(random() * pace.leaveWithin),
      calls: planned,
      offline: faults && random() < 0.05 ? [{ at: between([opensAt, lengthMs]), forMs: between([5_000, 30_000]) }] : [],
    };
  });
}

/** Healthy, but for a stretch from `badFrom` on. @returns {Stretch[]} */
function heardOf(durationMs, badFrom, oneOf) {
  const healthy = oneOf(HEALTHY);
  const stretches = [];
  let at = 0;
  const hear = (recording, from, lengthMs) => {
    if (lengthMs > 0) stretches.push({ recording, from, until: from + lengthMs });
    at += lengthMs;
  };
  const hearHealthy = (until) => {
    while (at < until) hear(healthy, 0, Math.min(HEALTHY_MS, until - at));
  };
  if (badFrom !== undefined) {
    hearHealthy(badFrom);
    const bad = oneOf(Object.keys(BAD));
    const [from, until] = BAD[bad];
    hear(bad, from, Math.min(until - from, durationMs - at));
  }
  hearHealthy(durationMs);
  return stretches;
}
