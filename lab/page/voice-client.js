// Runs in Flex's page before anything else, for tests only: decides what the plugin gets as the manager's `voiceClient`,
// while Flex itself and everybody else keep the real one.
(() => {
  // As Flex makes them, around the Device or, degraded, around nothing.
  const bound = (target) =>
    new Proxy(target, {
      get(of, name) {
        const value = of[name];
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
  const fail = () => {
    throw new Error('the voice client is degraded');
  };
  const CLIENTS = {
    missing: () => undefined,
    empty: () => bound({}),
    'throws at everything': () => new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail }),
    'throws when it is listened to': () =>
      bound({
        on: fail,
        connect: fail,
        get calls() {
          return fail();
        },
        get edge() {
          return fail();
        },
        get audio() {
          return fail();
        },
      }),
    'does nothing of what it has the names for': () =>
      bound({ on() {}, connect() {}, calls: undefined, edge: {}, audio: { inputDevice: null, speakerDevices: {} } }),
    // Its incoming calls are real; `connect` makes the call that it is given.
    'that makes any call': (real) =>
      real && { on: real.on.bind(real), edge: real.edge, connect: (call) => Promise.resolve(call) },
    // The same Device behind another proxy: who attaches to it again hears everything twice.
    'in another wrapping': (real) => real && bound(real),
  };

  let client;
  let twilio;
  Object.defineProperty(window, 'Twilio', {
    configurable: true,
    get: () => twilio,
    set(value) {
      twilio = value;
      let prototype = value?.Flex?.Manager.prototype;
      while (prototype && !Object.hasOwn(prototype, 'voiceClient')) prototype = Object.getPrototypeOf(prototype);
      if (!prototype) return;
      const own = Object.getOwnPropertyDescriptor(prototype, 'voiceClient');
      Object.defineProperty(window, 'Twilio', { value, writable: true, configurable: true });
      Object.defineProperty(prototype, 'voiceClient', {
        ...own,
        get() {
          const real = own.get.call(this);
          if (!client || !/plugin-device-monitoring/.test(new Error().stack)) return real;
          client.is ??= CLIENTS[client.name](real);
          return client.is;
        },
      });
    },
  });

  /** What the plugin has got. */
  window.labPluginsVoiceClient = () => client?.is;
  /** From here on the plugin gets such a voice client; no name: the real one. */
  window.labVoiceClient = (name) => {
    client = name && { name };
  };
})();
