// Runs in Flex's page, only while a recording is made: what the call's private peer connection says and the Voice SDK's
// sample leaves out. Asked for with each sample, as the plugin does (js-shim/src/voice/statistics.js), and nobody waits
// for the answer; more of it is kept than the plugin takes.
(() => {
  const FIELDS = {
    inbound: [
      'packetsReceived',
      'packetsLost',
      'jitter',
      'packetsDiscarded',
      'concealedSamples',
      'silentConcealedSamples',
      'totalSamplesReceived',
      'jitterBufferDelay',
      'jitterBufferEmittedCount',
      'concealmentEvents',
      'audioLevel',
    ],
    remoteInbound: ['fractionLost', 'packetsLost', 'jitter', 'roundTripTime', 'roundTripTimeMeasurements'],
    remoteOutbound: ['roundTripTime', 'reportsSent', 'remoteTimestamp'],
    candidatePair: ['currentRoundTripTime', 'responsesReceived', 'state'],
    mediaSource: ['audioLevel', 'echoReturnLoss', 'echoReturnLossEnhancement'],
    mediaPlayout: ['synthesizedSamplesDuration', 'totalSamplesDuration'],
  };
  const TYPES = {
    inbound: 'inbound-rtp',
    remoteInbound: 'remote-inbound-rtp',
    remoteOutbound: 'remote-outbound-rtp',
    mediaSource: 'media-source',
    mediaPlayout: 'media-playout',
  };

  /** @param {Array<object>} entries of a W3C statistics report. What is not there yet is left out. */
  function reduce(entries, { iceConnectionState, connectionState }) {
    const transport = entries.find(({ type }) => type === 'transport');
    const found = Object.fromEntries(
      Object.entries(TYPES).map(([name, wanted]) => [
        name,
        entries.find(({ type, kind }) => type === wanted && kind === 'audio'),
      ]),
    );
    const pairs = entries.filter(({ type }) => type === 'candidate-pair');
    const nominated = pairs.filter((pair) => pair.nominated && pair.state === 'succeeded');
    found.candidatePair =
      pairs.find(({ id }) => id === transport?.selectedCandidatePairId) ??
      pairs.find(({ selected }) => selected) ??
      (nominated.length === 1 ? nominated[0] : undefined);
    const stats = {};
    for (const [name, fields] of Object.entries(FIELDS)) {
      if (!found[name]) continue;
      stats[name] = Object.fromEntries(
        fields.filter((field) => found[name][field] !== undefined).map((field) => [field, found[name][field]]),
      );
    }
    return { ...stats, iceConnectionState, connectionState };
  }

  /** The path that the media take, without an address. */
  function pathOf(report, connection) {
    const transport = [...report.values()].find(({ type }) => type === 'transport');
    const candidate = report.get(report.get(transport?.selectedCandidatePairId)?.localCandidateId);
    const { networkType, candidateType, relayProtocol } = candidate ?? {};
    return {
      networkType,
      candidateType,
      relayProtocol,
      iceTransportPolicy: connection.getConfiguration?.().iceTransportPolicy,
      selectedCandidatePairChanges: transport?.selectedCandidatePairChanges,
    };
  }

  function follow(call, tell, tellPath) {
    let isOver = false;
    let knownPath;
    call.on('sample', async () => {
      const connection = call._mediaHandler?.version?.pc;
      if (!connection) return;
      const report = await connection.getStats();
      if (isOver) return;
      const path = pathOf(report, connection);
      if (JSON.stringify(path) !== knownPath) {
        knownPath = JSON.stringify(path);
        tellPath(path);
      }
      tell(reduce([...report.values()], connection));
    });
    for (const end of ['disconnect', 'cancel', 'reject'])
      call.on(end, () => {
        isOver = true;
      });
  }

  window.labReduceStatistics = reduce;
  window.labFollowStatistics = follow;
})();
