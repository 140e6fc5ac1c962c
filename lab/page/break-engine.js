// Runs in Flex's page, for tests only: makes the plugin's engine fail in the middle of its work, as a panic would. The engine
// asks the page for the time while it works; `labBreakEngine(times)` answers that with a trap, so many times. Not in a timer of
// the engine's own, where it would be the page's error until the next sample.
(() => {
  const { setTimeout } = window;
  let timers = 0;
  /** @type {(handler: TimerHandler, span?: number, ...rest: unknown[]) => number} */
  const counting = (handler, span, ...rest) => {
    if (typeof handler !== 'function') return setTimeout(handler, span, ...rest);
    const counted = (...given) => {
      timers += 1;
      try {
        handler(...given);
      } finally {
        timers -= 1;
      }
    };
    return setTimeout(counted, span, ...rest);
  };
  window.setTimeout = /** @type {typeof setTimeout} */ (counting);

  // (module (func (export "t") unreachable))
  const MODULE = [
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x74, 0, 0, 0x0a, 5, 1, 3, 0, 0, 0x0b,
  ];

  window.labBreakEngine = (times = 1) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE)));
    const trap = /** @type {() => number} */ (exports.t);
    const { now } = performance;
    let left = times;
    performance.now = () => {
      // Flex and React ask for the time too.
      if (left === 0 || timers > 0 || !/wasm-function/.test(new Error().stack)) return now.call(performance);
      left -= 1;
      if (left === 0) {
        let when = 'in the same task';
        setTimeout(() => {
          when = 'in a later task';
        });
        // The first time that it asks again, it works again.
        performance.now = () => {
          const asked = now.call(performance);
          if (timers > 0 || !/wasm-function/.test(new Error().stack)) return asked;
          delete performance.now;
          window.labEngineBack = when;
          return asked;
        };
      }
      return trap();
    };
  };
})();
