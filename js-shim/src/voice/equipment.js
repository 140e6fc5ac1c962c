const SECONDS = 10;
const LOOK_EVERY_MS = 50;
const LOOKS_A_SECOND = 1000 / LOOK_EVERY_MS;

/** As the Voice SDK measures its levels, so that they can be compared: rtc/peerconnection.js, `_inputAnalyser2`. */
const ANALYSER = { fftSize: 32, minDecibels: -127, maxDecibels: 0, smoothingTimeConstant: 0 };
const LOUDEST = 32767;

const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * Listens to the microphone that the next call will use.
 * @param {object | undefined} device the Voice SDK's
 * @returns {Promise<{microphone?: string, levels: number[]}>} its name and the mean level of each second; no name: it
 *   could not be opened
 */
export async function listen(device) {
  const chosen = device?.audio?.inputDevice?.deviceId;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: chosen ? { deviceId: { exact: chosen } } : true });
  } catch (error) {
    return { levels: [] };
  }
  const context = new AudioContext();
  try {
    const analyser = Object.assign(context.createAnalyser(), ANALYSER);
    context.createMediaStreamSource(stream).connect(analyser);
    const bins = new Uint8Array(analyser.frequencyBinCount);
    const looks = [];
    while (looks.length < SECONDS * LOOKS_A_SECOND) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      analyser.getByteFrequencyData(bins);
      looks.push((sum([...bins]) / bins.length / 255) * LOUDEST);
    }
    const levels = [];
    while (looks.length > 0) levels.push(sum(looks.splice(0, LOOKS_A_SECOND)) / LOOKS_A_SECOND);
    return { microphone: microphoneOf(stream), levels };
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    context.close();
  }
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
