/**
 * What of W3C webrtc-stats the engine takes, in the order of Monitor.statistics after the call's handle: the name, and
 * of which of the reports it is.
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
    const done = () => { isReading = false; };
    new Promise((resolve) => resolve(connection.getStats())).then((reports) => tell(...numbersOf(reports))).then(done, done);
  };
}

function numbersOf(reports) {
  const found = {};
  reports.forEach((report) => {
    // Of the media there is audio only. Of the pairs several may have been nominated; not every browser says which is in use.
    if (report.type === 'candidate-pair' && report.nominated && report.state === 'succeeded') found.path = report;
    found[report.type] = report;
  });
  found.path = reports.get?.(found.transport?.selectedCandidatePairId) ?? found.path;
  return STATISTICS_FIELDS.map(([name, of]) => {
    const value = found[of]?.[name];
    return typeof value === 'number' ? value : NaN;
  });
}
