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

const FAN_LOUDNESS = 0.02; // some 34 dB below full scale
const FAN_HZ = 120;
const KEYSTROKE_S = 0.012;
const KEYSTROKE_LOUDNESS = 0.12;
const DOOR_S = 0.25;
const DOOR_LOUDNESS = 0.5;

/**
 * An office in which nobody speaks: a fan that starts and stops, somebody who types in stretches, a door.
 * @returns {Float32Array} mono samples, -1..1, that may be played in a loop
 */
export function officeNoise({ sampleRate = 48_000, seconds = 60, seed = 5 } = {}) {
  const random = seededRandom(seed);
  const samples = roomNoise({ sampleRate, seconds, seed });
  const isFanOn = (second) => second % 30 < 18;
  samples.forEach((quiet, index) => {
    const second = index / sampleRate;
    if (isFanOn(second)) {
      const hum = Math.sin(2 * Math.PI * FAN_HZ * second);
      samples[index] = quiet + FAN_LOUDNESS * (0.6 * hum + 0.8 * (random() * 2 - 1));
    }
  });
  const knock = (start, length, loudness) => {
    const first = Math.round(start * sampleRate);
    const count = Math.min(Math.round(length * sampleRate), samples.length - first);
    for (let index = 0; index < count; index += 1)
      samples[first + index] += loudness * Math.exp((-5 * index) / count) * (random() * 2 - 1);
  };
  for (let at = 3; at < seconds; at += 0.12 + random() * 0.16)
    if (at % 10 < 6) knock(at, KEYSTROKE_S, KEYSTROKE_LOUDNESS * (0.4 + 0.6 * random()));
  for (let at = 8; at < seconds; at += 19) knock(at, DOOR_S, DOOR_LOUDNESS);
  return samples;
}
