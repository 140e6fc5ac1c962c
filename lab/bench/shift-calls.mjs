// What the calls of a shift say: the committed recordings, brought to one length.
import { readRecordings } from '../recordings/recorder-rows.mjs';

const SECONDS = 144;
const HEALTHY = 'long10_clean.jsonl';
const TROUBLES = [
  'rtt450_then_loss6',
  'loss6_then_jitter60',
  'opus_loss5',
  'gaps_repeated',
  'oneway_up_late',
  'oneway_down_late',
  'mic_dies_late',
  'burst_loss',
];
const TYPES = ['sample', 'stats', 'warning', 'warning-cleared'];

/**
 * A call that goes on as a healthy one where the recording ends.
 * @param {object[]} lines of a recording
 * @param {object[]} healthy of one that is longer
 */
export function prolonged(lines, healthy, seconds = SECONDS) {
  const told = lines.filter(({ type, ms }) => TYPES.includes(type) && ms > 0 && ms <= seconds * 1000);
  const end = told.at(-1)?.ms ?? 0;
  return [...told, ...healthy.filter(({ type, ms }) => TYPES.includes(type) && ms > end && ms <= seconds * 1000)];
}

/** @returns {Promise<Record<string, object[]>>} lines by name; `healthy` is one of them */
export async function readShiftCalls() {
  const recordings = await readRecordings();
  const linesOf = (name) => {
    const found = recordings.find((recording) => recording.name === name);
    if (!found) throw new Error(`there is no recording ${name}`);
    return found.lines;
  };
  const healthy = linesOf(HEALTHY);
  const troubles = TROUBLES.map((name) => [name, prolonged(linesOf(`${name}.jsonl`), healthy)]);
  return Object.fromEntries([['healthy', prolonged([], healthy)], ...troubles]);
}
