// What a start of the plugin consists of, from what page/start-parts.js has noted.

/**
 * @typedef {{what: 'base64' | 'compile' | 'instantiate' | 'unpack', start: number, end: number}} Note
 * @param {{start: number, end: number, notes: Note[]}} started of the plugin: from its first line to listening, in ms
 * @returns {{total: number, waiting: number, base64: number, unpacker: number, unpack: number, engine: number, webAssembly: number, rest: number}}
 *   waiting: from the first line until the engine is asked for; webAssembly: base64 to engine; rest: what is left of `init`
 */
export function partsOf({ start, end, notes }) {
  const ours = notes.filter((note) => note.start >= start && note.end <= end);
  const unpacking = ours.findIndex(({ what }) => what === 'unpack');
  if (unpacking < 0) throw new Error('the plugin has not unpacked its engine between its first line and listening');
  // The plugin does all of this without a pause: two base64 texts, the unpacker's module and instance, and behind them the engine's.
  const names = ['base64', 'base64', 'compile', 'instantiate', 'unpack', 'compile', 'instantiate'];
  const steps = ours.slice(unpacking - 4, unpacking + 3);
  if (steps.map(({ what }) => what).join() !== names.join()) throw new Error(`the engine was loaded in other steps than expected: ${steps.map(({ what }) => what).join(', ')}`);
  const [first, , compile, instantiate, unpack, , last] = steps;
  return {
    total: end - start,
    waiting: first.start - start,
    base64: compile.start - first.start,
    unpacker: instantiate.end - compile.start,
    unpack: unpack.end - instantiate.end,
    engine: last.end - unpack.end,
    webAssembly: last.end - first.start,
    rest: end - last.end,
  };
}
