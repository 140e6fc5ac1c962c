import { openLevelMeter } from './levelMeter';

const LISTEN_MS = 10000;
const LOOK_EVERY_MS = 50;
const SECOND_MS = 1000;

const LOUDEST = 32767;

const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;

/**
 * Listens to the microphone that the next call will use, as the Voice SDK would open it.
 * @param {object | undefined} device the Voice SDK's
 * @param {() => boolean} isOver nobody wants to know any more
 * @returns {Promise<{microphone?: string, levels: number[]}>} its name and the mean level of each second; no name: it
 *   could not be opened
 */
export async function listen(device, isOver) {
  const { inputDevice, audioConstraints } = device?.audio ?? {};
  const chosen = inputDevice?.deviceId && { deviceId: { exact: inputDevice.deviceId } };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { ...audioConstraints, ...chosen } });
  } catch {
    return { levels: [] };
  }
  let meter;
  try {
    meter = openLevelMeter(stream);
    return { microphone: microphoneOf(stream), levels: await levelsOf(meter, isOver) };
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    meter?.close();
  }
}

/** By the clock: in a hidden page a timer may come once a second. */
async function levelsOf(meter, isOver) {
  const seconds = [];
  const from = performance.now();
  for (let passed = 0; passed < LISTEN_MS && !isOver(); passed = performance.now() - from) {
    // eslint-disable-next-line no-await-in-loop -- the time between two looks
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const second = Math.floor(passed / SECOND_MS);
    seconds[second] = [...(seconds[second] ?? []), meter.level() * LOUDEST];
  }
  return seconds.filter(Boolean).map(mean);
}

/** @returns {string | undefined} the name of the microphone that a stream comes from */
export function microphoneOf(stream) {
  return stream?.getAudioTracks()[0]?.label;
}

/** @returns {string | undefined} the name of what the Voice SDK plays calls through, where the browser tells */
export function speakerOf(device) {
  const [speaker] = device?.audio?.speakerDevices?.get() ?? [];
  return speaker?.label;
}
