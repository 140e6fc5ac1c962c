// What a network does to one direction of a call: pure decisions over a packet's kind, with the randomness handed in.
import { MeasuredLink } from './link.mjs';

/**
 * @typedef {object} Impairment
 * @property {number} [loss] share of packets lost at random, 0..1
 * @property {{every: number, run: number}} [drop] of so many packets the first few are lost, each time
 * @property {{enter: number, leave: number, loss?: number}} [gilbert] bursts: chance per packet to enter and to leave the
 *   bad state, and the share lost while in it (1 unless given)
 * @property {number} [delay] added one way, ms
 * @property {number} [jitter] standard deviation of a further, random delay, ms
 * @property {boolean} [reorder] let packets overtake each other; otherwise a late packet holds up those behind it
 * @property {number} [rate] of the link, kbit/s, IP and UDP headers included: packets wait in a queue for their turn
 * @property {string} [link] a measured link (`link.mjs`), of which this direction's file is taken
 * @property {number} [offset] seconds of its measurement that are left out
 * @property {number} [queue] with `rate` or `link`: a packet that would wait longer than this is lost, ms
 * @property {boolean} [blackout] nothing passes
 * @property {boolean} [dropRtcp] no RTCP passes, whatever `only` says
 * @property {Array<'rtp'|'rtcp'|'stun'|'dtls'>} [only] the kinds of packets that are touched; all unless given
 */

const KNOWN = new Set([
  'loss',
  'drop',
  'gilbert',
  'delay',
  'jitter',
  'reorder',
  'rate',
  'link',
  'offset',
  'queue',
  'blackout',
  'dropRtcp',
  'only',
]);
const HEADER_BYTES = 28; // IPv4 and UDP

/** A misspelt impairment would be a network that is healthy while a test believes it is not. */
export function checkImpairment(impairment) {
  for (const name of Object.keys(impairment)) {
    if (!KNOWN.has(name)) throw new Error(`unknown impairment "${name}"; known are ${[...KNOWN].join(', ')}`);
  }
  if (impairment.loss !== undefined && !(impairment.loss >= 0 && impairment.loss <= 1)) {
    throw new Error(`loss is a share between 0 and 1, not ${impairment.loss}`);
  }
  if ('drop' in impairment && !(impairment.drop.run > 0 && impairment.drop.every > impairment.drop.run)) {
    throw new Error('"drop" is a "run" of packets out of a greater number, "every"');
  }
  const links = ['rate', 'link'].filter((name) => name in impairment);
  if (links.length > 1) throw new Error('a link has a "rate", or is a measured one');
  if (links.length > 0 !== 'queue' in impairment) throw new Error('"rate" or "link" and "queue" go together');
  if ('rate' in impairment && !(impairment.rate > 0 && impairment.queue >= 0)) {
    throw new Error(
      `a rate is above 0 kbit/s and a queue at least 0 ms, not ${impairment.rate} and ${impairment.queue}`,
    );
  }
  if ('link' in impairment && !/^[\w-]+$/.test(impairment.link))
    throw new Error(`"${impairment.link}" is no link's name`);
  if ('offset' in impairment && !('link' in impairment && impairment.offset >= 0))
    throw new Error('an "offset" is seconds into a measured link');
  return impairment;
}

/** Normally distributed around 0 with standard deviation 1 (Box-Muller). */
export function gaussian(random) {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** One direction's impairment and the little it remembers from packet to packet. */
export class Direction {
  #impairment = {};
  #burst = false;
  #counted = 0; // packets since the impairment began
  #latestDue = 0;
  #linkFreeAt = -Infinity; // when the link has sent everything in its queue
  #link; // the measured one that is in force

  /** @param {(name: string) => number[]} momentsOf a measured link, in this direction */
  constructor(random = Math.random, momentsOf = () => []) {
    this.random = random;
    this.momentsOf = momentsOf;
  }

  /** @param {Impairment} impairment replaces what was there */
  set(impairment) {
    const before = this.#impairment;
    this.#impairment = checkImpairment({ ...impairment });
    this.#burst = false;
    this.#counted = 0;
    const { link, offset } = this.#impairment;
    if (link !== before.link || offset !== before.offset) {
      const moments = link && this.momentsOf(link);
      this.#link = moments && { moments, offset };
    }
  }

  get impairment() {
    return this.#impairment;
  }

  /**
   * @param {string} kind as `kindOf` says
   * @param {number} now ms, any monotonic clock
   * @param {number} bytes of the UDP payload
   * @returns {number | null} when the packet leaves, on the same clock; null when it is lost
   */
  dueAt(kind, now, bytes) {
    const is = this.#impairment;
    if (is.dropRtcp && kind === 'rtcp') return null;
    const touched = !is.only || is.only.includes(kind);
    if (touched && (is.blackout || this.#isItsTurn() || this.#lostInBurst() || (is.loss && this.random() < is.loss)))
      return null;
    let due = now;
    if (touched && is.rate) {
      const turn = Math.max(now, this.#linkFreeAt);
      if (turn - now > is.queue) return null;
      due = turn + ((bytes + HEADER_BYTES) * 8) / is.rate;
      this.#linkFreeAt = due;
    }
    if (touched && is.link) {
      this.#link.queue ??= new MeasuredLink(this.#link.moments, now, this.#link.offset);
      due = this.#link.queue.dueAt(now, bytes + HEADER_BYTES, is.queue);
      if (due === null) return null;
    }
    if (touched) {
      due += is.delay ?? 0;
      // Centred on two deviations, so that "late" and "early" both exist and hardly anything is cut off at 0.
      if (is.jitter) due += Math.max(0, is.jitter * (2 + gaussian(this.random)));
    }
    if (!is.reorder) due = Math.max(due, this.#latestDue);
    this.#latestDue = Math.max(due, this.#latestDue);
    return due;
  }

  /** Whether a packet is one of those that are dropped by their number. */
  #isItsTurn() {
    const { drop } = this.#impairment;
    if (!drop) return false;
    this.#counted += 1;
    return (this.#counted - 1) % drop.every < drop.run;
  }

  #lostInBurst() {
    const { gilbert } = this.#impairment;
    if (!gilbert) return false;
    this.#burst = this.random() < (this.#burst ? 1 - gilbert.leave : gilbert.enter);
    return this.#burst && this.random() < (gilbert.loss ?? 1);
  }
}
