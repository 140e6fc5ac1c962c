import { guarded } from '../guard';
import { log } from '../log';
import { TESTED_VERSIONS } from '../testedVersions';

/** By its third sample a call has everything. */
const LOOKED_AT = 3;
/** The Voice SDK gives one sample a second. */
const CERTAIN_AFTER_MS = 10_000;

/** What a sample has, known or not. */
const OF_SAMPLE = [
  'jitter',
  'rtt',
  'packetsLost',
  'packetsReceived',
  'packetsSent',
  'mos',
  'bytesReceived',
  'bytesSent',
  'audioInputLevel',
  'audioOutputLevel',
];

/**
 * Parts of the Voice SDK and Flex that the plugin reads, most of them undocumented: how to see that each is there, and
 * what is lost without it.
 * @type {Array<{of: keyof typeof TESTED_VERSIONS, what: string, lost: string, isThere: (seen: {call: any, state: any}) => boolean}>}
 */
const PARTS = [
  {
    of: 'Voice SDK',
    what: "the statistics of a call's peer connection",
    lost: 'loss on the way to the customer, a customer who hears nothing, and causes in the network are not noticed',
    isThere: ({ call }) => typeof call._mediaHandler?.version?.pc?.getStats === 'function',
  },
  {
    of: 'Voice SDK',
    what: 'the AudioContext that measures the levels',
    lost: 'a microphone whose level is not measured may be taken for a silent one',
    isThere: ({ call }) => typeof call._mediaHandler?._audioContext?.state === 'string',
  },
  {
    of: 'Voice SDK',
    what: "the call's microphone",
    lost: 'alerts do not name it, and it is not noticed that the system has muted it',
    isThere: ({ call }) => typeof call.getLocalStream?.()?.getAudioTracks === 'function',
  },
  {
    of: 'Flex UI',
    what: 'the tasks in its store',
    lost: 'notices have no place in Flex, and alerts name no task',
    isThere: ({ state }) => typeof state?.worker?.tasks?.get === 'function',
  },
  {
    of: 'Flex UI',
    what: 'the conferences in its store',
    lost: 'a call on hold may be taken for a silent one',
    isThere: ({ state }) => typeof state?.conferences?.states?.get === 'function',
  },
];

/**
 * Says once in the console what a version of the Voice SDK or of Flex UI does not give, and what is lost without it.
 * @param {() => Record<string, string | undefined>} versions by the names in TESTED_VERSIONS
 * @param {() => object | undefined} flexState
 */
export function missingReporter(versions, flexState) {
  const report = (of, what, lost) => {
    const { first, last } = TESTED_VERSIONS[of];
    const tested = first === last ? first : `${first} to ${last}`;
    const version = versions()[of] ?? 'of an unknown version';
    log.warnOnce(what, `${of} ${version} does not give ${what}: ${lost}. The plugin was tested with ${tested}.`);
  };

  /**
   * @param {object} call of the Voice SDK
   * @returns {{accepted: () => void, sample: (sample: object) => void, ended: () => void}} to be told of the call's events
   */
  return (call) => {
    let samples = 0;
    let acceptedAt;
    return {
      accepted() {
        acceptedAt = performance.now();
      },
      sample: guarded('looking for what is missing', (sample) => {
        samples += 1;
        if (samples !== LOOKED_AT) return;
        const seen = { call, state: flexState() };
        PARTS.filter(({ isThere }) => !isThere(seen)).forEach(({ of, what, lost }) => report(of, what, lost));
        const names = OF_SAMPLE.filter((name) => !(name in sample));
        if (names.length > 0)
          report('Voice SDK', `${names.join(', ')} in its samples`, 'what they show is not noticed');
      }),
      ended() {
        if (samples === 0 && performance.now() - acceptedAt >= CERTAIN_AFTER_MS)
          report('Voice SDK', 'samples', 'of a bad call, only what it warns of itself is noticed');
      },
    };
  };
}
