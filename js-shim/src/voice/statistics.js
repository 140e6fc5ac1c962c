/**
 * What of W3C webrtc-stats the engine takes, in the order of Monitor.statistics after the call's handle: the name, and
 * of which of the reports it is. Recorded calls are rows in this order: what is new goes to the end.
 */
export const STATISTICS_FIELDS = [
  ['currentRoundTripTime', 'path'],
  ['fractionLost', 'remote-inbound-rtp'],
  ['roundTripTimeMeasurements', 'remote-inbound-rtp'],
  ['reportsSent', 'remote-outbound-rtp'],
  ['concealedSamples', 'inbound-rtp'],
  ['totalSamplesReceived', 'inbound-rtp'],
  ['packetsLost', 'inbound-rtp'],
  ['packetsReceived', 'inbound-rtp'],
  ['audioLevel', 'media-source'],
  ['responsesReceived', 'path'],
];

/**
 * Reads the statistics of a call's own peer connection, which the Voice SDK keeps to itself: where it is not to be had,
 * nothing happens. The call never waits for it, and there is never more than one reading under way.
 * @param {object} call of the Voice SDK
 * @param {(...values: number[]) => void} tell
 * @returns {() => void} begins a reading
 */
export function statisticsReader(call, tell) {
  let isReading = false;
  return () => {
    const connection = call._mediaHandler?.version?.pc;
    if (isReading || typeof connection?.getStats !== 'function') return;
    isReading = true;
    const done = () => {
      isReading = false;
    };
    new Promise((resolve) => resolve(connection.getStats()))
      .then((reports) => tell(...numbersOf(reports)))
      .then(done, done);
  };
}

function numbersOf(reports) {
  // A call has no other media than audio.
  const found = {};
  reports.forEach((report) => {
    found[report.type] = report;
  });
  found.path = pairInUse(reports, found.transport);
  return STATISTICS_FIELDS.map(([name, of]) => {
    const value = found[of]?.[name];
    return typeof value === 'number' ? value : NaN;
  });
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
