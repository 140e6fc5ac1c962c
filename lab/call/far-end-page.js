// Runs in the far end's own page: for each call a real RTCPeerConnection that talks and listens. What Twilio's media
// server is to the agent's browser, seen from the network.
import { music } from './music.mjs';
import { roomNoise } from './noise.mjs';
import { speech } from './speech.mjs';
import { testSignal } from './test-signal.mjs';

// The other codecs of Chromium's default offer are left out, as Twilio does not offer them. So is comfort noise unless a
// call asks for it: with it, packets drop to about 10 a second in every pause.
const COMFORT_NOISE = 'audio/CN';
const CODECS = ['audio/PCMU', 'audio/opus', 'audio/telephone-event'];
const GATHERING_LIMIT_MS = 3000;

// Congestion control would add some 15 RTCP packets a second each way, where a phone call has one every few seconds.
const CONGESTION_CONTROL = /transport-wide-cc|abs-send-time/;
const withoutCongestionControl = (extension) =>
  CONGESTION_CONTROL.test(extension.uri) ? { uri: extension.uri, direction: 'stopped' } : extension;

const SOUNDS = {
  speech: (sampleRate) => speech({ sampleRate, seconds: 20, seed: 7 }),
  room: (sampleRate) => roomNoise({ sampleRate }),
  music: (sampleRate) => music({ sampleRate }),
  'test signal': (sampleRate) => testSignal({ sampleRate }),
};

const connections = new Map();
let sound = 'speech';
let voice;

function endless(context, samples) {
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  source.start();
  return source;
}

/** What is made goes on all the time; what is let through is chosen. */
function makeVoice() {
  // One rate wherever the lab runs: what is heard of the test signal is compared with it sample by sample.
  const context = new AudioContext({ sampleRate: 48_000 });
  const output = context.createMediaStreamDestination();
  const gains = new Map();
  const gainOf = (name) => {
    if (!gains.has(name)) {
      const gain = new GainNode(context, { gain: 0 });
      endless(context, SOUNDS[name](context.sampleRate)).connect(gain).connect(output);
      gains.set(name, gain);
    }
    return gains.get(name);
  };
  const choose = () => {
    // Only what somebody is to hear: the test signal alone takes seconds to make.
    const chosen = sound.split('+').filter((name) => name in SOUNDS);
    chosen.forEach(gainOf);
    gains.forEach(({ gain }, name) => {
      gain.value = chosen.includes(name) ? 1 : 0;
    });
  };
  choose();
  return { output, choose };
}

/** The same endless sound for all calls. */
function voiceStream() {
  voice ??= makeVoice();
  return voice.output.stream.clone();
}

function gathered(connection) {
  if (connection.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    connection.addEventListener(
      'icegatheringstatechange',
      () => connection.iceGatheringState === 'complete' && resolve(),
    );
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
  /** What the customer's side sounds like from now on. @param {'speech'|'speech+room'|'silence'|'room'|'music'|'test signal'} name silence: digital */
  sound(name) {
    sound = name;
    voice?.choose();
  },

  /** @returns {Promise<string>} the SDP offer, candidates included */
  async offer(id, { comfortNoise = false } = {}) {
    const connection = open(id);
    const stream = voiceStream();
    // With its stream: the Voice SDK measures the customer's level only on a track that has one.
    const transceiver = connection.addTransceiver(stream.getAudioTracks()[0], {
      direction: 'sendrecv',
      streams: [stream],
    });
    const codecs = RTCRtpReceiver.getCapabilities('audio').codecs.filter(
      ({ mimeType, clockRate }) =>
        CODECS.includes(mimeType) || (comfortNoise && mimeType === COMFORT_NOISE && clockRate === 8000),
    );
    transceiver.setCodecPreferences(codecs);
    transceiver.setHeaderExtensionsToNegotiate(
      transceiver.getHeaderExtensionsToNegotiate().map(withoutCongestionControl),
    );
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
