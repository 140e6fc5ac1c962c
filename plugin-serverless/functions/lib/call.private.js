/** The call that an alert is about, as Twilio knows it (rule A5). What the browser says of it is its CallSid. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { expectAnswer, isAnsweredWith, pauseOf } = require(Runtime.getFunctions()['lib/twilio'].path);
const { nameOfAddress } = require(Runtime.getFunctions()['lib/voice-client-name'].path);

// Must be shorter than a claim's lifetime (14 days, claim.private.js): a call whose claim has expired could be acted on
// again.
const OLDEST_MS = 8 * 86_400_000;
const ANSWERED = ['in-progress', 'completed'];
const NOT_YET = ['queued', 'initiated', 'ringing'];
const ANSWER_PAUSE_S = 60;

/**
 * Looks the call up and makes sure that it was this worker's, was answered, and is not too old.
 *
 * @param {object} client see twilio.private.js
 * @param {string} callSid
 * @param {{userName: string | null}} worker as Twilio says of the token
 * @returns {Promise<object>} the call as the helper library gives it; throws a Refusal
 */
exports.callOf = async (client, callSid, worker) => {
  let call;
  try {
    call = await exports.fetchCall(client, callSid);
  } catch (error) {
    if (isAnsweredWith(error, 404)) throw notYours();
    throw exports.lookupUnavailable(client);
  }
  if (!isLegOf(worker, call)) throw notYours();
  exports.checkAnswered(client, call);
  if (!exports.isRecent(call)) throw new Refusal(422, 'call-too-old', 'The call ended too long ago.');
  return call;
};

/** @param {object} client see twilio.private.js @param {string} sid @returns {Promise<object>} a call */
exports.fetchCall = async (client, sid) => expectAnswer(await client.calls(sid).fetch(), 'sid', sid);

/** Throws a Refusal unless somebody has answered the call. */
exports.checkAnswered = (client, call) => {
  if (NOT_YET.includes(call.status)) {
    throw new Refusal(503, 'call-not-answered-yet', 'Twilio does not know the call as answered yet. Try again later.', {
      retryAfter: Math.max(ANSWER_PAUSE_S, pauseOf(client)),
    });
  }
  if (!exports.wasAnswered(call)) throw new Refusal(422, 'call-not-answered', 'Nobody has answered the call.');
};

/** Whether somebody has answered the call, and Twilio says when. */
exports.wasAnswered = (call) => ANSWERED.includes(call.status) && exports.lastTimeOf(call) !== null;

/** Whether the call is not older than what may be acted on. One without any time is. */
exports.isRecent = (call) => Date.now() - (exports.lastTimeOf(call) ?? 0) <= OLDEST_MS;

/** When the call ended or, where Twilio does not say, began, in ms since 1970; null if it says neither. */
exports.lastTimeOf = ({ startTime, endTime }) => timeOf(endTime) ?? timeOf(startTime);

/** When the call began, in ms since 1970; null if Twilio does not say. */
exports.startOf = ({ startTime }) => timeOf(startTime);

/** A time that the helper library cannot read, such as an empty one, it returns unchanged. */
function timeOf(date) {
  const time = date instanceof Date ? date.getTime() : NaN;
  return Number.isFinite(time) ? time : null;
}

/** Flex rings its agents at `client:<name>`, and a call that the browser makes by itself comes from there. */
function isLegOf({ userName }, { to, from, direction }) {
  return Boolean(userName) && nameOfAddress(direction === 'inbound' ? from : to) === userName;
}

/** One answer for a call that does not exist, one of another account and a colleague's: nobody learns which. */
function notYours() {
  return new Refusal(403, 'not-your-call', 'Twilio knows no such call of yours in this account.');
}

exports.lookupUnavailable = (client) =>
  new Refusal(503, 'call-lookup-unavailable', 'Twilio could not be asked about the call. Try again later.', {
    retryAfter: pauseOf(client),
  });
