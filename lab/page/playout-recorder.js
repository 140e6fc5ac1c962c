// Runs in Flex's page, only while a recording with the test signal is made: keeps the customer's sound as it leaves the
// jitter buffer for the loudspeaker. A frame is 10 ms; the frames wait for a page that is busy.
(() => {
  const KEEPS_FRAMES = 6000;
  /** Of a sound with more samples a second only as many are kept: enough for the band of the test signal. */
  const ENOUGH_HZ = 16_000;
  const frames = [];

  async function listen(track) {
    const reader = new window.MediaStreamTrackProcessor({ track, maxBufferSize: KEEPS_FRAMES }).readable.getReader();
    for (;;) {
      const { done, value: frame } = await reader.read();
      if (done) return;
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const every = Math.max(1, Math.floor(frame.sampleRate / ENOUGH_HZ));
      const kept = new Int16Array(Math.ceil(samples.length / every));
      for (let index = 0; index < kept.length; index += 1) kept[index] = Math.round(samples[index * every] * 32_767);
      frames.push({ at: Date.now(), timestamp: frame.timestamp, sampleRate: frame.sampleRate / every, kept });
      frame.close();
    }
  }

  /** Listens to a call from when its track is there. */
  function follow(call) {
    call.on('accept', () => {
      const [track] = call.getRemoteStream?.()?.getAudioTracks() ?? [];
      if (track) listen(track);
      else window.labEarProblem = 'there is no remote track';
    });
  }

  /**
   * What was heard: of each frame when it came (epoch ms), its own clock (µs), its samples a second and their number; and
   * all samples one after the other, in base64.
   */
  function take() {
    const heard = frames.splice(0);
    const samples = new Int16Array(heard.reduce((sum, { kept }) => sum + kept.length, 0));
    let offset = 0;
    for (const { kept } of heard) {
      samples.set(kept, offset);
      offset += kept.length;
    }
    const bytes = new Uint8Array(samples.buffer);
    let text = '';
    for (let from = 0; from < bytes.length; from += 32_768)
      text += String.fromCharCode(...bytes.subarray(from, from + 32_768));
    return {
      problem: window.labEarProblem,
      frames: heard.map(({ at, timestamp, sampleRate, kept }) => [at, timestamp, sampleRate, kept.length]),
      samples: btoa(text),
    };
  }

  window.labEar = { follow, take };
})();
