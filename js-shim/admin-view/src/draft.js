/** A block that is being edited, beside the one that it was made from. */

const SET = 'replay configure set';
const UNSET = 'replay configure unset';
const NAMESPACE = 'DeviceMonitoringPlugin';

/** The property that holds the pilot, and what the names of its parts and of its own properties begin with in findings. */
export const PILOT = 'pilot';
export const PART = `${PILOT}.`;
export const OWN = `${PART}properties.`;

/** The property that names the action for every alert, and the one that says which alerts other actions are for. */
export const ACTION = 'action';
export const ACTIONS = 'actions';

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What is no object has no properties. */
export const objectOf = (value) => (isObject(value) ? value : {});

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @returns {[string, unknown][]} what a block sets, by the names that findings use */
const settingsIn = (block) =>
  Object.entries(objectOf(block)).flatMap(([name, value]) =>
    name === PILOT ? settingsOfPilot(value) : [/** @type {[string, unknown]} */ ([name, value])],
  );

/** @returns {[string, unknown][]} */
function settingsOfPilot(pilot) {
  if (!isObject(pilot)) return [[PILOT, pilot]];
  const { properties, ...parts } = pilot;
  const own = isObject(properties) ? properties : {};
  const others = isObject(properties) || properties === undefined ? parts : pilot;
  return [
    ...Object.entries(own).map(([name, value]) => /** @type {[string, unknown]} */ ([OWN + name, value])),
    ...Object.entries(others).map(([part, value]) => /** @type {[string, unknown]} */ ([PART + part, value])),
  ];
}

/** Where a setting is in a block, by its name in findings. */
function pathOf(name) {
  if (name.startsWith(OWN)) return [PILOT, 'properties', name.slice(OWN.length)];
  return name.startsWith(PART) ? [PILOT, name.slice(PART.length)] : [name];
}

/** @returns {unknown} undefined: it is not set */
export const settingIn = (block, name) => pathOf(name).reduce((part, key) => objectOf(part)[key], block);

/** A pilot without anything is none. */
const isEmpty = (value) => isObject(value) && Object.keys(value).length === 0;

/**
 * The block with a setting; undefined takes it away.
 * @param {any} block
 * @param {string[]} path
 * @param {unknown} value
 */
function withSetting(block, path, value) {
  const [key, ...inner] = path;
  const { [key]: before, ...others } = objectOf(block);
  const after = inner.length > 0 ? withSetting(before, inner, value) : value;
  if (after === undefined || (inner.length > 0 && isEmpty(after))) return others;
  return { ...objectOf(block), [key]: after };
}

/**
 * @param {object | null} base null: there is no block
 * @param {object | null} block
 * @param {string[]} [order] of properties; any other comes behind
 * @returns {{property: string, before: unknown, after: unknown}[]} undefined for what is not set
 */
export function differenceBetween(base, block, order = []) {
  const [was, is] = [settingsIn(base), settingsIn(block)].map((settings) => new Map(settings));
  const places = new Map([...order, ...order.map((name) => OWN + name)].map((name, index) => [name, index]));
  const placeOf = (property) => places.get(property) ?? places.size;
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort((one, other) => placeOf(one) - placeOf(other))
    .filter((property) => !same(was.get(property), is.get(property)))
    .map((property) => ({ property, before: was.get(property), after: is.get(property) }));
}

/**
 * @typedef {object} Judged what the engine says of a block
 * @property {object} config the values in force
 * @property {{config: object}} [pilot] with the values in force in the pilot
 */

/**
 * What a setting comes to: undefined where it is not to be written, because it is in force anyhow.
 * @param {object | null} base
 * @param {Judged} judged of `base`
 * @param {object | null} block what has been made of `base` so far
 */
function writtenFor(base, { config, pilot }, block, name, value) {
  if (value === undefined || value === null) return undefined;
  const was = settingIn(base, name);
  if (!name.startsWith(OWN)) return same(value, config[name]) ? was : value;
  const own = name.slice(OWN.length);
  if (was !== undefined && same(value, pilot?.config[own])) return was;
  const outside = settingIn(block, own);
  // What all others are given in the draft is in it. If it is taken away, what they get is not known here.
  const isOutsideEdited = !same(outside, settingIn(base, own));
  return same(value, isOutsideEdited ? outside : config[own]) ? undefined : value;
}

/**
 * The block with a setting changed, or without it. What is in force anyhow is not written down.
 * @param {object | null} base
 * @param {Judged} judged of `base`
 * @param {object | null} block
 * @param {string} name
 * @param {unknown} value null takes it away
 */
export const withProperty = (base, judged, block, name, value) =>
  withSetting(block, pathOf(name), writtenFor(base, judged, block, name, value));

/**
 * @typedef {{changes: Record<string, unknown>}} Edited what was changed, by its name in findings: null takes it away
 * @typedef {{block: object | null, restores?: string}} Restored a whole version; `restores` until it is edited further
 * @typedef {Edited | Restored} Draft
 */

/**
 * What a draft makes of the block: of what was edited, whatever the block has become meanwhile.
 * @param {object | null} base
 * @param {Judged} judged of `base`
 * @param {Draft | undefined} draft
 * @returns {object | null}
 */
export function blockOf(base, judged, draft) {
  if (!draft) return base;
  if ('block' in draft) return draft.block;
  const changes = Object.entries(draft.changes);
  // The pilot's own properties come last: whether they are written depends on what all others have.
  const inOrder = [false, true].flatMap((isOwn) => changes.filter(([name]) => name.startsWith(OWN) === isOwn));
  const block = inOrder.reduce((before, change) => withProperty(base, judged, before, ...change), base);
  // What was changed and changed back is no change, not even where there is no block.
  return differenceBetween(base, block).length > 0 ? block : base;
}

/** The draft with one more setting changed. @returns {Draft} */
export function withChange(base, judged, draft, name, value) {
  if (draft && 'block' in draft) return { block: withProperty(base, judged, draft.block, name, value) };
  // The last change comes last: without the pilot, what was changed in it before is nothing.
  const isOver = (other) => other === name || (name === PILOT && other.startsWith(PART));
  const others = Object.entries(draft?.changes ?? {}).filter(([other]) => !isOver(other));
  return { changes: { ...Object.fromEntries(others), [name]: value } };
}

/** As a shell takes it. */
const word = (text) => (/^[\w.,=:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * @param {ReturnType<typeof differenceBetween>} difference
 * @param {object | null} block
 * @param {boolean} isInUiAttributes
 * @returns {string} the command that makes this change
 */
export function commandFor(difference, block, isInUiAttributes) {
  const option = isInUiAttributes ? ' --ui-attributes' : '';
  if (block === null) return `${UNSET}${option} ${NAMESPACE}`;
  // A pilot is set as a whole.
  const names = [...new Set(difference.map(({ property }) => pathOf(property)[0]))];
  const set = names.filter((name) => block[name] !== undefined);
  const unset = names.filter((name) => block[name] === undefined);
  return [
    set.length > 0 && [SET + option, ...set.map((name) => word(`${name}=${shown(block[name])}`))].join(' '),
    unset.length > 0 && [UNSET + option, ...unset.map(word)].join(' '),
  ]
    .filter(Boolean)
    .join(' && ');
}

/** What is copied as JSON. */
export const changesOf = (difference) =>
  Object.fromEntries(difference.map(({ property, after = null }) => [property, after]));
