// How much of what was heard of the test signal was made up: the sound is held against the signal itself, sample by sample.
import { testSignal } from '../call/test-signal.mjs';

const SIGNAL_HZ = 48_000;
/** Windows of the sound that are compared with the signal, and how far apart they begin, seconds. */
const WINDOW = 0.01;
const WINDOW_STEP = 0.0025;
/** Correlation from which a window is the signal. PCMU leaves 0.98 of it. */
const SAME_CORRELATION = 0.9;
/** The same for places of a coarse search, between which the best one may lie. */
const COARSE_CORRELATION = 0.8;
/** Samples of the signal by which its place may drift from window to window. */
const MAX_DRIFT = 2;
/** Steps of a search, in samples of the signal: a seventh of its shortest wave. */
const SEARCH_STEP = 3;
/** The sound goes on where it stopped, or later: by as much as was lost, and so many seconds. */
const SEARCH_AHEAD = 0.25;
/** And no sooner than so many seconds before where it stopped: what is made up is a repetition of what was heard last. */
const SEARCH_BACK = 0.001;
/**
 * A sample is the signal as long as a fifth of it is, since the sound that is made up fades into the signal and out of it.
 * With that, runs of one to four dropped packets of 20 ms are 22, 41, 63 and 81 ms of made-up sound (sound_scripted).
 */
const PRESENT = 0.4;
/** The signal begins within so many seconds. */
const BEGINS_WITHIN = 20;
/** Loudness of silence, where 1 is full scale: what is made up fades out. The test signal never falls below 0.04. */
const SILENCE = 0.001;

function loudness(samples, from, to) {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += samples[at] * samples[at];
  return Math.sqrt(sum / Math.max(1, to - from));
}

let known;

/** It takes a second to make. */
function signalOnce() {
  known ??= testSignal({ sampleRate: SIGNAL_HZ });
  return known;
}

/** A sound beside the signal. A `place` is how many samples of the signal it lies ahead of the sound. */
class Comparison {
  #signal = signalOnce();
  #sound;
  #step; // samples of the signal for one of the sound

