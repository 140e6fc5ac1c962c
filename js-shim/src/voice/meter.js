import { text } from '../values';

/**
 * Follows the state of the AudioContext with which the Voice SDK measures a call's levels (`_audioContext` of its
 * PeerConnection, which it keeps to itself): where it is not to be had, nothing happens.
 * @param {object} call of the Voice SDK
 * @param {(state: string) => void} tell of each change; before the first it is `running`
 * @returns {() => void} looks at it
 */
export function audioContextReader(call, tell) {
  let known = 'running';
  return () => {
    const state = text(call._mediaHandler?._audioContext?.state);
    if (!state || state === known) return;
    known = state;
    tell(state);
  };
}
