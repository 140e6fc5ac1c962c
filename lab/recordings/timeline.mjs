// A scenario's steps as what to do when: pure, and strict about what a scenario may say.
import { checkImpairment } from '../network/impairment.mjs';

/**
 * @typedef {object} Step a stretch of a call in which something is otherwise than usual; seconds since the call was accepted
 * @property {number} at
 * @property {number} [for] how long; to the call's end unless given
 * @property {number} [every] again each so many seconds
 * @property {number} [until] as long as it begins before this
 * @property {{both?: object, up?: object, down?: object}} [network] impairments, on top of those of other steps
 * @property {'silence'|'room'|'music'} [customer] what the customer's side sounds like
 * @property {'busy'|'pressed'|'soundless'} [computer] busy: it does not keep up; pressed: the browser says that it is under pressure;
 *   soundless: the browser has stopped playing
 * @property {'out'} [cable] of the first of the agent's networks
 * @property {'silent'|'listening'|'unplugged'|'muted'} [microphone] muted: by the system; both of the first give digital silence: one because it is
 *   broken, one because noise suppression lets nothing of somebody who listens through
 * @property {true} [mute] the agent mutes
 * @property {true} [hold] the agent puts the customer on hold
 * @property {number} [busy] ms of each second in which Flex's page has no time for anything else
 *
 * @typedef {object} Action
 * @property {number} at ms
 * @property {'network'|'customer'|'microphone'|'computer'|'cable'|'mute'|'hold'|'busy'} what
 * @property {boolean} on a stretch begins, or ends
 * @property {string} label the same at a stretch's begin and end
 * @property {object} [network] what is in force from now on in the directions that changed; null is nothing
 * @property {{up: object, down: object}} [state] what is in force in both directions
 * @property {any} [value] any of a step's values: what the sound or the microphone is from now on
 */

const CUSTOMER = { silence: 'customer silent', room: 'customer in a quiet room', music: 'music' };
const MICROPHONE = {
  silent: 'microphone silent',
  listening: 'agent listens',
  unplugged: 'microphone unplugged',
  muted: 'microphone muted by the system',
};
const COMPUTER = { busy: 'computer busy', pressed: 'computer under pressure', soundless: 'browser without sound' };
// In the order in which things happen that a scenario has at the same time: the sound changes because of the hold.
const KINDS = ['hold', 'mute', 'microphone', 'customer', 'busy', 'computer', 'cable', 'network'];
const TIMES = ['at', 'for', 'every', 'until'];
const DIRECTIONS = ['up', 'down'];

const seconds = (value) => typeof value === 'number' && value >= 0 && value < 3600;

export function checkStep(step) {
  for (const name of Object.keys(step)) {
    if (!KINDS.includes(name) && !TIMES.includes(name))
      throw new Error(`a step has no "${name}"; it has ${[...TIMES, ...KINDS].join(', ')}`);
  }
  for (const name of TIMES)
    if (name in step && !seconds(step[name]))
      throw new Error(`"${name}" is seconds, not ${JSON.stringify(step[name])}`);
  if (!('at' in step)) throw new Error('a step without "at"');
  if ('every' in step !== 'until' in step) throw new Error('"every" and "until" go together');
  if ('every' in step && !(step.for < step.every)) throw new Error('what comes "every" so often lasts shorter: "for"');
  if (!KINDS.some((kind) => kind in step)) throw new Error(`a step without any of ${KINDS.join(', ')}`);
  for (const [direction, impairment] of Object.entries(step.network ?? {})) {
    if (![...DIRECTIONS, 'both'].includes(direction))
      throw new Error(`a direction is both, up or down, not "${direction}"`);
    checkImpairment(impairment);
  }
  if ('customer' in step && !CUSTOMER[step.customer])
    throw new Error(`the customer is one of ${Object.keys(CUSTOMER).join(', ')}, not "${step.customer}"`);
  if ('microphone' in step && !MICROPHONE[step.microphone])
    throw new Error(`the microphone is one of ${Object.keys(MICROPHONE).join(', ')}, not "${step.microphone}"`);
  if ('computer' in step && !COMPUTER[step.computer])
    throw new Error(`the computer is one of ${Object.keys(COMPUTER).join(', ')}, not "${step.computer}"`);
  if ('cable' in step && step.cable !== 'out') throw new Error('"cable" is out, or absent');
  if ('busy' in step && !(step.busy > 0 && step.busy < 1000))
    throw new Error(`"busy" is milliseconds of each second, not ${JSON.stringify(step.busy)}`);
  for (const kind of ['mute', 'hold'])
    if (kind in step && step[kind] !== true) throw new Error(`"${kind}" is true, or absent`);
  return step;
}

