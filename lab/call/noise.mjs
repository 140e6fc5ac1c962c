// A quiet room: what a microphone hears of somebody who listens. Runs in Node and in a page.
import { seededRandom } from './speech.mjs';

const LOUDNESS = 0.003; // some 50 dB below full scale

/** @returns {Float32Array} mono samples, -1..1, that may be played in a loop */
export function roomNoise({ sampleRate = 48_000, seconds = 5, seed = 3 } = {}) {
  const random = seededRandom(seed);
  let smoothed = 0;
  return Float32Array.from({ length: Math.round(sampleRate * seconds) }, () => {
    smoothed += (random() * 2 - 1 - smoothed) * 0.3; // duller than white noise, as rooms are
    return smoothed * LOUDNESS * 2;
  });
}