  constructor(sound, rate) {
    this.#sound = sound;
    this.#step = SIGNAL_HZ / rate;
    if (!Number.isInteger(this.#step)) throw new Error(`a sound of ${rate} samples a second cannot be compared`);
    this.rate = rate;
    this.window = Math.round(WINDOW * rate);
    this.hop = Math.round(WINDOW_STEP * rate);
  }

  #index(at, place) {
    const { length } = this.#signal;
    return (((at * this.#step + place) % length) + length) % length;
  }

  /** Of the sound from a sample on with the signal at a place, -1 to 1. */
  #correlation(from, place, count) {
    const [sound, signal, step] = [this.#sound, this.#signal, this.#step];
    let [both, heard, sent] = [0, 0, 0];
    let index = this.#index(from, place);
    for (let at = from; at < from + count; at += 1) {
      const [x, y] = [sound[at], signal[index]];
      both += x * y;
      heard += x * x;
      sent += y * y;
      index += step;
      if (index >= signal.length) index -= signal.length;
    }
    return heard > 0 ? both / Math.sqrt(heard * sent) : 0;
  }

  #best(from, first, last, step, count = this.window) {
    let found = { place: first, correlation: -1 };
    for (let place = first; place <= last; place += step) {
      const correlation = this.#correlation(from, place, count);
      if (correlation > found.correlation) found = { place, correlation };
    }
    return found;
  }

  /** The place of the sound at a sample, if it is about the given one. @returns {number | undefined} */
  near(from, place, count = this.window) {
    const found = this.#best(from, place - MAX_DRIFT, place + MAX_DRIFT, 1, count);
    return found.correlation >= SAME_CORRELATION ? found.place : undefined;
  }

  /** Where the sound is the signal for the first time: the sample and the place. */
  begin() {
    const count = this.window * 5;
    const last = Math.min(BEGINS_WITHIN * this.rate, this.#sound.length - count);
    for (let from = 0; from < last; from += 50 * this.window) {
      if (loudness(this.#sound, from, from + count) > SILENCE) {
        const first = -from * this.#step;
        const rough = this.#best(from, first, first + this.#signal.length, SEARCH_STEP, count);
        const place = rough.correlation >= COARSE_CORRELATION ? this.near(from, rough.place, count) : undefined;
        if (place !== undefined) return { from, place };
      }
    }
    throw new Error('what was heard is not the test signal');
  }

  /** The place from which the sound that stopped goes on, if it does so at this sample. @returns {number | undefined} */
  resumes(from, stopped, place) {
    const next = from + this.window;
    if (next + this.window > this.#sound.length) return undefined;
    const first = Math.round((stopped - from) * this.#step + place - SEARCH_BACK * SIGNAL_HZ);
    const rough = this.#best(from, first, Math.round(place + SEARCH_AHEAD * SIGNAL_HZ), SEARCH_STEP);
    const found = rough.correlation >= COARSE_CORRELATION ? this.near(from, rough.place) : undefined;
    return found !== undefined && this.near(next, found) !== undefined ? found : undefined;
  }

  /**
   * The samples from `from` to `to` that are most likely neither the signal at the place before nor at the one after.
   * @returns {[number, number]} the first of them, and the first after them
   */
  between(from, to, before, after) {
    // What a sample speaks for: how much less is left of it when a part of the signal is taken away.
    const evidence = (at, place) => {
      const present = PRESENT * this.#signal[this.#index(at, place)];
      return present * (2 * this.#sound[at] - present);
    };
    let [sum, most] = [0, 0];
    let end = to;
    const ends = [{ end, most }];
    for (let at = to - 1; at >= from; at -= 1) {
      sum += evidence(at, after);
      if (sum > most) [most, end] = [sum, at];
      ends.push({ end, most });
    }
    ends.reverse();
    [sum, most] = [0, -Infinity];
    /** @type {[number, number]} */
    let found = [from, to];
    for (let at = from; at <= to; at += 1) {
      const later = ends[at - from];
      if (sum + later.most > most) [most, found] = [sum + later.most, [at, later.end]];
      if (at < to) sum += evidence(at, before);
    }
    return found;
  }
}

/**
 * The stretches of a sound that are made up.
 * @param {Float32Array} sound -1..1
 * @param {number} rate samples a second
 * @returns {Array<{from: number, to: number, silent: boolean}>} in samples, in order; a silent one is next to one that is not
 *   where what was made up faded out
 */
export function concealedStretches(sound, rate) {
  const comparison = new Comparison(sound, rate);
  const { window, hop } = comparison;
  const begin = comparison.begin();
  const madeUp = [];
  let { from: at, place } = begin;
  while (at + 3 * window <= sound.length) {
    const here = comparison.near(at, place);
    if (here !== undefined) {
      place = here;
      at += hop;
      continue;
    }
    const stopped = Math.max(begin.from, at - hop);
    let next;
    while (next === undefined && at + 3 * window <= sound.length) {
      at += hop;
      next = comparison.resumes(at, stopped, place);
    }
    const end = next === undefined ? sound.length : at + window;
    const [from, to] = comparison.between(stopped, end, place, next ?? place);
    if (to > from) madeUp.push(...byLoudness(sound, from, to, hop));
    place = next ?? place;
  }
  return madeUp;
}

/** A stretch in parts that are silent, or are not. */
function byLoudness(sound, from, to, hop) {
  const parts = [];
  for (let at = from; at < to; at += hop) {
    const end = Math.min(at + hop, to);
    const silent = loudness(sound, at, end) < SILENCE;
    const last = parts.at(-1);
    if (last?.silent === silent) last.to = end;
    else parts.push({ from: at, to: end, silent });
  }
  return parts;
}

/**
 * @typedef {object} Heard what was played in the page (page/playout-recorder.js)
 * @property {Array<[number, number, number, number]>} frames when each came (epoch ms), its own clock (µs), its samples a
 *   second, and how many they are
 * @property {string} samples all of them, 16 bits each, in base64
 * @property {string} [problem]
 */

/** Nothing of the page's delays reads earlier than a frame is there. */
const EARLIEST = 0.02;

/**
 * How much of each interval was made up.
 * @param {Heard} heard
 * @param {number[]} moments epoch ms, in order, at which intervals end and begin
 * @returns {Array<{at: number, madeUp: number, silent: number}>} of the interval that ends then: the share that was made up,
 *   and the share of it all that was made up and silent, 0 to 1
 */
export function concealmentBetween({ frames, samples, problem }, moments) {
  if (!frames.length) throw new Error(problem ?? 'nothing was heard');
  // Before the first packet the sound has another rate.
  const rate = frames.at(-1)[2];
  const first = frames.findLastIndex((frame) => frame[2] !== rate) + 1;
  const kept = frames.slice(first);
  const skipped = frames.slice(0, first).reduce((sum, frame) => sum + frame[3], 0);
  const bytes = Buffer.from(samples, 'base64');
  const words = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const sound = Float32Array.from(words.subarray(skipped), (word) => word / 32_768);
  const lags = kept.map(([at, timestamp]) => at - timestamp / 1000).sort((one, other) => one - other);
  const lag = lags[Math.floor(lags.length * EARLIEST)];
  const starts = [];
  let count = 0;
  for (const [, , , length] of kept) {
    starts.push(count);
    count += length;
  }
  const length = kept[0][3];
  const momentOf = (sample) => {
    const index = Math.min(kept.length - 1, Math.floor(sample / length));
    return kept[index][1] / 1000 + lag + ((sample - starts[index]) / rate) * 1000;
  };
  const madeUp = concealedStretches(sound, rate).map(({ from, to, silent }) => ({
    from: momentOf(from),
    to: momentOf(to),
    silent,
  }));
  return moments.slice(1).map((at, index) => {
    const before = moments[index];
    const share = (parts) =>
      parts.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at, to) - Math.max(before, from)), 0) /
      (at - before);
    return { at, madeUp: share(madeUp), silent: share(madeUp.filter(({ silent }) => silent)) };
  });
}
