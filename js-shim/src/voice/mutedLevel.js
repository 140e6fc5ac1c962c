import { guarded } from '../guard';
import { openLevelMeter } from './levelMeter';

const LOOK_EVERY_MS = 50;
const TELL_EVERY_MS = 250;

/**
 * Measures what the microphone hears while the agent is muted, and keeps nothing of it. The Voice SDK mutes the very track
 * that it measures (2.11 and 2.18), so a copy of that track is measured, which is sent to nobody. In a hidden page, whose
 * timers stand still, nothing is told.
 * @param {object} call of the Voice SDK
 * @param {(level: number) => void} dispatch called with the mean level of a moment, 0 to 1
 * @returns {(isMuted: boolean) => void} begins to measure, or stops
 */
export function mutedLevelReader(call, dispatch) {
  let stop;

  function start() {
    const track = call.getLocalStream?.()?.getAudioTracks()[0]?.clone?.();
    if (!track) return undefined;
    track.enabled = true;
    const meter = meterOf(track);
    let levels = [];
    let from = performance.now();
    const look = guarded('measuring a muted microphone', () => {
      if (document.hidden) return;
      levels.push(meter.level());
      const now = performance.now();
      if (now - from < TELL_EVERY_MS) return;
      dispatch(levels.reduce((sum, level) => sum + level, 0) / levels.length);
      levels = [];
      from = now;
    });
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      track.stop();
      meter.close();
    };
  }

  /** Where it cannot be measured, the microphone is not kept open for it. */
  function meterOf(track) {
    try {
      return openLevelMeter(new MediaStream([track]));
    } catch (error) {
      track.stop();
      throw error;
    }
  }

  return guarded('following a muted microphone', (isMuted) => {
    stop?.();
    stop = undefined;
    if (isMuted) stop = start();
  });
}
