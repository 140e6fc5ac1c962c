// The scenarios of recordings: data, checked when they are read.
import fs from 'node:fs';
import { checkStep, timeline } from './timeline.mjs';

/**
 * @typedef {object} Scenario
 * @property {string} name also the file's
 * @property {string} description
 * @property {boolean} [heldOut] not to be looked at when anything is tuned
 * @property {boolean} [check] held out, and not scored before everything was tuned
 * @property {string | null} [cause] why the call is bad; null: nothing of which a cause would be true
 * @property {Array<'ethernet'|'wifi'|'vpn'>} [networks] of the agent, of the kinds that Chromium takes them for
 * @property {'forced'|'asked for'} [relay] the agent's media take a relay over TCP
 * @property {'firefox'} [browser] the agent's; Chromium unless given
 * @property {'PCMU'|'opus'} [codec] PCMU unless given, as in Flex
 * @property {'dtx'|'comfort noise'} [silence] how packets are saved in silence: not at all unless given
 * @property {'speech'|'turns+room'|'of the system'} [microphone] what the agent's hears: speech with digital silence in its
 *   pauses, as noise suppression gives, unless given; or turns of speech in a room whose noise never stops; or the same
 *   speech by way of a sound server, which can mute it
 * @property {'speech'|'speech+room'|'test signal'} [customer] the same for the customer's side; of the test signal it is
 *   recorded how much of what the agent's browser plays is made up
 * @property {500|1000} [dumpEvery] milliseconds: webrtc-internals is open and asks for statistics so often, and its dumps
 *   are kept beside the recording, in tests/dumps
 * @property {CallOf[]} calls one after the other; a scenario of one call says `seconds`, `steps` and `hangUp` itself
 *
 * @typedef {object} CallOf
 * @property {number} seconds
 * @property {import('./timeline.mjs').Step[]} steps
 * @property {'agent'|'customer'} [hangUp] who ends it, the agent unless given
 */

const FIELDS = [
  'name',
  'description',
  'heldOut',
  'check',
  'cause',
  'networks',
  'relay',
  'browser',
  'codec',
  'silence',
  'microphone',
  'customer',
  'dumpEvery',
  'calls',
  'seconds',
  'steps',
  'hangUp',
];
/** @type {Record<string, unknown[]>} */
const VALUES = {
  heldOut: [true],
  check: [true],
  browser: ['firefox'],
  codec: ['PCMU', 'opus'],
  silence: ['dtx', 'comfort noise'],
  microphone: ['speech', 'turns+room', 'of the system'],
  relay: ['forced', 'asked for'],
  customer: ['speech', 'speech+room', 'test signal'],
  dumpEvery: [500, 1000],
  hangUp: ['agent', 'customer'],
};
/** The codec that can leave packets out that way. */
const SILENCE_OF = { dtx: 'opus', 'comfort noise': 'PCMU' };

/** @returns {Scenario} with its calls in a list, and everything said that it left to be understood */
export function checkScenario(scenario) {
  try {
    for (const name of Object.keys(scenario)) if (!FIELDS.includes(name)) throw new Error(`there is no "${name}"`);
    if (!/^[a-z0-9_]+$/.test(scenario.name)) throw new Error('a name is of small letters, digits and _');
    if (!scenario.description) throw new Error('it says nothing about itself');
    const { seconds, steps = [], hangUp, calls = [{ seconds, steps, ...(hangUp && { hangUp }) }], ...rest } = scenario;
    for (const holder of [scenario, ...calls]) {
      for (const [name, values] of Object.entries(VALUES)) {
        if (name in holder && !values.includes(holder[name]))
          throw new Error(`"${name}" is one of ${values.join(', ')}, not ${JSON.stringify(holder[name])}`);
      }
    }
    const checked = {
      heldOut: scenario.check ?? false,
      codec: 'PCMU',
      microphone: 'speech',
      customer: 'speech',
      ...rest,
      calls: calls.map((call) => ({ steps: [], hangUp: 'agent', ...call })),
    };
    if (checked.silence && SILENCE_OF[checked.silence] !== checked.codec)
      throw new Error(`${checked.codec} has no ${checked.silence}`);
    for (const call of checked.calls) {
      if (!(call.seconds > 0)) throw new Error('a call without "seconds"');
      call.steps.forEach(checkStep);
      timeline(call.steps, call.seconds * 1000);
    }
    return checked;
  } catch (error) {
    throw new Error(`scenario ${scenario.name ?? '?'}: ${error.message}`, { cause: error });
  }
}

/** @returns {Scenario[]} */
export function readScenarios(
  files = ['scenarios.json', 'causes.json', 'firefox.json'].map((name) => new URL(name, import.meta.url)),
) {
  const scenarios = [files].flat().flatMap((file) => JSON.parse(fs.readFileSync(file, 'utf8')).map(checkScenario));
  const names = scenarios.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two scenarios are called ${twice}`);
  return scenarios;
}
