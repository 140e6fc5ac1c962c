// The Function's endpoint as the browser meets it, and the ways in which it can be broken.

export const ENDPOINT_FAULTS = ['answers-500', 'hangs', 'stopped', 'refuses-tokens'];

// With this header the browser lets the plugin read the status; a proxy's error page would lack it and look like `stopped`.
const BROKEN = { status: 500, headers: { 'content-type': 'text/plain', 'access-control-allow-origin': '*' }, body: Buffer.from('Internal Server Error') };

export class Endpoint {
  /** @type {'answers-500'|'hangs'|'stopped'|'refuses-tokens'|undefined} */
  fault;
  #tokens;
  #refused = new Map();
  #hanging = new Set();

  /** @param {Map<string, object>} tokens those that the Function's token check accepts */
  constructor(tokens) {
    this.#tokens = tokens;
  }

  break(fault) {
    if (!ENDPOINT_FAULTS.includes(fault)) throw new Error(`an endpoint can be broken as ${ENDPOINT_FAULTS.join(', ')}, not as "${fault}"`);
    this.mend();
    this.fault = fault;
    if (fault !== 'refuses-tokens') return;
    this.#refused = new Map(this.#tokens);
    this.#tokens.clear();
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
    if (this.fault === 'answers-500') return BROKEN;
    if (this.fault === 'stopped') return undefined;
    if (this.fault === 'hangs') return new Promise((resolve) => this.#hanging.add(resolve));
    return forward().catch(() => undefined); // twilio-run is stopped
  }
}
