/** As the Voice SDK measures its levels, so that they can be compared: rtc/peerconnection.js, `_inputAnalyser2`. */
const ANALYSER = { fftSize: 32, minDecibels: -127, maxDecibels: 0, smoothingTimeConstant: 0 };

/**
 * Measures how loud a stream is.
 * @param {MediaStream} stream
 * @returns {{level: () => number, close: () => void}} level: at this moment, 0 to 1, linear in decibels
 */
export function openLevelMeter(stream) {
  const context = new AudioContext();
  const close = () => context.close();
  let analyser;
  try {
    analyser = Object.assign(context.createAnalyser(), ANALYSER);
    context.createMediaStreamSource(stream).connect(analyser);
  } catch (error) {
    // A page may have few of them, and the Voice SDK needs one.
    close();
    throw error;
  }
  const bins = new Uint8Array(analyser.frequencyBinCount);
  return {
    level() {
      analyser.getByteFrequencyData(bins);
      return bins.reduce((sum, bin) => sum + bin, 0) / bins.length / 255;
    },
    close,
  };
}
