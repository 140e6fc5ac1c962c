// Runs in Flex's page, only while a recording is made: each second, what the call's private peer connection says and the
// Voice SDK's sample leaves out. Asks at a time of its own, so that the witness of the SDK's events waits for nothing.
(() => {
  const EVERY_MS = 1000;
  const FIELDS = {
    inbound: ['packetsReceived', 'packetsLost', 'jitter', 'packetsDiscarded', 'concealedSamples', 'silentConcealedSamples', 'totalSamplesReceived', 'jitterBufferDelay', 'jitterBufferEmittedCount', 'audioLevel'],
    remoteInbound: ['fractionLost', 'packetsLost', 'jitter', 'roundTripTime', 'roundTripTimeMeasurements'],
    remoteOutbound: ['roundTripTime', 'reportsSent'],
    candidatePair: ['currentRoundTripTime', 'state'],
    mediaSource: ['audioLevel'],
  };
  const TYPES = { inbound: 'inbound-rtp', remoteInbound: 'remote-inbound-rtp', remoteOutbound: 'remote-outbound-rtp', mediaSource: 'media-source' };

  /** @param {Array<object>} entries of a W3C statistics report. What is not there yet is left out. */
  function reduce(entries, { iceConnectionState, connectionState }) {
    const transport = entries.find(({ type }) => type === 'transport');
    const found = Object.fromEntries(Object.entries(TYPES).map(([name, wanted]) => [name, entries.find(({ type, kind }) => type === wanted && kind === 'audio')]));
    found.candidatePair = entries.find(({ id }) => id === transport?.selectedCandidatePairId);
    const stats = {};
    for (const [name, fields] of Object.entries(FIELDS)) {
      if (!found[name]) continue;
      stats[name] = Object.fromEntries(fields.filter((field) => found[name][field] !== undefined).map((field) => [field, found[name][field]]));
    }
    return { ...stats, iceConnectionState, connectionState };
  }

  function follow(call, tell) {
    let timer;
    const look = async () => {
      const connection = call._mediaHandler?.version?.pc;
      if (!connection) return;
      const report = await connection.getStats();
      if (timer !== undefined) tell(reduce([...report.values()], connection));
    };
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
    };
    call.on('accept', () => { timer = setInterval(look, EVERY_MS); });
    for (const end of ['disconnect', 'cancel', 'reject']) call.on(end, stop);
  }

  window.labReduceStatistics = reduce;
  window.labFollowStatistics = follow;
})();
