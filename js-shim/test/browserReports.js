/**
 * What a call has counted, second by second, in the shape in which each browser gives it.
 * @typedef {object} Counted
 * @property {number} second
 * @property {number} reports about the agent's packets that have come
 * @property {number} others about the customer's packets that have come
 * @property {number} rtt of the path, seconds
 */

const report = (id, type, fields) => [id, { id, type, timestamp: 1.8e12, ...fields }];

const inbound = ({ second }) => ({
  kind: 'audio',
  packetsReceived: 50 * second,
  packetsLost: 0,
  jitter: 0.002,
  bytesReceived: 8000 * second,
  jitterBufferDelay: 400 * second,
  jitterBufferEmittedCount: 8000 * second,
  totalSamplesReceived: 8000 * second,
  concealedSamples: 0,
  silentConcealedSamples: 0,
  concealmentEvents: 0,
});
const remoteInbound = ({ reports }) => ({
  kind: 'audio',
  packetsLost: 0,
  jitter: 0.002,
  fractionLost: 0,
  roundTripTime: 0.05,
  roundTripTimeMeasurements: reports,
});
const sentAt = ({ others }) => 1.8e12 + 5000 * others;
const pair = ({ second, rtt }) => ({
  localCandidateId: 'local',
  nominated: true,
  state: 'succeeded',
  currentRoundTripTime: rtt,
  responsesReceived: Math.floor(second / 5),
});

/** @type {Record<string, (counted: Counted) => Map<string, object>>} */
export const REPORTS_OF = {
  /** As Firefox ESR 153 gave them. */
  Firefox: (counted) =>
    new Map([
      report('in', 'inbound-rtp', inbound(counted)),
      report('remote-in', 'remote-inbound-rtp', remoteInbound(counted)),
      report('remote-out', 'remote-outbound-rtp', { kind: 'audio', remoteTimestamp: sentAt(counted) }),
      report('before', 'candidate-pair', { ...pair(counted), selected: false, currentRoundTripTime: 9 }),
      report('pair', 'candidate-pair', { ...pair(counted), selected: true }),
      report('local', 'local-candidate', { candidateType: 'host', address: '192.0.2.7', protocol: 'udp' }),
      report('source', 'media-source', { kind: 'audio' }),
    ]),

  /** As WebKit's source fills them in: no network type, of a host candidate no address, no echo, no media-playout. */
  Safari: (counted) =>
    new Map([
      report('in', 'inbound-rtp', { ...inbound(counted), audioLevel: 0.1 }),
      report('remote-in', 'remote-inbound-rtp', remoteInbound(counted)),
      report('remote-out', 'remote-outbound-rtp', {
        kind: 'audio',
        remoteTimestamp: sentAt(counted),
        reportsSent: counted.others,
      }),
      report('before', 'candidate-pair', { ...pair(counted), currentRoundTripTime: 9 }),
      report('pair', 'candidate-pair', pair(counted)),
      report('local', 'local-candidate', { candidateType: 'host', protocol: 'udp' }),
      report('transport', 'transport', { selectedCandidatePairId: 'pair', selectedCandidatePairChanges: 1 }),
      report('source', 'media-source', { kind: 'audio', audioLevel: 0.1 }),
    ]),
};