/** Every stretch by itself, repetitions unrolled, one for each kind: {kind, from, to, value}, ms. */
function stretchesOf(steps, endMs) {
  const stretches = [];
  for (const step of steps) {
    const { at, for: length = Infinity, every = Infinity, until = at + 1e-9 } = step;
    for (let start = at; start < until; start += every) {
      const from = Math.round(start * 1000);
      if (from >= endMs) throw new Error(`a step at ${start} s is after the end of the call`);
      for (const kind of KINDS)
        if (kind in step) stretches.push({ kind, from, to: Math.round((start + length) * 1000), value: step[kind] });
      if (every === Infinity) break;
    }
  }
  return stretches;
}

/** The impairment of each direction, of all the stretches that are on. */
function inForce(stretches) {
  const state = { up: {}, down: {} };
  for (const { value } of stretches) {
    for (const [direction, impairment] of Object.entries(value)) {
      for (const name of direction === 'both' ? DIRECTIONS : [direction]) Object.assign(state[name], impairment);
    }
  }
  return state;
}

const orNull = (impairment) => (Object.keys(impairment).length ? impairment : null);

/** What changed, as the recording format says it. */
function described(before, after) {
  const text = (state, name) => JSON.stringify(state[name]);
  const changed = DIRECTIONS.filter((name) => text(before, name) !== text(after, name));
  if (changed.length === 2 && text(after, 'up') === text(after, 'down')) return { both: orNull(after.up) };
  return Object.fromEntries(changed.map((name) => [name, orNull(after[name])]));
}

function labelOf({ kind, value }) {
  if (kind === 'customer') return CUSTOMER[value];
  if (kind === 'microphone') return MICROPHONE[value];
  if (kind === 'computer') return COMPUTER[value];
  return { network: 'network', cable: 'cable out', mute: 'muted', hold: 'on hold', busy: 'page busy' }[kind];
}

/**
 * @param {Step[]} steps
 * @param {number} endMs when the call is hung up; what is still on then is not ended
 * @param {'speech'|'speech+room'|'test signal'} [usualCustomer] what the customer's side sounds like between the steps
 * @returns {Action[]} in order
 */
export function timeline(steps, endMs, usualCustomer = 'speech') {
  const stretches = stretchesOf(steps, endMs);
  const edges = stretches.flatMap((stretch) => [
    { at: stretch.from, on: true, stretch },
    { at: stretch.to, on: false, stretch },
  ]);
  // Of two at the same time the end comes first, so that one sound can follow another.
  const ordered = edges
    .filter(({ at }) => at < endMs)
    .sort((one, other) => one.at - other.at || Number(one.on) - Number(other.on));
  const on = new Set();
  return ordered.map(({ at, on: begins, stretch }) => {
    const ofKind = () => [...on].filter(({ kind }) => kind === stretch.kind);
    const before = ofKind();
    if (begins) on.add(stretch);
    else on.delete(stretch);
    /** @type {Action} */
    const action = { at, what: /** @type {Action['what']} */ (stretch.kind), on: begins, label: labelOf(stretch) };
    if (stretch.kind === 'network') {
      const states = [inForce(before), inForce(ofKind())];
      return { ...action, network: described(...states), state: states[1] };
    }
    if (begins && before.length) throw new Error(`two of "${stretch.kind}" at once, at ${at / 1000} s`);
    const usual = { customer: usualCustomer, microphone: 'on', busy: 0 };
    return { ...action, value: begins ? stretch.value : (usual[stretch.kind] ?? false) };
  });
}

/**
 * What was done besides the network, as a `truth` line says it.
 * @param {Pick<Action, 'what' | 'value'>} action
 */
export const actionText = ({ what, value }) => (what === 'network' ? null : `${what}(${value})`);
