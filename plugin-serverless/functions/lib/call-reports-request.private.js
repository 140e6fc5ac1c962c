/** What a request to `calls` says, checked: cards of calls that have ended, or the beat of one that goes on. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { textOf } = require(Runtime.getFunctions()['lib/request'].path);
const { schemaErrorOf } = require(Runtime.getFunctions()['lib/schema'].path);

// The plugin sends ten at most.
const MAX_CARDS = 20;
const CARDS_MAX_BYTES = 16_384;
// The plugin's own limits are 700 and 430.
const CARD_MAX_BYTES = 800;
// The plugin's are short: the answer names those that it refuses.
const LONGEST_ID = 40;
const BEAT_MAX_BYTES = 600;
// The plugin keeps a card that nobody takes for 7 days.
const MAX_AGE_MS = 8 * 86_400_000;
// By how much an agent's clock may be ahead.
const MAX_AHEAD_MS = 10 * 60_000;

exports.ownerErrorOf = ownerErrorOf;
exports.timeErrorOf = timeErrorOf;

/**
 * @param {object} event the Function's event
 * @param {{workerSid: string}} worker whose token it is
 * @returns {{cards: {id: string, card: object}[], refused: {id: string, message: string}[]} | {beat: object}} of several
 *   cards, one that cannot be taken does not keep the others from it
 */
exports.readReports = (event, worker) => {
  const beat = textOf(event, 'beat');
  if (beat) return { beat: readBeat(beat, worker) };
  const text = textOf(event, 'cards');
  if (!text) throw new Refusal(400, 'reports-missing', 'There is neither a field "cards" nor a field "beat".');
  if (Buffer.byteLength(text) > CARDS_MAX_BYTES)
    throw new Refusal(413, 'cards-too-large', `The field "cards" has more than ${CARDS_MAX_BYTES} bytes.`);
  const documents = parsed(text, 'cards');
  if (!Array.isArray(documents) || documents.length === 0 || documents.length > MAX_CARDS)
    throw new Refusal(400, 'cards-invalid', `The field "cards" is no list of 1 to ${MAX_CARDS} cards.`);
  const ids = textOf(event, 'ids').split(',');
  const cards = [];
  const refused = [];
  documents.forEach((card, index) => {
    const id = (ids[index] ?? '').slice(0, LONGEST_ID);
    const problem = problemOfCard(card, worker);
    if (problem) refused.push({ id, message: `The card ${problem}.` });
    else cards.push({ id, card });
  });
  return { cards, refused };
};

function readBeat(text, worker) {
  if (Buffer.byteLength(text) > BEAT_MAX_BYTES)
    throw new Refusal(413, 'beat-too-large', `The field "beat" has more than ${BEAT_MAX_BYTES} bytes.`);
  const beat = parsed(text, 'beat');
  const problem = schemaErrorOf('beat', beat) ?? ownerErrorOf(beat, worker) ?? timeErrorOf(beat);
  if (problem) throw new Refusal(400, 'beat-invalid', `The beat ${problem}.`);
  return beat;
}

function problemOfCard(card, worker) {
  const problem = schemaErrorOf('card', card) ?? ownerErrorOf(card, worker) ?? timeErrorOf(card);
  if (problem) return problem;
  return Buffer.byteLength(JSON.stringify(card)) > CARD_MAX_BYTES ? `has more than ${CARD_MAX_BYTES} bytes` : null;
}

/**
 * Whether it says that it is somebody else's.
 * @param {{workerSid?: string}} report
 * @param {{workerSid: string}} worker whose token it is
 * @returns {string | null} the rest of a sentence
 */
function ownerErrorOf({ workerSid }, worker) {
  return workerSid === undefined || workerSid === worker.workerSid ? null : "is another worker's";
}

/**
 * Whether it is of a call at a time of which nothing is kept.
 * @param {{startedAt: number}} report
 * @returns {string | null} the rest of a sentence
 */
function timeErrorOf({ startedAt }) {
  const age = Date.now() - startedAt;
  if (age > MAX_AGE_MS) return 'is of a call that began too long ago';
  return age < -MAX_AHEAD_MS ? "is of a call that has not begun yet: the clock of the agent's computer is wrong" : null;
}

function parsed(text, field) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, `${field}-invalid`, `The field "${field}" is not JSON.`);
  }
}
