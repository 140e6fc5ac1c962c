// What a call of the simulated floor hears: stretches of recorded calls, one after the other.
import { STATISTICS, eventsOf } from '../recordings/recorder-rows.mjs';

/** @typedef {{recording: string, from: number, until: number}} Stretch in ms of the recorded call */
/** @typedef {{ms: number, method: string, values: unknown[]}} Told what the Monitor is told, and when */

const COUNTERS = STATISTICS.filter(([, , counts]) => counts);
/** @param {any[]} event */
const isHeard = ([, method]) => !['incoming', 'accept', 'disconnect'].includes(method);
/** @param {object | undefined} stats @param {[string, string, boolean]} counter */
const counterOf = (stats, [part, name]) => stats?.[part]?.[name] ?? 0;

/**
 * @param {Stretch[]} stretches
 * @param {Map<string, object[]>} recordings name → lines
 * @returns {Told[]} with the counters of the statistics going on from one stretch to the next
 */
export function joined(stretches, recordings) {
  /** Where each counter stands. */
  let stand = COUNTERS.map(() => 0);
  let startsAt = 0;
  const told = [];
  for (const { recording, from, until } of stretches) {
    const heard = eventsOf(recordings.get(recording)).filter(isHeard);
    const before = heard.findLast(([ms, method]) => ms < from && method === 'stats')?.[2];
    const offsets = COUNTERS.map((counter, index) => stand[index] - counterOf(before, counter));
    for (const [ms, method, ...values] of heard) {
      if (ms < from || ms >= until) continue;
      if (method === 'stats') {
        values[0] = movedOn(values[0], offsets);
        stand = COUNTERS.map((counter, index) => values[0][counter[0]]?.[counter[1]] ?? stand[index]);
      }
      told.push({ ms: startsAt + ms - from, method, values });
    }
    startsAt += until - from;
  }
  return told;
}

/** The same statistics of a connection that has counted so much before. */
function movedOn(stats, offsets) {
  const moved = structuredClone(stats);
  COUNTERS.forEach(([part, name], index) => {
    if (typeof moved[part]?.[name] === 'number') moved[part][name] += offsets[index];
  });
  return moved;
}
