// Runs in Flex's page before anything else, for `bench/shift.mjs`: a shift that need not be waited for. Devices and calls that
// say what the Voice SDK's say, and for the plugin a clock that moves only with them. Flex's own clock and timers stay as they
// are, because its connections live by them.
(() => {
  const PLUGIN = /wasm-function|plugin-device-monitoring/;
  const isAsked = () => PLUGIN.test(new Error().stack);
  /** Milliseconds ahead of the page's own clock. */
  let ahead = 0;
  let newest = 1e9; // the page's own numbers of timers stay below
  const timers = new Map();
  const { performance, setTimeout, clearTimeout } = window;
  const now = performance.now.bind(performance);
  const pluginNow = () => now() + ahead;

  performance.now = () => (isAsked() ? pluginNow() : now());
  /** @type {(handler: TimerHandler, span?: number, ...rest: unknown[]) => number} */
  const shifted = (handler, span, ...rest) => {
    if (typeof handler !== 'function' || !isAsked()) return setTimeout(handler, span, ...rest);
    newest += 1;
    timers.set(newest, { at: pluginNow() + (span ?? 0), handler: () => handler(...rest) });
    return newest;
  };
  window.setTimeout = /** @type {typeof setTimeout} */ (shifted);
  window.clearTimeout = (id) => {
    if (!timers.delete(id)) clearTimeout(id);
  };

  function runDue() {
    for (const [id, { at, handler }] of [...timers]) {
      if (at > pluginNow() || !timers.delete(id)) continue;
      handler();
    }
  }

  function moveOn(span) {
    ahead += span;
    runDue();
  }
  // What is not moved on by a call goes on by itself: what has to wait for an answer, say.
  setInterval(runDue, 50);

  // The second witness reports every event to another process; it is not needed here, and would be measured.
  Object.defineProperty(window, 'labFollowDevice', { value: () => {} });

  // The engine's memory: that of the one instance that has one.
  const { instantiate } = WebAssembly;
  let memory;
  const instantiated = async (source, ...given) => {
    const made = await instantiate(source, ...given);
    memory = Object.values(made.instance.exports).find((one) => one instanceof WebAssembly.Memory) ?? memory;
    return made;
  };
  WebAssembly.instantiate = /** @type {typeof WebAssembly.instantiate} */ (instantiated);

  class Emitter {
    #listeners = new Map();

    on(event, listener) {
      this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      return this;
    }

    off(event, listener) {
      this.#listeners.set(
        event,
        (this.#listeners.get(event) ?? []).filter((one) => one !== listener),
      );
      return this;
    }

    emit(event, ...values) {
      for (const listener of this.#listeners.get(event) ?? []) listener(...values);
    }

    count() {
      return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.length, 0);
    }
  }
  Emitter.prototype.addListener = Emitter.prototype.on;
  Emitter.prototype.removeListener = Emitter.prototype.off;

  class Call extends Emitter {
    direction = 'INCOMING';

    /** The newest report of its peer connection. */
    statistics;

    #status = 'pending';

    constructor({ callSid, from, taskSid }) {
      super();
      this.parameters = { CallSid: callSid, From: from, To: 'client:robin' };
      this.customParameters = new Map([['taskSid', taskSid]]);
      const statistics = () => this.statistics;
      this._mediaHandler = { version: { pc: { getStats: async () => statistics() } } };
    }

    status = () => this.#status;

    isMuted = () => false;

    getLocalStream = () => undefined;

    accept() {
      this.#status = 'open';
      this.emit('accept', this);
    }

    end() {
      this.#status = 'closed';
      this.emit('disconnect', this);
    }
  }

  const PARTS = {
    inbound: 'inbound-rtp',
    remoteInbound: 'remote-inbound-rtp',
    remoteOutbound: 'remote-outbound-rtp',
    mediaSource: 'media-source',
    mediaPlayout: 'media-playout',
    candidatePair: 'candidate-pair',
  };
  const typeOf = (part) => {
    if (!PARTS[part]) throw new Error(`PARTS in lab/page/shift.js lacks ${part}`);
    return PARTS[part];
  };
  const reportOf = (stats) =>
    new Map(
      Object.entries(stats)
        .filter(([, report]) => report && typeof report === 'object')
        .map(([part, report]) => [part, { id: part, type: typeOf(part), nominated: true, ...report }]),
    );

  // What is over is held weakly, so that it can be told whether anybody else still has it.
  const devices = [];
  const calls = [];
  let device;

  /** As Flex does when its Device did not register in time: another one takes its place. What it has beyond events is the real one's. */
  function replaceDevice() {
    const { Manager } = window.Twilio.Flex;
    const manager = Manager.getInstance();
    window.labRealDevice ??= manager.voiceClient;
    const emitter = new Emitter();
    const own = {
      calls: [],
      on: emitter.on.bind(emitter),
      off: emitter.off.bind(emitter),
      addListener: emitter.on.bind(emitter),
      removeListener: emitter.off.bind(emitter),
    };
    const real = window.labRealDevice;
    const shown = new Proxy(own, {
      get: (target, key) => (key in target ? target[key] : real[key]),
      getPrototypeOf: () => Object.getPrototypeOf(real),
    });
    const before = device?.emitter;
    device = { emitter, shown };
    Object.defineProperty(manager, 'voiceClient', { configurable: true, get: () => device.shown });
    // The plugin looks when the store changes.
    manager.store.dispatch({ type: 'LAB_NOTHING' });
    if (before) devices.push({ device: new WeakRef(before), left: before.count() });
  }

  /** What calls say, by name: lines of the recording format. */
  const scenarios = {};

  /**
   * A whole call, each second of which moves the plugin's clock on by one.
   * @param {{callSid: string, from: string, taskSid: string, scenario: string}} told
   */
  async function takeCall({ scenario, ...told }) {
    const call = new Call(told);
    device.emitter.emit('incoming', call);
    call.accept();
    let at = 0;
    for (const { ms, type, sample, stats, name, data } of scenarios[scenario]) {
      moveOn(Math.max(0, ms - at));
      at = Math.max(at, ms);
      if (type === 'sample') call.emit('sample', sample);
      else if (type === 'stats') call.statistics = reportOf(stats);
      else if (type === 'warning') call.emit('warning', name, data);
      else if (type === 'warning-cleared') call.emit('warning-cleared', name);
      // What is to be drawn is drawn.
      if (type === 'sample') await new Promise((resolve) => setTimeout(resolve, 0));
    }
    call.end();
    calls.push({ call: new WeakRef(call), left: call.count() });
  }

  /** @param {string} sid of the reservation */
  async function takeTask(sid, looks) {
    const { Actions, Manager } = window.Twilio.Flex;
    const isThere = () => Manager.getInstance().store.getState().flex.worker.tasks.has(sid);
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    await Actions.invokeAction('AcceptTask', { sid });
    await Actions.invokeAction('SelectTask', { sid: looks ? sid : undefined });
  }

  window.labShift = {
    scenarios,
    replaceDevice,
    takeTask,
    takeCall,
    /** Between calls. */
    moveOn,
    look() {
      const alive = (kept, name) => kept.filter((one) => one[name].deref()).length;
      const left = (kept) => kept.reduce((sum, one) => sum + one.left, 0);
      return {
        calls: calls.length,
        devices: devices.length,
        callsAlive: alive(calls, 'call'),
        devicesAlive: alive(devices, 'device'),
        listenersOnCalls: left(calls),
        listenersOnDevices: left(devices),
        webAssemblyBytes: memory?.buffer.byteLength,
      };
    },
  };
})();
