import { setTimeout as sleep } from 'node:timers/promises';

const GIVES_UP_AFTER_MS = 15_000;

/**
 * Waits for what no event tells of.
 * @param {string} what for the message if it does not come true
 * @param {() => boolean | Promise<boolean>} isTrue
 */
export async function until(what, isTrue) {
  const end = performance.now() + GIVES_UP_AFTER_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(2);
  }
}
