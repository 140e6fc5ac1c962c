const JsdomEnvironment = require('jest-environment-jsdom');

/** jsdom with what every browser has and this jsdom lacks. */
module.exports = class BrowserEnvironment extends JsdomEnvironment {
  async setup() {
    await super.setup();
    ['Blob', 'CompressionStream', 'DecompressionStream', 'structuredClone', 'TextDecoder', 'TextEncoder', 'fetch', 'Headers', 'Request', 'Response', 'AbortSignal', 'URLSearchParams'].forEach((name) => {
      this.global[name] = global[name];
    });
    // In this jsdom the window is no Window, and the engine asks.
    Object.defineProperty(this.global.Window, Symbol.hasInstance, { value: (object) => object === this.global });
  }
};
