// Runs in Flex's page, only while a recording is made: what the browser says of microphone and computer as it changes. As
// the plugin takes it (js-shim/src/voice/track.js and computer.js).
(() => {
  const TICK_MS = 1000;
  const LATE_MS = 250;

  function followTrack(call, tell) {
    let track;
    let known = 'live';
    const look = () => {
      const live = track.muted ? 'muted' : 'live';
      const state = track.readyState === 'ended' ? 'ended' : live;
      if (state === known) return;
      known = state;
      tell('track', { state });
    };
    return () => {
      const current = call.getLocalStream()?.getAudioTracks()[0];
      if (current && current !== track) {
        track = current;
        for (const change of ['ended', 'mute', 'unmute'])
          current.addEventListener(change, () => current === track && look());
      }
      if (track) look();
    };
  }

  function followComputer(tell) {
    let pressure;
    const { PressureObserver } = /** @type {any} */ (window);
    const observer =
      PressureObserver &&
      new PressureObserver((records) => {
        const { state } = records.at(-1);
        if (state === pressure) return;
        pressure = state;
        tell('pressure', { state });
      });
    observer?.observe('cpu', { sampleInterval: TICK_MS }).catch(() => {});
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const lateMs = Math.round(now - before - TICK_MS);
      if (lateMs >= LATE_MS) tell('late-tick', { lateMs });
      before = now;
    }, TICK_MS);
    return () => {
      clearInterval(timer);
      observer?.disconnect();
    };
  }

  /** The call's endpoint, without what would identify one computer. */
  const endpointOf = ({ codecName }) => ({
    codec: codecName,
    webRtcRedirected: !Function.prototype.toString.call(RTCPeerConnection).includes('[native code]'),
  });

  window.labFollowSignals = (call, tell) => {
    let isOver = false;
    const tellUntilOver = (...told) => isOver || tell(...told);
    const look = followTrack(call, tellUntilOver);
    const stop = followComputer(tellUntilOver);
    call.on('accept', look);
    call.on('sample', look);
    call.once('sample', (sample) => tellUntilOver('endpoint', { endpoint: endpointOf(sample) }));
    for (const end of ['disconnect', 'cancel', 'reject'])
      call.on(end, () => {
        isOver = true;
        stop();
      });
  };
})();
