// What the simulated floor has sent, what Twilio Sync has of it, and how far behind it was.
import { quantile } from '../bench/figures.mjs';

const MINUTE_MS = 60_000;
const PERIOD_MS = 30_000;
const BEATS = 'device-monitoring-beats-';
const CARDS = 'device-monitoring-cards-';
const TOO_MANY = 429;

/** What tells one beat from another. */
const nameOf = ({ callSid, at, ended = false }) => `${callSid} ${at} ${ended}`;

/**
 * @typedef {object} Figures
 * @property {number} calls
 * @property {number} talkS
 * @property {string[]} inTrouble CallSids of which Sync had a beat with a diagnosis
 * @property {{kept: number, requests: number, lost: string[], doubled: string[], unknown: string[], longest: number}} cards
 *   `lost`, `doubled`, `unknown` (of no call that was taken): CallSids; `longest` in bytes
 * @property {{sent: number, kept: number, notKept: Record<string, number>, longest: number}} beats `notKept`: how many, by
 *   the outcome of their last post
 * @property {{ofCards: number, ofBeats: number, unhandled: string[]}} tooMany requests that were answered 429, and the
 *   CallSids of those that never got through
 * @property {{median: number, p95: number, most: number}} behindS from a beat's moment until Sync has it; for one that
 *   Sync took none of, until it has the next one of the call
 * @property {number} bytes of beats and cards for 30 s of talk, in the mean
 * @property {number} mostBeats of one agent within a minute
 */

export class Ledger {
  /** CallSid → how long it was, in ms */
  #calls = new Map();
  /** Name → {callSid, worker, at, bytes, outcomes} */
  #sentBeats = new Map();
  /** Name → when Sync had it */
  #keptBeats = new Map();
  /** CallSid → {bytes, outcomes} */
  #sentCards = new Map();
  /** CallSid → keys of the items */
  #keptCards = new Map();
  #cardRequests = 0;
  #inTrouble = new Set();

  /** A call was taken. */
  taken(callSid) {
    this.#calls.set(callSid, 0);
  }

  /** A call is over. */
  over(callSid, talkMs) {
    this.#calls.set(callSid, talkMs);
  }

  /**
   * A page has posted to the Function `calls`.
   * @param {{beat?: string, cards?: string}} fields
   * @param {number | string} outcome the status of the answer, or why there was none
   */
  posted({ beat, cards }, outcome) {
    if (beat) {
      const document = JSON.parse(beat);
      const name = nameOf(document);
      const sent = this.#sentBeats.get(name) ?? {
        callSid: document.callSid,
        worker: document.workerSid,
        at: document.at,
        bytes: Buffer.byteLength(beat),
        outcomes: [],
      };
      sent.outcomes.push(outcome);
      this.#sentBeats.set(name, sent);
    }
    if (!cards) return;
    this.#cardRequests += 1;
    for (const card of JSON.parse(cards)) {
      const sent = this.#sentCards.get(card.callSid) ?? { bytes: 0, outcomes: [] };
      sent.bytes = Buffer.byteLength(JSON.stringify(card));
      sent.outcomes.push(outcome);
      this.#sentCards.set(card.callSid, sent);
    }
  }

  /** Sync has an item, new or in place of another. */
  stored(map, key, data, now = Date.now()) {
    if (map.startsWith(BEATS)) {
      if (!this.#keptBeats.has(nameOf(data))) this.#keptBeats.set(nameOf(data), { ...data, keptAt: now });
      if (data.diagnosis) this.#inTrouble.add(data.callSid);
    }
    if (map.startsWith(CARDS)) {
      const keys = this.#keptCards.get(data.callSid) ?? new Set();
      this.#keptCards.set(data.callSid, keys.add(`${map}/${key}`));
    }
  }

  /** @returns {Figures} */
  figures() {
    const sentBeats = [...this.#sentBeats.entries()].map(([name, beat]) => ({ ...beat, name }));
    const sentCards = [...this.#sentCards.values()];
    const talkMs = sum([...this.#calls.values()]);
    const keptByCall = groupedBy('callSid', this.#keptBeats.values());
    /** When Sync first had a beat as new as this one. */
    const seenAt = ({ callSid, at }) =>
      Math.min(
        ...(keptByCall.get(callSid) ?? []).filter((kept) => kept.at >= at).map(({ keptAt }) => keptAt),
        Infinity,
      );
    const isKept = ({ name }) => this.#keptBeats.has(name);
    const wasRefused = ({ outcomes }) => outcomes.includes(TOO_MANY);
    const behind = sentBeats
      .filter((beat) => isKept(beat) || wasRefused(beat))
      .map((beat) => (seenAt(beat) - beat.at) / 1000);
    /** @type {Record<string, number>} */
    const notKept = {};
    for (const { outcomes } of sentBeats.filter((beat) => !isKept(beat)))
      notKept[outcomes.at(-1)] = (notKept[outcomes.at(-1)] ?? 0) + 1;
    const refusals = (list) => sum(list.map(({ outcomes }) => outcomes.filter((one) => one === TOO_MANY).length));
    const lost = [...this.#calls.keys()].filter((callSid) => !this.#keptCards.has(callSid));
    return {
      calls: this.#calls.size,
      talkS: talkMs / 1000,
      inTrouble: [...this.#inTrouble],
      cards: {
        kept: this.#keptCards.size,
        requests: this.#cardRequests,
        lost,
        doubled: [...this.#keptCards].filter(([, keys]) => keys.size > 1).map(([callSid]) => callSid),
        unknown: [...this.#keptCards.keys()].filter((callSid) => !this.#calls.has(callSid)),
        longest: Math.max(0, ...sentCards.map(({ bytes }) => bytes)),
      },
      beats: {
        sent: sentBeats.length,
        kept: sentBeats.filter(isKept).length,
        notKept,
        longest: Math.max(0, ...sentBeats.map(({ bytes }) => bytes)),
      },
      tooMany: {
        ofCards: refusals(sentCards),
        ofBeats: refusals(sentBeats),
        unhandled: [
          ...sentBeats.filter((beat) => wasRefused(beat) && seenAt(beat) === Infinity).map(({ callSid }) => callSid),
          ...lost.filter((callSid) => wasRefused(this.#sentCards.get(callSid) ?? { outcomes: [] })),
        ],
      },
      behindS: { median: quantile(behind, 0.5), p95: quantile(behind, 0.95), most: quantile(behind, 1) },
      bytes: (sum([...sentBeats, ...sentCards].map(({ bytes }) => bytes)) / talkMs) * PERIOD_MS,
      mostBeats: mostWithinAMinute(sentBeats),
    };
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function groupedBy(property, beats) {
  const groups = new Map();
  for (const beat of beats) groups.set(beat[property], [...(groups.get(beat[property]) ?? []), beat]);
  return groups;
}

function mostWithinAMinute(beats) {
  const counts = [...groupedBy('worker', beats).values()].flatMap((ofOne) => {
    const times = ofOne.map(({ at }) => at).sort((one, other) => one - other);
    return times.map((from, index) => times.slice(index).filter((at) => at - from < MINUTE_MS).length);
  });
  return Math.max(0, ...counts);
}
