import { useCallback, useEffect, useState } from 'react';

import { Shared, WhatIf } from '../engine';
import { namesOf } from '../floor/workers';
import { loadShared } from './loadIntoEngine';
import { readShared } from './fetchFromSync';

/** More would take more memory than a page should have. */
export const MOST = 2_000;
/** Calls are shown without names if Flex does not say them by then. */
const NAMES_LIMIT_MS = 3_000;

/**
 * @typedef {object} SharedCalls
 * @property {WhatIf} [whatIf] the engine that has the calls
 * @property {(Omit<import('../recordedCalls').Recorded, 'fields'> & {team?: string, agent?: string})[]} [calls] the newest first
 * @property {object[]} verdicts none: they are tried, and their verdicts at the time are on their cards
 * @property {boolean} [isReading]
 * @property {number} [count] how many were read so far
 * @property {number} [unreadable] how many are left out because they cannot be read
 * @property {number} [withoutRoom] and how many because there is no memory for them
 * @property {string} [problem] why they could not be read
 * @property {number} [bytes] how much memory they take
 */

const NONE = /** @type {SharedCalls} */ ({ verdicts: [] });

const later = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** With what Flex calls the workers; those under a pseudonym have no other name. */
async function named(access, calls) {
  const sids = [...new Set(calls.map(({ workerSid }) => workerSid).filter((sid) => sid.startsWith('WK')))];
  const names = await Promise.race([namesOf(access, sids).catch(() => undefined), later(NAMES_LIMIT_MS)]);
  return calls.map((call) => ({ ...call, agent: names?.get(call.workerSid) ?? call.workerSid }));
}

/**
 * The calls that all agents share, once they are asked for.
 * @param {object} access
 * @returns {SharedCalls & {read: (wanted: {team: string, span: number}) => void}} `span`: how old they may be, in ms
 */
export function useSharedCalls(access) {
  const [wanted, setWanted] = useState(/** @type {{team: string, span: number} | undefined} */ (undefined));
  const [found, setFound] = useState(NONE);
  useEffect(() => {
    if (!wanted) return undefined;
    let isOver = false;
    const { team, span } = wanted;
    const whatIf = new WhatIf();
    const read = async () => {
      const begin = (now) => new Shared({ team, from: Math.max(0, Math.floor(now - span)), most: MOST });
      const tell = (count) => !isOver && setFound({ ...NONE, isReading: true, count });
      tell(0);
      const shared = await readShared(access, begin, () => isOver, tell);
      const loaded = await loadShared(shared, whatIf, () => isOver).finally(() => shared.free());
      const calls = loaded && (await named(access, loaded.calls));
      if (!calls || isOver) return whatIf.free();
      return setFound({ ...NONE, ...loaded, whatIf, calls, bytes: whatIf.bytes() });
    };
    read().catch((error) => {
      whatIf.free();
      if (!isOver) setFound({ ...NONE, problem: String(error?.message ?? error) });
    });
    return () => {
      isOver = true;
    };
  }, [access, wanted]);
  // Thousands of calls are hundreds of megabytes.
  const { whatIf } = found;
  useEffect(() => () => whatIf?.free(), [whatIf]);
  // Another object each time: asked for once more, they are read once more.
  return { ...found, read: useCallback(({ team, span }) => setWanted({ team, span }), []) };
}
