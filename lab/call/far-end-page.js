// Runs in the far end's own page: for each call a real RTCPeerConnection that talks and listens. What Twilio's media
// server is to the agent's browser, seen from the network.
import { speech } from './speech.mjs';

// Comfort noise and the other codecs of Chromium's default offer are left out, as Twilio does not offer them:
// with comfort noise, packets drop to about 10 a second in every pause.
const CODECS = ['audio/PCMU', 'audio/opus', 'audio/telephone-event'];
const GATHERING_LIMIT_MS = 3000;

// Congestion control would add some 15 RTCP packets a second each way, where a phone call has one every few seconds.
const CONGESTION_CONTROL = /transport-wide-cc|abs-send-time/;
const withoutCongestionControl = (extension) => (CONGESTION_CONTROL.test(extension.uri) ? { uri: extension.uri, direction: 'stopped' } : extension);

const connections = new Map();
let voice;

/** One endless speech for all calls. */
function voiceStream() {
  if (!voice) {
    const context = new AudioContext();
    const samples = speech({ sampleRate: context.sampleRate, seconds: 20, seed: 7 });
    const buffer = context.createBuffer(1, samples.length, context.sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    voice = context.createMediaStreamDestination();
    source.connect(voice);
    source.start();
  }
  return voice.stream.clone();
}

function gathered(connection) {
  if (connection.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => connection.iceGatheringState === 'complete' && resolve());
    setTimeout(resolve, GATHERING_LIMIT_MS);
  });
}

function open(id) {
  const connection = new RTCPeerConnection();
  connections.set(id, connection);
  connection.addEventListener('track', ({ track }) => {
    // Chromium decodes, and so reports statistics of, only what is played somewhere.
    const audio = new Audio();
    audio.srcObject = new MediaStream([track]);
    audio.play();
  });
  return connection;
}

async function answerTo(connection) {
  await connection.setLocalDescription(await connection.createAnswer());
  await gathered(connection);
  return connection.localDescription.sdp;
}

window.farEnd = {
  /** @returns {Promise<string>} the SDP offer, candidates included */
  async offer(id) {
    const connection = open(id);
    const stream = voiceStream();
    // With its stream: the Voice SDK measures the customer's level only on a track that has one.
    const transceiver = connection.addTransceiver(stream.getAudioTracks()[0], { direction: 'sendrecv', streams: [stream] });
    const codecs = RTCRtpReceiver.getCapabilities('audio').codecs.filter(({ mimeType }) => CODECS.includes(mimeType));
    transceiver.setCodecPreferences(codecs);
    transceiver.setHeaderExtensionsToNegotiate(transceiver.getHeaderExtensionsToNegotiate().map(withoutCongestionControl));
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    return connection.localDescription.sdp;
  },

  async answered(id, sdp) {
    await connections.get(id).setRemoteDescription({ type: 'answer', sdp });
  },

  /** The agent's side offers anew. @returns {Promise<string>} the SDP answer */
  async renegotiate(id, sdp) {
    const connection = connections.get(id);
    await connection.setRemoteDescription({ type: 'offer', sdp });
    return answerTo(connection);
  },

  /** A call that the agent's side makes. @returns {Promise<string>} the SDP answer, candidates included */
  async answer(id, sdp) {
    const connection = open(id);
    await connection.setRemoteDescription({ type: 'offer', sdp });
    const stream = voiceStream();
    connection.addTrack(stream.getAudioTracks()[0], stream);
    return answerTo(connection);
  },

  /** How loud the agent is here, 0..1, and how many packets arrived. */
  async heard(id) {
    const stats = [...(await connections.get(id).getStats()).values()];
    const inbound = stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    return { packetsReceived: inbound?.packetsReceived ?? 0, totalAudioEnergy: inbound?.totalAudioEnergy ?? 0 };
  },

  hangUp(id) {
    connections.get(id)?.close();
    connections.delete(id);
  },
};
