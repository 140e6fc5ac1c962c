/** A third of what a frame has at 60 a second: the rest is the page's. */
const SLICE_MS = 5;

/**
 * Lets the page do whatever waits. Timers would be slowed down to 4 ms each.
 * @returns {Promise<void>}
 */
const yieldToPage = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

/**
 * Does something with each item, and lets the page breathe before, in between and after: what is drawn then is no part
 * of a slice.
 * @template T, R
 * @param {Iterable<T>} items
 * @param {(item: T) => R | Promise<R>} work
 * @param {() => boolean} isOver nobody waits for it any more
 * @returns {Promise<R[] | undefined>} undefined: it was over
 */
export async function inSlices(items, work, isOver) {
  const results = [];
  await yieldToPage();
  let began = performance.now();
  for (const item of items) {
    // Here and not behind the breath: it may have been over since before the first item, and what it works on gone.
    if (isOver()) return undefined;
    const result = work(item);
    // eslint-disable-next-line no-await-in-loop -- one after the other, so that memory holds one call at a time
    results.push(result instanceof Promise ? await result : result);
    if (performance.now() - began >= SLICE_MS) {
      // eslint-disable-next-line no-await-in-loop -- to let the page draw
      await yieldToPage();
      began = performance.now();
    }
  }
  await yieldToPage();
  return isOver() ? undefined : results;
}
