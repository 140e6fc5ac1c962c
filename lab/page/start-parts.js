// Runs in Flex's page before anything else, for `bench/start.mjs`: notes when the page decodes base64, unpacks and compiles
// WebAssembly, and when the plugin says that it has started. This is done from outside; the plugin has no code for it.
(() => {
  const notes = [];
  const note = (what) => notes.push({ what, at: performance.now() });

  const { atob, DecompressionStream } = window;
  const { instantiate } = WebAssembly;
  window.atob = (text) => {
    note('base64');
    return atob(text);
  };
  window.DecompressionStream = new Proxy(DecompressionStream, {
    construct(target, given, newTarget) {
      note('unpack');
      return Reflect.construct(target, given, newTarget);
    },
  });
  const instantiated = async (source, ...given) => {
    note('compile');
    const made = await instantiate(source, ...given);
    note('compiled');
    return made;
  };
  WebAssembly.instantiate = /** @type {typeof WebAssembly.instantiate} */ (instantiated);

  window.labStart = undefined;
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name === 'device-monitoring:start') window.labStart = { start: startTime, end: startTime + duration, notes };
    }
  }).observe({ entryTypes: ['measure'] });
})();
