/** A block that is being edited, beside the one that it was made from. */

const SET = 'replay configure set';
const UNSET = 'replay configure unset';
const NAMESPACE = 'DeviceMonitoringPlugin';

/** What is no object has no properties. */
export const objectOf = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * @param {object | null} base null: there is no block
 * @param {object | null} block
 * @param {string[]} [order] of properties; any other comes behind
 * @returns {{property: string, before: unknown, after: unknown}[]} undefined for what is not set
 */
export function differenceBetween(base, block, order = []) {
  const [was, is] = [objectOf(base), objectOf(block)];
  const places = new Map(order.map((property, index) => [property, index]));
  const placeOf = (property) => places.get(property) ?? order.length;
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .sort((one, other) => placeOf(one) - placeOf(other))
    .filter((property) => !same(was[property], is[property]))
    .map((property) => ({ property, before: was[property], after: is[property] }));
}

/**
 * The block with a property set, or without it. What is in force anyhow is not written down.
 * @param {object | null} base
 * @param {object} baseConfig the values in force under `base`
 * @param {object | null} block
 * @param {string} property
 * @param {unknown} value null takes it away
 */
export function withProperty(base, baseConfig, block, property, value) {
  const { [property]: _, ...others } = objectOf(block);
  const was = objectOf(base)[property];
  if (value === undefined || value === null) return others;
  if (same(value, baseConfig[property])) return was === undefined ? others : { ...objectOf(block), [property]: was };
  return { ...objectOf(block), [property]: value };
}

/**
 * @typedef {{changes: Record<string, unknown>}} Edited what was changed: null takes a property away
 * @typedef {{block: object | null, restores?: string}} Restored a whole version; `restores` until it is edited further
 * @typedef {Edited | Restored} Draft
 */

/**
 * What a draft makes of the block: of what was edited, whatever the block has become meanwhile.
 * @param {object | null} base
 * @param {object} baseConfig
 * @param {Draft | undefined} draft
 * @returns {object | null}
 */
export function blockOf(base, baseConfig, draft) {
  if (!draft) return base;
  if ('block' in draft) return draft.block;
  const changes = Object.entries(draft.changes);
  const block = changes.reduce((before, change) => withProperty(base, baseConfig, before, ...change), base);
  // What was changed and changed back is no change, not even where there is no block.
  return differenceBetween(base, block).length > 0 ? block : base;
}

/** The draft with one more property changed. @returns {Draft} */
export const withChange = (base, baseConfig, draft, property, value) =>
  draft && 'block' in draft
    ? { block: withProperty(base, baseConfig, draft.block, property, value) }
    : { changes: { ...draft?.changes, [property]: value } };

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
  const set = difference.filter(({ after }) => after !== undefined);
  const unset = difference.filter(({ after }) => after === undefined);
  return [
    set.length > 0 &&
      [SET + option, ...set.map(({ property, after }) => word(`${property}=${shown(after)}`))].join(' '),
    unset.length > 0 && [UNSET + option, ...unset.map(({ property }) => word(property))].join(' '),
  ]
    .filter(Boolean)
    .join(' && ');
}

/** What is copied as JSON. */
export const changesOf = (difference) =>
  Object.fromEntries(difference.map(({ property, after = null }) => [property, after]));
