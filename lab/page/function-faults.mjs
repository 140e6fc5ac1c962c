// The Function as the browser meets it, and the ways in which it can be broken.

import { setTimeout as sleep } from 'node:timers/promises';

export const FUNCTION_FAULTS = [
  'answers-500',
  'answers-429',
  'answers-403',
  'hangs',
  'stopped',
  'loses-answers',
  'slow',
  'refuses-tokens',
  'expires-tokens',
];

const SLOW_MS = 4000;

// With the first header the browser lets the plugin read the status; a proxy's error page would lack it and look like `stopped`.
const failure = (status, text, headers = {}) => ({
  status,
  headers: {
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Retry-After',
    'content-type': 'text/plain',
    ...headers,
  },
  body: Buffer.from(text),
});

const ANSWERS = {
  'answers-500': failure(500, 'Internal Server Error'),
  'answers-429': failure(429, 'Too Many Requests', { 'retry-after': '3' }),
  'answers-403': failure(403, 'Forbidden'),
};

export class BreakableFunction {
  /** @type {FUNCTION_FAULTS[number] | undefined} */
  fault;
  #tokens;
  #refused = new Map();
  #hanging = new Set();

  /** @param {Map<string, object>} tokens those that the Function's token check accepts */
  constructor(tokens) {
    this.#tokens = tokens;
  }

  break(fault) {
    if (!FUNCTION_FAULTS.includes(fault))
      throw new Error(`the Function can be broken as ${FUNCTION_FAULTS.join(', ')}, not as "${fault}"`);
    this.mend();
    this.fault = fault;
    if (!fault.endsWith('-tokens')) return;
    this.#refused = new Map(this.#tokens);
    for (const token of this.#refused.keys()) {
      if (fault === 'expires-tokens') this.#tokens.set(token, 'expired');
      else this.#tokens.delete(token);
    }
  }

  /** What was hanging fails, as it does when a server is started again. */
  mend() {
    this.fault = undefined;
    for (const [token, owner] of this.#refused) this.#tokens.set(token, owner);
    this.#refused.clear();
    for (const letGo of this.#hanging) letGo();
    this.#hanging.clear();
  }

  /**
   * @param {() => Promise<{status: number, headers: object, body: Buffer}>} forward asks the real Function
   * @returns {Promise<{status: number, headers: object, body: Buffer} | undefined>} undefined: the connection fails
   */
  async answer(forward) {
    const { fault } = this;
    if (ANSWERS[fault]) return ANSWERS[fault];
    if (fault === 'stopped') return undefined;
    if (fault === 'hangs') return new Promise((resolve) => this.#hanging.add(resolve));
    if (fault === 'slow') await sleep(SLOW_MS);
    const answer = await forward().catch(() => undefined); // twilio-run is stopped
    return fault === 'loses-answers' ? undefined : answer;
  }
}
