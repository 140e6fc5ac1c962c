/** A track as the browser has it: its state changes, and then it says so. */
export class FakeTrack extends EventTarget {
  readyState = 'live';

  muted = false;

  become(state, event) {
    Object.assign(this, state);
    this.dispatchEvent(new Event(event));
  }
}

export const withTrack = (call, track) =>
  Object.assign(call, { getLocalStream: () => ({ getAudioTracks: () => [track].filter(Boolean) }) });
