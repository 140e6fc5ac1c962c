const { webcrypto } = require('crypto');

// eslint-disable-next-line import-x/no-extraneous-dependencies -- it comes with Twilio's preset for jest
const JsdomEnvironment = require('jest-environment-jsdom');

/** jsdom with what every browser has and this jsdom lacks. */
module.exports = class BrowserEnvironment extends JsdomEnvironment {
  async setup() {
    await super.setup();
    [
      'Blob',
      'CompressionStream',
      'DecompressionStream',
      'structuredClone',
      'TextDecoder',
      'TextEncoder',
      'Headers',
      'Request',
      'Response',
      'AbortSignal',
      'URLSearchParams',
    ].forEach((name) => {
      this.global[name] = global[name];
    });
    this.global.crypto = webcrypto;
    // Nothing is reached from a test, and nobody answers after its end. Tests of the delivery have a server of their own.
    this.global.fetch = () => new Promise(() => {});
    // In this jsdom the window is no Window, and the engine asks.
    Object.defineProperty(this.global.Window, Symbol.hasInstance, { value: (object) => object === this.global });
  }
};
