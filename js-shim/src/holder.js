import { log } from './log';

/** A page that needs more than this many engines has a fault that another engine will not cure. */
const MAX_REBUILDS = 20;

/**
 * @typedef {object} WatchedCall what is kept of a call so that it can be opened again
 * @property {string} direction as the Voice SDK names it: INCOMING or OUTGOING
 * @property {string} [callSid]
 * @property {string} [from]
 * @property {string} [to]
 * @property {object} context CallContext of the engine
 * @property {number} [acceptedAt] on the page's clock, ms
 * @property {boolean} muted
 * @property {boolean} held
 * @property {number} [handle] the engine's name for it
 * @property {number} [generation] of the engine that gave the handle
 */

const ENDINGS = new Set(['disconnect', 'cancel', 'reject']);

const REMEMBER = {
  identify: (call, callSid) => { call.callSid = callSid; },
  describe: (call, context) => { call.context = { ...call.context, ...known(context) }; },
  accept: (call, ago) => { call.acceptedAt = performance.now() - ago; },
  mute: (call, muted) => { call.muted = muted; },
  hold: (call, held) => { call.held = held; },
};

/** Without what is not known at the moment: a task that has left the store was there all the same. */
const known = (context) => Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));

/**
 * Holds the one Monitor and replaces it when a call into it throws: after a wasm trap the old object only
 * throws "recursive use of an object", while a new one in the same instance works.
 *
 * Effects are handed on in a microtask: what an effect makes Flex do may end in another call into the engine,
 * which must not find it busy.
 * @param {object} options
 * @param {(onEffect: (effect: object) => void) => object} options.build makes a Monitor
 * @param {(effect: object, call?: WatchedCall) => void} options.onEffect
 * @param {() => void} [options.onRebuilt] everything shown so far is from an engine that is gone
 */
export function holdMonitor({ build, onEffect, onRebuilt = () => {} }) {
  const live = new Set();
  let byHandle = new Map();
  let monitor;
  let generation = 0;
  let rebuilds = 0;

  function create() {
    generation += 1;
    const mine = generation;
    byHandle = new Map();
    discard(monitor);
    monitor = undefined;
    monitor = build((effect) => {
      Promise.resolve().then(() => mine === generation && deliver(effect));
    });
  }

  function deliver(effect) {
    const call = byHandle.get(effect.call);
    if (effect.type === 'ended') {
      byHandle.delete(effect.call);
      live.delete(call);
    }
    try {
      onEffect(effect, call);
    } catch (error) {
      log.errorOnce(`effect ${effect.type}`, `Showing a ${effect.type} failed.`, error);
    }
  }

  function open(call) {
    call.generation = generation;
    call.handle = monitor.incoming(call.direction, call.callSid, call.from, call.to);
    byHandle.set(call.handle, call);
  }

  function reopen(call) {
    open(call);
    monitor.describe(call.handle, call.context);
    if (call.acceptedAt !== undefined) monitor.accept(call.handle, performance.now() - call.acceptedAt);
    if (call.muted) monitor.mute(call.handle, true);
    if (call.held) monitor.hold(call.handle, true);
  }

  function rebuild(reason) {
    if (rebuilds === 0) log.error('The engine failed and is replaced; calls in progress stay monitored.', reason);
    try {
      onRebuilt();
    } catch (error) {
      log.errorOnce('onRebuilt', 'Taking the old notices away failed.', error);
    }
    let calls = [...live];
    while (rebuilds < MAX_REBUILDS) {
      rebuilds += 1;
      let reopening;
      try {
        create();
        calls.forEach((call) => {
          reopening = call;
          reopen(call);
        });
        return;
      } catch (error) {
        // A call that breaks every engine must not take the others with it.
        live.delete(reopening);
        calls = calls.filter((call) => call !== reopening);
      }
    }
    discard(monitor);
    monitor = undefined;
    generation += 1;
    log.error('The engine keeps failing: monitoring has stopped until Flex is reloaded.', reason);
  }

  function enter(action) {
    if (!monitor) return;
    try {
      action();
    } catch (error) {
      rebuild(error);
    }
  }

  create();

  return {
    /** @returns {object} the Monitor in force, for what is read once at the start */
    get monitor() {
      return monitor;
    },

    /** @returns {WatchedCall[]} the calls in progress */
    get calls() {
      return [...live];
    },

    /**
     * @param {{direction: string, callSid?: string, from?: string, to?: string}} parameters
     * @returns {WatchedCall}
     */
    open({ direction, callSid, from, to }) {
      const call = { direction, callSid, from, to, context: {}, muted: false, held: false };
      live.add(call);
      enter(() => open(call));
      return call;
    },

    /**
     * One of the Monitor's methods that take a call's handle first.
     * @param {WatchedCall} call
     * @param {string} method
     * @param {...any} args
     */
    tell(call, method, ...args) {
      if (REMEMBER[method]) REMEMBER[method](call, ...args);
      // Whatever becomes of this message, a call that is over is not opened again.
      if (ENDINGS.has(method)) live.delete(call);
      enter(() => {
        // The handle of a call that ended under an earlier engine may mean another call by now.
        if (call.generation === generation) monitor[method](call.handle, ...args);
      });
    },
  };
}

/** Takes a broken Monitor out of the garbage collector's hands too: freeing it later would throw again. */
function discard(monitor) {
  try {
    monitor?.free();
  } catch (error) {
    // It is borrowed for ever by the call that failed; its memory is lost with it.
  }
}
