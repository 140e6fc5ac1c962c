import { nonEmptyText } from '../nonEmptyText';

/** As long as the check listens to the microphone. */
const LOOK_MS = 10000;

/** Answers everybody over UDP (twilio.com/docs/stun-turn). */
const TWILIO_STUN = { urls: 'stun:global.stun.twilio.com:3478' };

/** Where browsers' signalling goes (twilio.com/docs/voice/sdks/network-connectivity-requirements). */
const signallingOf = (edge) => `wss://voice-js.${edge ?? 'roaming'}.twilio.com/signal`;

const timeIsUp = () =>
  new Promise((resolve) => {
    setTimeout(resolve, LOOK_MS);
  });

/** @returns {RTCConfiguration | undefined} what Flex has the Voice SDK take calls with */
export const rtcConfigurationOf = (manager) =>
  manager.configuration?.sdkOptions?.voice?.acceptOptions?.rtcConfiguration;

/**
 * Looks at the network that the next call will take: with the ICE servers of calls, if there are any, and Twilio's own.
 * Nothing of it is a call.
 * @param {object} manager
 * @returns {Promise<import('../generated/monitor').NetworkState>}
 */
export async function checkReachability(manager) {
  const edge = nonEmptyText(manager.voiceClient?.edge);
  const { iceServers, ...configuration } = rtcConfigurationOf(manager) ?? {};
  const ofCalls = Array.isArray(iceServers) ? iceServers : [];
  // Before anything is begun: if this failed in between, nobody would hear of a failure of what had begun.
  const signalling = signallingOf(edge);
  const [ice, signallingMs] = await Promise.all([
    gather({ ...configuration, iceServers: [...ofCalls, TWILIO_STUN] }),
    openSignalling(signalling),
  ]);
  return { ...ice, signallingMs, edge };
}

/** What ICE finds; nothing where there is no WebRTC. */
async function gather(configuration) {
  const candidates = [];
  let hasFailures = false;
  let connection;
  try {
    connection = new RTCPeerConnection(configuration);
    const limit = timeIsUp();
    const complete = new Promise((resolve) => {
      connection.addEventListener('icecandidate', ({ candidate }) => {
        const { type, relayProtocol, url } = candidate ?? {};
        if (candidate?.candidate) candidates.push({ type, relayProtocol, url });
        else if (candidate === null) resolve(true);
      });
      connection.addEventListener('icecandidateerror', () => {
        hasFailures = true;
      });
    });
    // Awaited together, so that whichever fails first is handled here.
    const [isComplete] = await Promise.all([Promise.race([complete, limit]), offerAudio(connection)]);
    if (!isComplete) hasFailures = true;
  } catch {
    return {};
  } finally {
    connection?.close();
  }
  return { candidates, hasFailures };
}

/** Makes ICE begin. */
async function offerAudio(connection) {
  connection.addTransceiver('audio');
  await connection.setLocalDescription(await connection.createOffer());
}

/** How long it takes until a connection is open; undefined: it was not opened. It says nothing, and is closed at once. */
async function openSignalling(address) {
  const from = performance.now();
  let socket;
  try {
    const limit = timeIsUp();
    socket = new WebSocket(address);
    const answered = new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true));
      socket.addEventListener('error', () => resolve(false));
    });
    return (await Promise.race([answered, limit])) ? performance.now() - from : undefined;
  } catch {
    return undefined;
  } finally {
    socket?.close();
  }
}
