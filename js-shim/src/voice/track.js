import { guarded } from '../guard';
import { nonEmptyText } from '../nonEmptyText';

const CHANGES = ['ended', 'mute', 'unmute'];

/**
 * Follows the state of the track that a call sends the microphone with: W3C's `readyState`, and `muted` while it is live,
 * which says that the browser or the system has muted it. The mute button does neither.
 * @param {object} call of the Voice SDK
 * @param {(state: 'live' | 'muted' | 'ended') => void} dispatch called at each change; before the first one it is `live`
 * @param {(label: string | undefined) => void} onTrack called with the name of the microphone, for each track
 * @returns {{read: () => void, stop: () => void}} read: looks which track the call has now, and at its state
 */
export function trackReader(call, dispatch, onTrack) {
  let known = 'live';
  let track;
  const look = guarded('looking at the microphone', () => {
    const live = track.muted ? 'muted' : 'live';
    const state = track.readyState === 'ended' ? 'ended' : live;
    if (state === known) return;
    known = state;
    dispatch(state);
  });
  const stop = () => CHANGES.forEach((change) => track?.removeEventListener?.(change, look));
  const read = guarded('finding the microphone', () => {
    const current = call.getLocalStream?.()?.getAudioTracks()[0];
    if (current && current !== track) {
      stop();
      track = current;
      CHANGES.forEach((change) => track.addEventListener?.(change, look));
      onTrack(nonEmptyText(track.label));
    }
    if (track) look();
  });
  return { read, stop };
}
