// Runs in Flex's page before anything else, for `bench/start.mjs`: notes when the page decodes base64, compiles, instantiates
// and unpacks WebAssembly, and when the plugin says that it has started. From outside: the plugin has no code for it.
(() => {
  const notes = [];
  const note = (what, start, more) => notes.push({ what, start, end: performance.now(), ...more });
  const timed = (what, work, more) => (...given) => {
    const start = performance.now();
    const result = work(...given);
    note(what, start, more?.(result));
    return result;
  };

  window.atob = timed('base64', window.atob.bind(window));
  const { Module, Instance } = WebAssembly;
  const around = (Kind, what) => new Proxy(Kind, {
    construct(target, given, newTarget) {
      const start = performance.now();
      const made = Reflect.construct(target, given, newTarget);
      note(what, start);
      // Of the one that unpacks, the function as well. Its exports cannot be changed, so something else has them.
      return made.exports?.unpack ? { exports: { ...made.exports, unpack: timed('unpack', made.exports.unpack) } } : made;
    },
  });
  WebAssembly.Module = around(Module, 'compile');
  WebAssembly.Instance = around(Instance, 'instantiate');

  window.labStart = undefined;
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      if (name === 'device-monitoring:start') window.labStart = { start: startTime, end: startTime + duration, notes };
    }
  }).observe({ entryTypes: ['measure'] });
})();
