'use strict';

/**
 * How the stand-in misbehaves: a list of faults, each for one operation, in the order in which they were added.
 *
 *   operation   a name of operations.cjs, or * for all
 *   match       what the request's path must contain, if that matters
 *   kind        status       answers with `status` (and `retryAfter`, `code`) and does nothing
 *               hang         does nothing and never answers
 *               reset        does nothing and cuts the connection
 *               lose-answer  does what was asked, then cuts the connection
 *               other-answer does nothing and answers 200 with an empty object
 *               page         does nothing and answers with `status` and a web page, as a gateway does
 *               upgrade      does nothing and switches to another protocol
 *               slow         answers as always, but waits for `delayMs`, or for the promise `until`
 *               drip         begins to answer, and goes on with a byte now and then, never to the end
 *               kill         kills the process that asks: `target` function (the one that runs the request) or
 *                            runtime (twilio-run as well)
 *   when        of slow and kill: before what was asked is done, or after; before if absent
 *   skip        how many requests pass before it sets in; 0 if absent
 *   times       for how many requests it then holds; 1 if absent, null for all
 */
const KINDS = ['status', 'hang', 'reset', 'lose-answer', 'other-answer', 'page', 'upgrade', 'slow', 'drip', 'kill'];

class Faults {
  #faults = [];

  /** @returns {object} the fault; `hits` counts the requests that met it */
  add({ operation, kind, skip = 0, times = 1, ...more }) {
    if (!KINDS.includes(kind)) throw new Error(`there is no fault of the kind ${kind}: ${KINDS.join(', ')}`);
    const fault = { operation, kind, skip, times: times ?? Infinity, hits: 0, ...more };
    this.#faults.push(fault);
    return fault;
  }

  clear() {
    this.#faults = [];
  }

  /** The fault that this request meets, if any. */
  meet(operation, path) {
    for (const fault of this.#faults) {
      if (fault.operation !== '*' && fault.operation !== operation) continue;
      if (fault.match && !path.includes(fault.match)) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.hits >= fault.times) continue;
      fault.hits += 1;
      return fault;
    }
    return undefined;
  }
}

module.exports = { Faults };
