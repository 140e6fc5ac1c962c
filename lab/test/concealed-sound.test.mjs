import assert from 'node:assert/strict';
import test from 'node:test';
import { testSignal } from '../call/test-signal.mjs';
import { concealmentBetween, concealedStretches } from '../recordings/concealed-sound.mjs';

const RATE = 8000;
const STEP = 48_000 / RATE;
const SECONDS = 4;
/** Where sound begins and ends to be made up is known to some milliseconds, together. */
const EDGES_MS = 8;
const signal = testSignal();

/** The signal from its second 3 on, as a codec of 8 kHz gives it: a little too quiet, and with some noise. */
function sound(seconds = SECONDS) {
  return Float32Array.from(
    { length: seconds * RATE },
    (_, at) => 0.9 * signal[3 * 48_000 + at * STEP] + 0.002 * Math.sin(at * at),
  );
}

const ms = (samples) => (samples / RATE) * 1000;
const lengths = (stretches) => stretches.map(({ from, to }) => ms(to - from));

/**
 * What a browser does where packets are missing: it repeats what it played before, ever more quietly, and fades into what
 * comes then.
 */
function conceal(samples, from, to, wave = 64) {
  const fade = 0.006 * RATE;
  for (let at = from; at < to + fade; at += 1) {
    const sent = Math.max(0, at - to) / fade;
    samples[at] = sent * samples[at] + (1 - sent) * samples[at - wave] * 0.998;
  }
  return samples;
}

test('the test signal never pauses, never clips, and no second of it is like another', () => {
  assert.equal(signal.length, 20 * 48_000);
  assert.ok(signal.every((sample) => Math.abs(sample) <= 1));
  for (let from = 0; from < signal.length; from += 480) {
    const part = signal.subarray(from, from + 4800);
    assert.ok(Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length) > 0.02);
  }
  const alike = (one, other) => {
    let [both, all] = [0, 0];
    for (let at = 0; at < 48_000; at += 1) {
      both += signal[one * 48_000 + at] * signal[other * 48_000 + at];
      all += signal[one * 48_000 + at] ** 2;
    }
    return Math.abs(both / all);
  };
  for (let second = 1; second < 20; second += 1) assert.ok(alike(0, second) < 0.1, `second ${second}`);
});

test('of a sound as it was sent nothing is made up, and of one with holes the holes, on average', () => {
  assert.deepEqual(concealedStretches(sound(), RATE), []);
  const holes = 24;
  for (const missing of [20, 40, 80]) {
    const samples = sound(10);
    for (let hole = 0; hole < holes; hole += 1) {
      const from = Math.round((0.5 + hole * 0.37) * RATE);
      conceal(samples, from, from + (missing / 1000) * RATE, 40 + hole * 3);
    }
    const found = lengths(concealedStretches(samples, RATE)).reduce((sum, length) => sum + length, 0) / holes;
    assert.ok(Math.abs(found - missing) <= 4 + missing / 10, `${found} of ${missing} ms`);
  }
});

test('what goes on later, or where it stopped, is the signal again, and what is stretched still is', () => {
  const whole = sound();
  const at = 2 * RATE;
  const skipped = Float32Array.of(...whole.subarray(0, at), ...whole.subarray(at + 0.05 * RATE));
  assert.ok(lengths(concealedStretches(skipped, RATE)).every((length) => length <= EDGES_MS));
  const waited = Float32Array.of(...whole.subarray(0, at), ...new Float32Array(0.06 * RATE), ...whole.subarray(at));
  assert.ok(
    Math.abs(lengths(concealedStretches(waited, RATE)).reduce((sum, length) => sum + length, 0) - 60) <= EDGES_MS,
  );
  const stretched = Float32Array.of(...whole.subarray(0, at), ...whole.subarray(at - 0.01 * RATE));
  assert.ok(lengths(concealedStretches(stretched, RATE)).every((length) => length <= EDGES_MS));
});

test('what was made up and faded out is silent', () => {
  const samples = sound();
  samples.fill(0, 2 * RATE, 2.4 * RATE);
  const found = concealedStretches(samples, RATE);
  const silent = found.filter((stretch) => stretch.silent).reduce((sum, { from, to }) => sum + ms(to - from), 0);
  assert.ok(Math.abs(silent - 400) <= EDGES_MS, `${silent} ms`);
});

test('what is not the test signal is refused', () => {
  const noise = Float32Array.from({ length: SECONDS * RATE }, (_, at) => Math.sin(at * at));
  assert.throws(() => concealedStretches(noise, RATE), /not the test signal/);
  assert.throws(
    () => concealmentBetween({ frames: [], samples: '', problem: 'there is no remote track' }, []),
    /remote track/,
  );
});

test('each interval has the share that was made up in it', () => {
  const samples = conceal(sound(), 1.5 * RATE, 1.6 * RATE);
  const words = Int16Array.from(samples, (sample) => Math.round(sample * 32_767));
  const frame = RATE / 100;
  const frames = Array.from({ length: samples.length / frame }, (_, index) => [
    5000 + index * 10 + (index % 7), // read a little late, now and then
    index * 10_000,
    RATE,
    frame,
  ]);
  // Before the first packet frames have another rate.
  const before = [[4990, -10_000, 16_000, 160]];
  const heard = {
    frames: [...before, ...frames],
    samples: Buffer.concat([Buffer.alloc(320), Buffer.from(words.buffer)]).toString('base64'),
  };
  const shares = concealmentBetween(heard, [5000, 6000, 7000, 8000]).map(({ madeUp }) => madeUp);
  assert.deepEqual([shares[0], shares[2]], [0, 0]);
  assert.ok(Math.abs(shares[1] - 0.1) <= EDGES_MS / 1000, `${shares[1]}`);
});
