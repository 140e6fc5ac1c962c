// The other side of the calls: a page of its own with one RTCPeerConnection per call, and one relay per call between it
// and the agent. All candidates, both ways, point to the relay.
import { EventEmitter } from 'node:events';
import { Relay } from '../network/relay.mjs';
import { clockRateOf, withDtx } from './sdp.mjs';

/** Emits `second` (task, {down, up}) with the truth about each call's network. */
export class FarEnd extends EventEmitter {
  #page;
  #relays = new Map(); // task sid -> Relay
  /**
   * What coming calls may leave unsent in silence: packets of Opus (`dtx`), those of PCMU (`comfortNoise`). Both ways.
   * @type {{dtx?: boolean, comfortNoise?: boolean}}
   */
  silence = {};
  /** Where the agent's browser may be, as a relay asks it. @type {((address: string, port: number) => boolean) | undefined} */
  near;
  /** The relays' own address to that browser. @type {string | undefined} */
  nearHost;

  /** @param {import('playwright-core').Page} page that has loaded far-end-page.js */
  constructor(page, world) {
    super();
    this.#page = page;
    world.on('hangup', (task) => this.#end(task));
  }

  #relayFor(task) {
    // A call that is connected anew has another one.
    this.#relays.get(task.sid)?.close();
    const relay = new Relay({ near: this.near, nearHost: this.nearHost });
    this.#relays.set(task.sid, relay);
    relay.on('second', (truth) => this.emit('second', task, truth));
    return relay;
  }

  /** A call that the browser makes. @returns {Promise<string>} the SDP answer to the agent's offer */
  async answer(call, sdp) {
    const relay = this.#relayFor(call);
    const offer = await relay.rewrite(sdp, 'near');
    const answer = await this.#page.evaluate(([id, text]) => window.farEnd.answer(id, text), [call.sid, offer]);
    return relay.rewrite(answer, 'far');
  }

  /** @returns {Promise<string>} the SDP offer for the agent */
  async offer(task) {
    const relay = this.#relayFor(task);
    const { dtx = false, comfortNoise = false } = this.silence;
    const sdp = await this.#page.evaluate(
      ([id, options]) => window.farEnd.offer(id, options),
      [task.sid, { comfortNoise }],
    );
    return relay.rewrite(dtx ? withDtx(sdp) : sdp, 'far');
  }

  async answered(task, sdp) {
    const relay = this.relayOf(task);
    const rewritten = await relay.rewrite(this.silence.dtx ? withDtx(sdp) : sdp, 'near');
    relay.truth.setClockRate(clockRateOf(sdp));
    await this.#page.evaluate(([id, answer]) => window.farEnd.answered(id, answer), [task.sid, rewritten]);
  }

  async renegotiate(task, sdp) {
    const relay = this.relayOf(task);
    const offer = await relay.rewrite(sdp, 'near');
    const answer = await this.#page.evaluate(([id, text]) => window.farEnd.renegotiate(id, text), [task.sid, offer]);
    return relay.rewrite(answer, 'far');
  }

  /** What every customer sounds like from now on. @param {'speech'|'speech+room'|'silence'|'room'|'music'|'test signal'} name silence: digital */
  sound(name) {
    return this.#page.evaluate((value) => window.farEnd.sound(value), name);
  }

  /** What arrives of the agent. */
  heard(task) {
    return this.#page.evaluate((id) => window.farEnd.heard(id), task.sid);
  }

  hasRelay(task) {
    return this.#relays.has(task.sid);
  }

  relayOf(task) {
    const relay = this.#relays.get(task.sid);
    if (!relay) throw new Error(`there is no call under way for task ${task.sid}`);
    return relay;
  }

  close() {
    for (const relay of this.#relays.values()) relay.close();
    this.#relays.clear();
  }

  #end(task) {
    this.#relays.get(task.sid)?.close();
    this.#relays.delete(task.sid);
    this.#page.evaluate((id) => window.farEnd.hangUp(id), task.sid).catch(() => {}); // the page may be closing too
  }
}
