// Hold music: broken chords, one after the other, without a pause. Runs in Node and in a page, so it imports nothing.

const CHORDS = [
  [0, 4, 7, 12],
  [9, 12, 16, 21],
  [5, 9, 12, 17],
  [7, 11, 14, 19],
]; // semitones above the lowest note
const LOWEST_HZ = 220;
const NOTE_SECONDS = 0.25;
const NOTES_PER_CHORD = 8;
const LOUDNESS = 0.3;

/** @returns {Float32Array} mono samples, -1..1, that may be played in a loop */
export function music({ sampleRate = 48_000 } = {}) {
  const noteLength = Math.round(NOTE_SECONDS * sampleRate);
  const samples = new Float32Array(CHORDS.length * NOTES_PER_CHORD * noteLength);
  for (let note = 0; note * noteLength < samples.length; note += 1) {
    const chord = CHORDS[Math.floor(note / NOTES_PER_CHORD)];
    const pitch = LOWEST_HZ * 2 ** (chord[note % chord.length] / 12);
    for (let index = 0; index < noteLength; index += 1) {
      const phase = (2 * Math.PI * pitch * index) / sampleRate;
      const fading = Math.exp((-3 * index) / noteLength) * Math.min(1, index / (0.01 * sampleRate));
      samples[note * noteLength + index] = LOUDNESS * fading * (Math.sin(phase) + 0.3 * Math.sin(2 * phase));
    }
  }
  return samples;
}
