import assert from 'node:assert/strict';
import test from 'node:test';
import { music } from '../call/music.mjs';
import { roomNoise } from '../call/noise.mjs';
import { speech } from '../call/speech.mjs';
import { encodeWav } from '../call/wav.mjs';

const RATE = 8000;

/** Loudness of each 100 ms. */
function levels(samples) {
  const step = RATE / 10;
  return Array.from({ length: Math.floor(samples.length / step) }, (_, index) => {
    const part = samples.subarray(index * step, (index + 1) * step);
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / step);
  });
}

test('speech has loud and silent moments and never clips', () => {
  const samples = speech({ sampleRate: RATE, seconds: 10 });
  assert.equal(samples.length, 10 * RATE);
  assert.ok(samples.every((value) => Math.abs(value) <= 1));
  const found = levels(samples);
  assert.ok(found.filter((level) => level > 0.1).length > 30, 'talks');
  assert.ok(found.filter((level) => level < 0.02).length > 5, 'pauses');
});

test('hold music never pauses, and a quiet room is never loud and never quite silent', () => {
  assert.ok(levels(music({ sampleRate: RATE })).every((level) => level > 0.01 && level < 1));
  assert.ok(levels(roomNoise({ sampleRate: RATE })).every((level) => level > 0.0002 && level < 0.01));
});

test('the same seed talks the same and another one differently', () => {
  const say = (seed) => Buffer.from(speech({ sampleRate: RATE, seconds: 1, seed }).buffer);
  assert.deepEqual(say(1), say(1));
  assert.notDeepEqual(say(1), say(2));
});

test('a WAV file says what is in it', () => {
  const wav = encodeWav(Float32Array.of(0, 1, -1, 2), RATE);
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
  assert.equal(wav.readUInt32LE(24), RATE);
  assert.equal(wav.readUInt32LE(40), 8);
  assert.deepEqual(
    [44, 46, 48, 50].map((at) => wav.readInt16LE(at)),
    [0, 32_767, -32_767, 32_767],
  );
});
