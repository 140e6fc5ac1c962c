// Sound that behaves like a person talking: syllables with pitch and breath, words, pauses. A constant tone would raise
// the SDK's constant-audio-input-level and hide what silence does. Runs in Node and in a page, so it imports nothing.

/** Small seeded generator (mulberry32), so that every call sounds alike. @returns {() => number} 0..1 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * @param {{sampleRate?: number, seconds?: number, seed?: number}} options sampleRate in Hz
 * @returns {Float32Array} mono samples, -1..1
 */
export function speech({ sampleRate = 48_000, seconds = 20, seed = 1 } = {}) {
  const random = seededRandom(seed);
  const samples = new Float32Array(Math.round(sampleRate * seconds));
  let at = 0.1;
  while (at < seconds) {
    const syllables = 1 + Math.floor(random() * 4);
    for (let index = 0; index < syllables; index += 1) {
      const length = 0.1 + random() * 0.15;
      addSyllable(samples, {
        sampleRate,
        start: at,
        length,
        pitch: 110 + random() * 70,
        loudness: 0.25 + random() * 0.3,
        random,
      });
      at += length + 0.02;
    }
    at += random() < 0.15 ? 0.5 + random() * 0.5 : 0.05 + random() * 0.15;
  }
  return samples;
}

/** Harmonics of one pitch plus breath, swelling and falling. `start` and `length` in seconds, `pitch` in Hz. */
function addSyllable(samples, { sampleRate, start, length, pitch, loudness, random }) {
  const first = Math.round(start * sampleRate);
  const count = Math.min(Math.round(length * sampleRate), samples.length - first);
  for (let index = 0; index < count; index += 1) {
    const phase = (2 * Math.PI * pitch * index) / sampleRate;
    const voiced = Math.sin(phase) + 0.6 * Math.sin(2 * phase) + 0.4 * Math.sin(4 * phase) + 0.25 * Math.sin(7 * phase);
    const breath = (random() * 2 - 1) * 0.3;
    samples[first + index] = loudness * Math.sin((Math.PI * index) / count) * (voiced * 0.4 + breath);
  }
}
