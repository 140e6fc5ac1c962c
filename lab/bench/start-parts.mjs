// What a start of the plugin consists of, from what page/start-parts.js has noted.

const STEPS = ['base64', 'unpack', 'compile', 'compiled'];

/**
 * @typedef {{what: 'base64' | 'unpack' | 'compile' | 'compiled', at: number}} Note when each began, or had ended
 * @param {{start: number, end: number, notes: Note[]}} started of the plugin: from its first line to listening, in ms
 * @returns {{total: number, waiting: number, base64: number, unpack: number, compile: number, rest: number, thread: number}}
 *   waiting: from the first line until the engine is asked for; unpack and compile: elapsed time, beside the page's thread;
 *   rest: what is left of `init`; thread: what of all this is the plugin's own work on the page's thread
 */
export function partsOf({ start, end, notes }) {
  const ours = notes.filter(({ at }) => at >= start && at <= end);
  const from = ours.findLastIndex(({ what }) => what === 'unpack') - 1;
  // Flex decodes base64 as well while the browser unpacks or compiles.
  const steps = ours.slice(from).filter(({ what }, index) => what !== 'base64' || index === 0);
  if (from < 0 || steps.map(({ what }) => what).join() !== STEPS.join()) {
    throw new Error(
      `the engine was loaded in other steps than expected: ${ours.map(({ what }) => what).join(', ') || 'none'}`,
    );
  }
  const [base64, unpack, compile, compiled] = steps.map(({ at }) => at);
  return {
    total: end - start,
    waiting: base64 - start,
    base64: unpack - base64,
    unpack: compile - unpack,
    compile: compiled - compile,
    rest: end - compiled,
    thread: unpack - base64 + end - compiled,
  };
}
