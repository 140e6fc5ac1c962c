import { log } from './log';
import { inOwnTask } from './scheduling';

/**
 * @typedef {object} WatchedCall a call in progress
 * @property {number} [handle] the engine's name for it
 * @property {string} [callSid]
 * @property {object} context CallContext of the engine
 * @property {Record<string, string>} forwarded the last state of Flex that each method was given, as JSON by method
 * @property {boolean} [isMonitoring] it began while Flex let this user monitor a colleague's call
 * @property {boolean} [isAccepted]
 * @property {string} [finalAnswer] the text about its agent's report; nothing more can be reported of it
 */

/** After these nothing more is dispatched for a call. */
const ENDINGS = new Set(['disconnect', 'cancel', 'reject']);

/**
 * Holds the one Monitor. When a call into it throws, it has failed in the middle, and is asked what to do about it.
 *
 * Effects are handed on in their order, each in a task of its own: what one makes Flex draw keeps the page's thread no
 * longer than that, and what it makes Flex do may end in another call into the engine, which must not find it busy.
 * @param {object} options
 * @param {(onEffect: (effect: object) => void) => object} options.build makes the Monitor
 * @param {(effect: object, call?: WatchedCall) => void} options.onEffect
 * @param {() => void} [options.onCalls] a call has come, more is known of one, or nothing can be asked about any more
 * @param {(call: WatchedCall, method: string, ...args: any[]) => void} [options.onDispatch] this is dispatched to the engine
 * @param {number} [options.endedCalls] so many calls that are over can still be asked about
 */
export function createMonitorHost({
  build,
  onEffect,
  onCalls = () => {},
  onDispatch = () => {},
  endedCalls = Infinity,
}) {
  const live = new Set();
  const ended = [];
  const byHandle = new Map();
  let stopped = false;

  const monitor = build((effect) => inOwnTask(() => deliver(effect)));

  function deliver(effect) {
    const call = byHandle.get(effect.call);
    if (effect.type === 'ended') end(effect.call, call);
    try {
      onEffect(effect, call);
    } catch (error) {
      log.errorOnce(`effect ${effect.type}`, `The page failed at the engine's effect '${effect.type}'.`, error);
    }
  }

  /** Of a call that nobody took, there is nothing to ask. */
  function end(handle, call) {
    if (call?.isAccepted) ended.push(call);
    else byHandle.delete(handle);
    if (ended.length > endedCalls) byHandle.delete(ended.shift().handle);
  }

  /**
   * @param {() => void} action
   * @returns {import('./generated/monitor').AfterFailure | undefined} undefined: it is done
   */
  function attempt(action) {
    while (!stopped) {
      try {
        action();
        return undefined;
      } catch (error) {
        const next = afterFailure(error);
        if (next !== 'retry') return next;
      }
    }
    return 'stop';
  }

  /** @param {unknown} error */
  function afterFailure(error) {
    /** @type {import('./generated/monitor').AfterFailure} */
    let next = 'stop';
    try {
      next = monitor.failed(error);
    } catch (second) {
      log.error('The engine cannot be made anew: monitoring has stopped until Flex is reloaded.', error, second);
    }
    stopped = next === 'stop';
    if (stopped) onCalls();
    return next;
  }

  /**
   * @param {WatchedCall} call
   * @param {() => void} action
   */
  function enter(call, action) {
    if (attempt(action) !== 'give-up') return;
    live.delete(call);
    onCalls();
    // Its last effects are on their way.
    inOwnTask(() => byHandle.delete(call.handle));
  }

  return {
    monitor,

    /** @returns {WatchedCall[]} those that ended last, and the calls in progress that were taken; the newest last */
    known: () => (stopped ? [] : [...ended, ...[...live].filter((call) => call.isAccepted)]),

    /**
     * @template T
     * @param {(monitor: object) => T} question
     * @returns {T | undefined} undefined: the engine has failed at it
     */
    query(question) {
      let answer;
      attempt(() => {
        answer = question(monitor);
      });
      return answer;
    },

    /**
     * The agent had a problem with a call, in progress or over.
     * @param {WatchedCall} call
     */
    report(call) {
      onDispatch(call, 'report');
      this.query(() => monitor.report(call.handle));
    },

    /**
     * @param {string} name of the agent's activity in TaskRouter
     * @param {string} sid of it
     * @param {string} [offlineSid] of the one that is Offline
     */
    activity(name, sid, offlineSid) {
      attempt(() => monitor.activity(name, sid, offlineSid));
    },

    /** @returns {WatchedCall[]} the calls in progress */
    get calls() {
      return [...live];
    },

    /**
     * @param {{direction: string, callSid?: string, from?: string, to?: string}} parameters direction: as the Voice
     *   SDK names it, INCOMING or OUTGOING
     * @returns {WatchedCall}
     */
    open({ direction, callSid, from, to }) {
      const call = { callSid, context: {}, forwarded: {} };
      live.add(call);
      onDispatch(call, 'incoming', direction);
      enter(call, () => {
        call.handle = monitor.incoming(direction, callSid, from, to);
        byHandle.set(call.handle, call);
      });
      return call;
    },

    /**
     * One of the Monitor's methods that take a call's handle first. Nothing is dispatched for a call that is over or given up.
     * @param {WatchedCall} call
     * @param {string} method
     * @param {...any} args
     */
    dispatch(call, method, ...args) {
      if (!live.has(call)) return;
      if (ENDINGS.has(method)) live.delete(call);
      onDispatch(call, method, ...args);
      enter(call, () => monitor[method](call.handle, ...args));
      if (method === 'accept') call.isAccepted = true;
      if (method === 'accept' || method === 'describe') onCalls();
    },
  };
}
