import { log } from './log';
import { inOwnTask } from './tasks';

/** An engine that fails this often without a success in between will not be cured by another try. */
const MOST_FAILURES = 5;

/**
 * @typedef {object} WatchedCall a call in progress
 * @property {number} [handle] the engine's name for it
 * @property {string} [callSid]
 * @property {object} context CallContext of the engine
 * @property {Record<string, string>} told the last state of Flex that each method told the engine, as JSON by method
 * @property {boolean} [isMonitoring] it began while Flex let this user monitor a colleague's call
 * @property {boolean} [isAccepted]
 * @property {boolean} [isReported] its agent has reported a problem of it after its end
 * @property {number} failed how many of its latest events the engine failed at
 */

/** After these the engine says no more about a call than that it ended. */
const ENDINGS = new Set(['disconnect', 'cancel', 'reject']);

/**
 * Holds the one Monitor. When a call into it throws, it has failed in the middle: the Monitor makes itself anew with
 * the calls in progress as they were, and is told again what it failed at. What fails twice is left out, and a call
 * that goes on failing is given up.
 *
 * Effects are handed on in their order, each in a task of its own: what one makes Flex draw keeps the page's thread no
 * longer than that, and what it makes Flex do may end in another call into the engine, which must not find it busy.
 * @param {object} options
 * @param {(onEffect: (effect: object) => void) => object} options.build makes the Monitor
 * @param {(effect: object, call?: WatchedCall) => void} options.onEffect
 * @param {() => void} [options.onCalls] a call has come, or more is known of one
 * @param {(call: WatchedCall, method: string, ...args: any[]) => void} [options.onTold] this is told to the engine
 * @param {number} [options.endedCalls] so many calls that are over can still be asked about
 */
export function holdMonitor({ build, onEffect, onCalls = () => {}, onTold = () => {}, endedCalls = Infinity }) {
  const live = new Set();
  const ended = [];
  const byHandle = new Map();
  let failures = 0;

  const hand = (effect) => inOwnTask(() => deliver(effect));
  const monitor = build(hand);

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

  function attempt(action) {
    if (failures >= MOST_FAILURES) return false;
    try {
      action();
      failures = 0;
      return true;
    } catch (error) {
      failures += 1;
      log.errorOnce('engine', 'The engine failed and is made anew; calls in progress stay monitored.', error);
      return restore(error);
    }
  }

  function restore(error) {
    try {
      if (failures < MOST_FAILURES) {
        monitor.rebuild();
        return false;
      }
    } catch {
      failures = MOST_FAILURES;
    }
    log.error('The engine keeps failing: monitoring has stopped until Flex is reloaded.', error);
    return false;
  }

  /** A call that breaks every engine must not take the others with it. */
  function giveUp(call) {
    live.delete(call);
    if (call.handle === undefined) return;
    attempt(() => monitor.forget(call.handle));
    hand({ type: 'notice', call: call.handle, notice: null });
    inOwnTask(() => byHandle.delete(call.handle));
  }

  function enter(call, isLast, action) {
    const heard = attempt(action) || attempt(action);
    call.failed = heard ? 0 : call.failed + 1;
    if (call.failed > (isLast ? 0 : 1)) giveUp(call);
  }

  return {
    monitor,

    /** @returns {WatchedCall[]} those that ended last, and the calls in progress that were taken; the newest last */
    known: () => [...ended, ...[...live].filter((call) => call.isAccepted)],

    /**
     * @template T
     * @param {(monitor: object) => T} question
     * @returns {T | undefined} undefined: the engine has failed at it, twice
     */
    ask(question) {
      let answer;
      const put = () => {
        answer = question(monitor);
      };
      return attempt(put) || attempt(put) ? answer : undefined;
    },

    /**
     * The agent had a problem with a call, in progress or over.
     * @param {WatchedCall} call
     */
    report(call) {
      onTold(call, 'report');
      this.ask(() => monitor.report(call.handle));
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
      const call = { callSid, context: {}, told: {}, failed: 0 };
      live.add(call);
      onTold(call, 'incoming', direction);
      enter(call, true, () => {
        call.handle = monitor.incoming(direction, callSid, from, to);
        byHandle.set(call.handle, call);
      });
      return call;
    },

    /**
     * One of the Monitor's methods that take a call's handle first. Of a call that is over or given up, nothing is told.
     * @param {WatchedCall} call
     * @param {string} method
     * @param {...any} args
     */
    tell(call, method, ...args) {
      if (!live.has(call)) return;
      const isLast = ENDINGS.has(method);
      if (isLast) live.delete(call);
      onTold(call, method, ...args);
      enter(call, isLast, () => monitor[method](call.handle, ...args));
      if (method === 'accept') call.isAccepted = true;
      if (method === 'accept' || method === 'describe') onCalls();
    },
  };
}
