/** The reports that the engine reads, by the names that recordings have for them. */
const PARTS = {
  inbound: 'inbound-rtp',
  remoteInbound: 'remote-inbound-rtp',
  remoteOutbound: 'remote-outbound-rtp',
  mediaSource: 'media-source',
};

/**
 * Reads the statistics of a call's own peer connection, which the Voice SDK keeps to itself: where it is not to be had,
 * nothing happens. The call never waits for it, and there is never more than one reading under way.
 * @param {object} call of the Voice SDK
 * @param {(stats: import('../generated/monitor').RawStatistics) => void} dispatch
 * @returns {() => void} begins a reading
 */
export function statisticsReader(call, dispatch) {
  let isReading = false;
  return () => {
    const connection = call._mediaHandler?.version?.pc;
    if (isReading || typeof connection?.getStats !== 'function') return;
    isReading = true;
    const done = () => {
      isReading = false;
    };
    new Promise((resolve) => resolve(connection.getStats()))
      .then((reports) => dispatch(statsOf(reports)))
      .then(done, done);
  };
}

function statsOf(reports) {
  // A call has no other media than audio.
  const byType = {};
  reports.forEach((report) => {
    byType[report.type] = report;
  });
  const stats = { candidatePair: pairInUse(reports, byType.transport) };
  Object.entries(PARTS).forEach(([part, type]) => {
    stats[part] = byType[type];
  });
  return stats;
}

/**
 * The candidate pair that the media take: the one that the transport names, or that says so itself (Firefox), or the only
 * one that was nominated. With several nominated ones it cannot be told: Firefox keeps earlier pairs.
 */
function pairInUse(reports, transport) {
  const pairs = [];
  reports.forEach((report) => report.type === 'candidate-pair' && pairs.push(report));
  const nominated = pairs.filter((pair) => pair.nominated && pair.state === 'succeeded');
  return (
    reports.get?.(transport?.selectedCandidatePairId) ??
    pairs.find((pair) => pair.selected === true) ??
    (nominated.length === 1 ? nominated[0] : undefined)
  );
}
