// A signal that is known sample by sample, so that whoever hears it can tell what of it was made up: noise in the band that
// every codec keeps, which swells and falls like speech and never pauses. No part of it is like another. Runs in Node and in
// a page.
import { seededRandom } from './speech.mjs';

const SEED = 21;
const SECONDS = 20;
/** Hz. */
const BAND = [300, 2300];
/** Half of the filter's length; the band's edges are some 3.3 times its inverse wide. */
const FILTER_SECONDS = 0.008;
/** Root mean square where it is loudest. */
const LOUDNESS = 0.2;
/** It swells and falls this often in a second at least and at most, and never below this share. */
const SYLLABLES = [3, 6];
const QUIETEST = 0.35;

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** A band-pass filter: the windowed difference of two low-pass filters. */
function bandPass(sampleRate) {
  const half = Math.round(FILTER_SECONDS * sampleRate);
  return Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const at = index - half;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * at) / (half + 1));
    const [low, high] = BAND.map((hertz) => (2 * hertz) / sampleRate);
    return window * (high * sinc(high * at) - low * sinc(low * at));
  });
}

/** @returns {Float32Array} mono samples, -1..1, that may be played in a loop */
export function testSignal({ sampleRate = 48_000 } = {}) {
  const random = seededRandom(SEED);
  const length = SECONDS * sampleRate;
  const noise = Float32Array.from({ length }, () => random() * 2 - 1);
  const filter = bandPass(sampleRate);
  const half = (filter.length - 1) / 2;
  const samples = new Float32Array(length);
  let power = 0;
  for (let at = 0; at < length; at += 1) {
    let sum = 0;
    for (let tap = 0; tap < filter.length; tap += 1) sum += filter[tap] * noise[(at + tap - half + length) % length];
    samples[at] = sum;
    power += sum * sum;
  }
  const scale = LOUDNESS / Math.sqrt(power / length);
  for (let from = 0; from < length;) {
    const rate = SYLLABLES[0] + (SYLLABLES[1] - SYLLABLES[0]) * random();
    const to = Math.min(length, from + Math.round(sampleRate / rate));
    for (let at = from; at < to; at += 1) {
      const swell = Math.sin((Math.PI * (at - from)) / (to - from));
      samples[at] *= scale * (QUIETEST + (1 - QUIETEST) * swell * swell);
    }
    from = to;
  }
  return samples.map((sample) => Math.max(-1, Math.min(1, sample)));
}
