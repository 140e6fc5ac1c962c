/** What a request to `configuration` says, checked. */
const { NAMESPACE, PLACES } = require(Runtime.getFunctions()['lib/flex-configuration-api'].path);
const { canonical, parsed } = require(Runtime.getFunctions()['lib/json-edit'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { textOf } = require(Runtime.getFunctions()['lib/request'].path);

// All properties with lists of teams and workers. The history keeps two of these, with every quote escaped, in 16 KB.
const BLOCK_MAX_BYTES = 4_000;
// A word in a list of an entry of the pilot's own `actions`.
const DEEPEST = 8;
const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
const LONGEST_TEXT = 200;
const CHANGE = /^[0-9]{13}-[0-9a-f]{8}$/;

exports.BLOCK_MAX_BYTES = BLOCK_MAX_BYTES;

/**
 * @returns {{place: string, block?: object | null, seen: Record<string, string>, restores?: string}} without `block` it is
 *   only read; null takes it away
 */
exports.readConfigurationRequest = (event) => {
  const { block } = event;
  const place = textOf(event, 'place') || 'attributes';
  const restores = textOf(event, 'restores');
  if (!PLACES.includes(place))
    throw new Refusal(400, 'field-invalid', `The field "place" is none of ${PLACES.join(', ')}.`);
  if (block === undefined) return { place, seen: {} };
  if (restores && !CHANGE.test(restores))
    throw new Refusal(400, 'field-invalid', 'The field "restores" is not the id of a change.');
  return { place, block: readBlock(block), seen: readSeen(textOf(event, 'seen')), ...(restores && { restores }) };
};

function readBlock(text) {
  const refuse = (why) => new Refusal(400, 'block-invalid', `The field "block" ${why}.`);
  if (typeof text !== 'string') throw refuse('must be sent once, as text');
  const tooLarge = () =>
    new Refusal(413, 'block-too-large', `The field "block" has more than ${BLOCK_MAX_BYTES} bytes.`);
  if (Buffer.byteLength(text) > BLOCK_MAX_BYTES) throw tooLarge();
  let block;
  let again;
  let isKept;
  try {
    block = JSON.parse(text);
    again = JSON.stringify(block);
    isKept = canonical(text, parsed(text)) === canonical(again, parsed(again));
  } catch {
    throw refuse('is not JSON');
  }
  if (block === null) return null;
  if (typeof block !== 'object' || Array.isArray(block)) throw refuse('is not a JSON object');
  if (!isKept) throw refuse('has a name twice, or a number that would be rounded');
  const problem = problemIn(block, 1);
  if (problem) throw refuse(problem);
  // It is written as JavaScript writes it: 1e20 then has 21 digits.
  if (Buffer.byteLength(again) > BLOCK_MAX_BYTES) throw tooLarge();
  return block;
}

/** @returns {string | undefined} what no configuration of ours has */
function problemIn(value, depth) {
  if (depth > DEEPEST) return 'is nested too deeply';
  if (typeof value === 'string') {
    // Strict readers of JSON, such as `replay configure`, would not read the block any more.
    if (/\p{Cs}/u.test(value)) return 'has a text with half of a character';
    return value.length > LONGEST_TEXT ? `has a text of more than ${LONGEST_TEXT} characters` : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  // What every object has already (__proto__, constructor) is no name of a property.
  const isName = (name) => NAME.test(name) && !(name in Object.prototype) && name !== NAMESPACE;
  if (!Array.isArray(value) && !Object.keys(value).every(isName)) return 'has a name that no property can have';
  return Object.values(value).flatMap((one) => problemIn(one, depth + 1) ?? [])[0];
}

function readSeen(text) {
  let seen;
  try {
    seen = JSON.parse(text);
  } catch {
    seen = null;
  }
  const isVersion = seen !== null && typeof seen === 'object' && !Array.isArray(seen);
  if (!isVersion || !Object.values(seen).every((code) => typeof code === 'string'))
    throw new Refusal(400, 'field-invalid', 'The field "seen" is not the version of an answer.');
  return seen;
}
