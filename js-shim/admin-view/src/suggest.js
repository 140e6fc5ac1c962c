import { inSlices } from './timeSlices';

const MS_PER_MINUTE = 60_000;

/** Searches as long as there is something to try. */
function* steps(whatIf) {
  while (whatIf.searchFurther()) yield undefined;
}

/**
 * Thresholds that alert on what agents reported and on at most so many calls a day.
 * @param {Required<Pick<import('./ui/useRecordedCalls').RecordedCalls, 'whatIf' | 'calls'>>} recordedCalls
 * @param {object} environment where the configuration in force is
 * @param {boolean} inPilot for whom: the pilot, or all others
 * @param {number} perDay
 * @param {() => boolean} isOver
 * @returns {Promise<{tooFew: object} | {suggestion: object} | undefined>} undefined: it was over
 */
export async function suggest({ whatIf, calls }, environment, inPilot, perDay, isOver) {
  whatIf.startSuggesting(environment, inPilot);
  /** @param {import('./recordedCalls').Recorded} call */
  const play = ({ place, startedAt }) => {
    if (place === undefined) return;
    try {
      whatIf.playForSuggestion(place, -MS_PER_MINUTE * new Date(startedAt).getTimezoneOffset());
    } catch {
      // This one is left out; the others are played all the same.
    }
  };
  if (!(await inSlices(calls, play, isOver))) return undefined;
  const tooFew = whatIf.startSearch(perDay);
  if (tooFew) return { tooFew };
  if (!(await inSlices(steps(whatIf), () => undefined, isOver))) return undefined;
  return { suggestion: whatIf.suggestion() };
}
