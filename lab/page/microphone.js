// Runs in Flex's page before anything else and makes the agent's microphone something that the lab can silence and
// unplug. The tracks stay the browser's own: a silent one is disabled underneath while the page goes on seeing the
// `enabled` that it set, so nothing is inserted into the sound's way, and whoever listens hears digital silence.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const enabled = Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled');
  const { clone, stop } = MediaStreamTrack.prototype;
  const cloneStream = MediaStream.prototype.clone;
  const getUserMedia = devices.getUserMedia.bind(devices);
  const enumerateDevices = devices.enumerateDevices.bind(devices);

  const tracks = new Map(); // the microphone's tracks, clones included -> whether the page wants them enabled
  let silent = false;
  let plugged = true;

  const apply = (track) => enabled.set.call(track, tracks.get(track) && !silent);

  function adopt(track, wanted = true) {
    for (const known of tracks.keys()) if (known.readyState === 'ended') tracks.delete(known);
    tracks.set(track, wanted);
    apply(track);
    return track;
  }

  Object.defineProperty(MediaStreamTrack.prototype, 'enabled', {
    ...enabled,
    get() {
      return tracks.get(this) ?? enabled.get.call(this);
    },
    set(value) {
      if (tracks.has(this)) {
        tracks.set(this, Boolean(value));
        apply(this);
      } else enabled.set.call(this, value);
    },
  });

  MediaStreamTrack.prototype.clone = function cloneTrack() {
    const copy = clone.call(this);
    return tracks.has(this) ? adopt(copy, tracks.get(this)) : copy;
  };

  MediaStream.prototype.clone = function cloneWithTracks() {
    const copy = cloneStream.call(this);
    const copies = copy.getAudioTracks();
    this.getAudioTracks().forEach((track, index) => tracks.has(track) && adopt(copies[index], tracks.get(track)));
    return copy;
  };

  devices.getUserMedia = async (constraints) => {
    if (constraints?.audio && !plugged) throw new DOMException('Requested device not found', 'NotFoundError');
    const stream = await getUserMedia(constraints);
    stream.getAudioTracks().forEach((track) => adopt(track));
    return stream;
  };

  devices.enumerateDevices = async () =>
    (await enumerateDevices()).filter(({ kind }) => plugged || kind !== 'audioinput');

  const tellOfChange = () => devices.dispatchEvent(new Event('devicechange'));

  window.labMicrophone = {
    state() {
      if (!plugged) return 'unplugged';
      return silent ? 'silent' : 'on';
    },

    silence(value) {
      silent = value;
      for (const track of tracks.keys()) apply(track);
    },

    /** A page can stop a track, but only the browser could say `ended` by itself: that is told here. */
    unplug() {
      plugged = false;
      for (const track of tracks.keys()) {
        if (track.readyState === 'ended') continue;
        stop.call(track);
        track.dispatchEvent(new Event('ended'));
      }
      tracks.clear();
      tellOfChange();
    },

    plug() {
      plugged = true;
      tellOfChange();
    },
  };
})();
