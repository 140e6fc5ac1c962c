import { nonEmptyText } from '../nonEmptyText';

/** What the browser tells of the computer. */
const OF_COMPUTER = ['cpuPerformance', 'hardwareConcurrency', 'deviceMemory'];

/**
 * Reports a call's endpoint, each part when it has become known or has changed.
 * @param {(endpoint: import('../generated/monitor').RawEndpoint) => void} dispatch
 * @returns {(known: object) => void} takes what is known now; what is absent changes nothing
 */
export function endpointReporter(dispatch) {
  const told = {};
  return (known) => {
    const news = Object.entries(known).filter(([name, value]) => value !== undefined && value !== told[name]);
    if (news.length === 0) return;
    Object.assign(told, Object.fromEntries(news));
    dispatch(Object.fromEntries(news));
  };
}

/** Of the computer and its browser. */
export function describeComputer() {
  const { RTCPeerConnection } = window;
  const source = RTCPeerConnection && Function.prototype.toString.call(RTCPeerConnection);
  return {
    ...Object.fromEntries(OF_COMPUTER.map((name) => [name, navigator[name]])),
    // As the browser writes a function of its own.
    webRtcRedirected: source && !source.includes('[native code]'),
  };
}

/** Of a sample of the Voice SDK. */
export const describeSample = (sample) => ({ codec: nonEmptyText(sample?.codecName) });
