const FIRST_MS = 30_000;
const LONGEST_MS = 1_800_000;

/**
 * How long to wait before something that has failed is tried again: half a minute at first, twice as long each time after
 * that, and half an hour at most.
 * @returns {() => number} the next pause, in ms
 */
export function doublingPause() {
  let next = FIRST_MS;
  return () => {
    const pause = next;
    next = Math.min(2 * next, LONGEST_MS);
    return pause;
  };
}
