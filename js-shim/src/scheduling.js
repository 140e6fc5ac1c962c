/**
 * Does the work in a task of its own, after those before it: the browser can draw and answer the user in between.
 * @param {() => void} work
 */
export function inOwnTask(work) {
  setTimeout(work);
}

/**
 * Does the work piece by piece while the page has nothing else to do.
 * @param {(() => void)[]} pieces
 */
export function whenIdle(pieces) {
  const wait = window.requestIdleCallback ?? setTimeout;
  const [first, ...rest] = pieces;
  if (!first) return;
  wait(() => {
    first();
    whenIdle(rest);
  });
}
