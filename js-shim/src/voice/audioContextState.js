import { nonEmptyText } from '../nonEmptyText';

/**
 * Follows the state of the AudioContext with which the Voice SDK measures a call's levels (`_audioContext` of its
 * PeerConnection, a private member): where it cannot be reached, nothing happens.
 * @param {object} call of the Voice SDK
 * @param {(state: string) => void} dispatch called at each change; before the first one the state is `running`
 * @returns {() => void} checks the state
 */
export function audioContextReader(call, dispatch) {
  let known = 'running';
  return () => {
    const state = nonEmptyText(call._mediaHandler?._audioContext?.state);
    if (!state || state === known) return;
    known = state;
    dispatch(state);
  };
}
