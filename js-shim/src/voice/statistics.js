/** The reports that the engine reads, by the names that recordings have for them. */
const PARTS = {
  inbound: 'inbound-rtp',
  remoteInbound: 'remote-inbound-rtp',
  remoteOutbound: 'remote-outbound-rtp',
  mediaSource: 'media-source',
  mediaPlayout: 'media-playout',
};

/** What a path has of the local candidate: no address. */
const OF_CANDIDATE = ['networkType', 'relayProtocol'];

/**
 * Reads the statistics of a call's own peer connection, which the Voice SDK keeps to itself: where it is not to be had,
 * nothing happens. The call never waits for it, and there is never more than one reading under way.
 * @param {object} call of the Voice SDK
 * @param {(stats: import('../generated/monitor').RawStatistics) => void} dispatch
 * @param {(path: import('../generated/monitor').RawPath) => void} dispatchPath called when the path has changed
 * @param {(address: string | undefined) => void} onAddress called with the local candidate's address at each reading
 * @returns {() => void} begins a reading
 */
export function statisticsReader(call, dispatch, dispatchPath, onAddress) {
  let isReading = false;
  let knownPath;
  const look = (connection, reports) => {
    const { stats, path, address } = statsOf(connection, reports);
    const described = JSON.stringify(path);
    if (described !== knownPath) {
      knownPath = described;
      dispatchPath(path);
    }
    onAddress(address);
    dispatch(stats);
  };
  return () => {
    const connection = call._mediaHandler?.version?.pc;
    if (isReading || typeof connection?.getStats !== 'function') return;
    isReading = true;
    const done = () => {
      isReading = false;
    };
    new Promise((resolve) => resolve(connection.getStats()))
      .then((reports) => look(connection, reports))
      .then(done, done);
  };
}

function statsOf(connection, reports) {
  // The browser makes an object of a report whenever it is looked at: once is enough.
  const byId = new Map();
  // A call has no other media than audio.
  const byType = {};
  reports.forEach((report, id) => {
    byId.set(id, report);
    byType[report.type] = report;
  });
  const stats = { candidatePair: pairInUse(byId, byType.transport) };
  Object.entries(PARTS).forEach(([part, type]) => {
    stats[part] = byType[type];
  });
  const candidate = byId.get(stats.candidatePair?.localCandidateId);
  return { stats, path: pathOf(connection, candidate, byType.transport), address: candidate?.address };
}

/** The path that the media take, by webrtc-stats' own names. */
function pathOf(connection, candidate, transport) {
  const path = {
    iceTransportPolicy: connection.getConfiguration?.().iceTransportPolicy,
    selectedCandidatePairChanges: transport?.selectedCandidatePairChanges,
  };
  OF_CANDIDATE.forEach((name) => {
    path[name] = candidate?.[name];
  });
  return path;
}

/**
 * The candidate pair that the media take: the one that the transport names, or that says so itself (Firefox), or the only
 * one that was nominated. With several nominated ones it cannot be told: Firefox keeps earlier pairs.
 */
function pairInUse(byId, transport) {
  const pairs = [...byId.values()].filter(({ type }) => type === 'candidate-pair');
  const nominated = pairs.filter((pair) => pair.nominated && pair.state === 'succeeded');
  return (
    byId.get(transport?.selectedCandidatePairId) ??
    pairs.find((pair) => pair.selected === true) ??
    (nominated.length === 1 ? nominated[0] : undefined)
  );
}
