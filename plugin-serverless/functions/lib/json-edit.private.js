/**
 * JSON as text, of which one member is ours: it is replaced or taken away, and every other byte stays. Reading and writing
 * again would round numbers, drop members that come twice, and change white space, escapes and perhaps the order.
 *
 * `replay configure` follows the same rules; test/configuration-cases.json holds both to them.
 */
const { applyEdits, modify, parseTree } = require('jsonc-parser');

// Nested deeper than this, two values are the same only to the byte.
const DEEPEST = 100;

/** @returns {import('jsonc-parser').Node} throws an Error if the text is no JSON or is nested too deeply to be read */
exports.parsed = (text) => {
  JSON.parse(text); // jsonc-parser reads more than JSON
  return /** @type {import('jsonc-parser').Node} */ (parseTree(text));
};

const membersOf = (object) =>
  (object.children ?? []).map(({ children: [key, value], offset, length }) => ({
    name: String(key.value),
    value,
    offset,
    end: offset + length,
  }));

/** @returns {Map<string, import('jsonc-parser').Node>} the members of an object; of several of a name the last one counts */
exports.membersOf = (object) => new Map(membersOf(object).map(({ name, value }) => [name, value]));

/** A value as it was written. */
const written = (text, { offset, length }) => text.slice(offset, offset + length);
exports.written = written;

/**
 * The text of an object without the members of a name, but for so many at the end: each goes with the comma before it, or
 * the one behind it if nothing is before it. All at once: with one after the other, thousands would take minutes.
 */
function without(text, name, but) {
  const root = exports.parsed(text);
  const members = membersOf(root);
  let left = members.filter((member) => member.name === name).length - but;
  const parts = [];
  const start = root.offset + 1;
  let copied = 0;
  let before = start;
  let isAnyBefore = false;
  members.forEach(({ name: itsName, end }, index) => {
    const isGone = left > 0 && itsName === name;
    if (isGone) {
      left -= 1;
      parts.push(text.slice(copied, isAnyBefore ? before : Math.max(copied, start)));
      copied = isAnyBefore ? end : (members[index + 1]?.offset ?? end);
    }
    isAnyBefore ||= !isGone;
    before = end;
  });
  return parts.join('') + text.slice(copied);
}

/**
 * The text of an object with one member set, or taken away if `value` is undefined. If the name comes several times, the
 * last one is replaced, as it is the one that counts, and the others are taken away.
 */
exports.withMember = (text, name, value) => {
  if (value === undefined) return without(text, name, 0);
  const result = without(text, name, 1);
  return applyEdits(result, modify(result, [name], value, {}));
};

/**
 * A value in a form that is the same for all texts that say the same: white space, the order of members, and the way in
 * which a text or a number is written do not matter. Numbers are decimals here, so that none is rounded.
 */
exports.canonical = (text, node) => canonicalOrNull(text, node, 0) ?? written(text, node);

function canonicalOrNull(text, node, depth) {
  if (depth > DEEPEST) return null;
  const { type } = node;
  if (type === 'object') {
    const members = membersOf(node).map(({ name, value }) => [name, canonicalOrNull(text, value, depth + 1)]);
    if (members.some(([, value]) => value === null)) return null;
    return `{${members
      .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
      .sort()
      .join(',')}}`;
  }
  if (type === 'array') {
    const values = (node.children ?? []).map((value) => canonicalOrNull(text, value, depth + 1));
    return values.includes(null) ? null : `[${values.join(',')}]`;
  }
  return type === 'number' ? decimal(written(text, node)) : JSON.stringify(node.value);
}

/** A number of JSON as its digits without zeros around them, and the power of ten that they are multiplied by. */
function decimal(number) {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return `${sign}0`;
  const significant = digits.replace(/0+$/, '');
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
