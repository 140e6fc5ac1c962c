/** Cards and beats, as the plugin sends them. */
import { TOKEN, WORKER_SID } from './requests.mjs';

export const callSid = (number) => `CA${String(number).padStart(32, '0')}`;

/** A card, version 1, of a call that began an hour ago. */
export const card = (changes = {}) => ({
  version: 1,
  callSid: callSid(1),
  workerSid: WORKER_SID,
  direction: 'inbound',
  startedAt: Date.now() - 3_600_000,
  durationMs: 60_000,
  warningMs: 21_000,
  reasons: ['warningDurPct'],
  diagnosis: 'your-network',
  evidence: { networkType: 'wifi', concealmentMs: 85, bufferSwingMs: 40 },
  timeline: {
    'connection-lost': [[31, 4.5]],
    'your-network': [
      [12, 19, 'wifi'],
      [40.5, 2],
    ],
  },
  omittedStretches: 3,
  conditions: { 'high-rtt': 21, 'low-mos': 8.5 },
  metrics: { rtt: [300.5, 812], jitter: [8, 20.1], packetsLostFraction: [1, 2], mos: [3.9, 4.4] },
  edge: 'roaming',
  cause: 'wifi',
  headset: '0b0e:0245',
  codec: 'opus',
  networkType: 'wifi',
  rttFloorMs: 31,
  versions: { plugin: '0.1.0', flexUi: '2.17.1', voiceSdk: '2.11.1' },
  ...changes,
});

/** A beat, version 1. */
export const beat = (changes = {}) => ({
  version: 1,
  callSid: callSid(1),
  workerSid: WORKER_SID,
  startedAt: Date.now() - 60_000,
  at: Date.now(),
  conditions: ['high-rtt'],
  since: Date.now() - 8_000,
  diagnosis: 'your-network',
  cause: 'wifi',
  keys: ['wifi', 'ashburn', '0b0e:0245', 'chrome/142', '2.11.1', '0.1.0'],
  ...changes,
});

export const cardsForm = (cards, changes = {}) => ({
  Token: TOKEN,
  cards: JSON.stringify(cards),
  ids: cards.map((one) => `card-${one?.callSid}`).join(','),
  ...changes,
});

export const beatForm = (changes = {}, fields = {}) => ({
  Token: TOKEN,
  beat: JSON.stringify(beat(changes)),
  ...fields,
});
