import { useEffect, useState } from 'react';

import { WhatIf } from '../engine';
import { readCalls } from '../recordedCalls';
import { inSlices } from '../timeSlices';

/** What is said of every call under what the engine is configured to; one that could not be read has no verdict. */
export const judgeAll = (whatIf, calls, isOver) =>
  inSlices(
    calls,
    ({ place }) => {
      try {
        return place === undefined ? null : whatIf.judge(place);
      } catch {
        // This one is left out; the others are judged all the same.
        return null;
      }
    },
    isOver,
  );

/**
 * @typedef {object} RecordedCalls
 * @property {WhatIf} [whatIf] the engine that has the calls
 * @property {import('../recordedCalls').Recorded[]} [calls]
 * @property {object[]} verdicts of each call
 * @property {string} [problem] why the calls could not be read
 */

/**
 * The recorded calls in an engine of their own, and what the configuration in force says of each.
 * @param {object} access
 */
export function useRecordedCalls({ environment, openRecordings }) {
  const [reading, setReading] = useState(0);
  const [recordedCalls, setRecordedCalls] = useState(/** @type {RecordedCalls} */ ({ verdicts: [] }));
  useEffect(() => {
    let isOver = false;
    const whatIf = new WhatIf();
    const read = async () => {
      whatIf.configure(environment);
      const calls = await readCalls(openRecordings, whatIf, () => isOver);
      const verdicts = calls && (await judgeAll(whatIf, calls, () => isOver));
      if (verdicts) setRecordedCalls({ whatIf, calls, verdicts });
      else whatIf.free();
    };
    read().catch((error) => !isOver && setRecordedCalls({ verdicts: [], problem: String(error?.message ?? error) }));
    return () => {
      isOver = true;
    };
  }, [environment, openRecordings, reading]);
  // Hundreds of calls are a hundred megabytes.
  const { whatIf } = recordedCalls;
  useEffect(() => () => whatIf?.free(), [whatIf]);
  return { ...recordedCalls, refresh: () => setReading((count) => count + 1) };
}
