/** The call that an alert is about, as Twilio knows it (rule A5). What the browser says of it is its CallSid. */
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);
const { pauseOf, statusOf } = require(Runtime.getFunctions()['shared/twilio'].path);

// Long before that the browser has delivered an alert or been refused. And the claim of a call that
// is still accepted must not have expired (claim.private.js).
const OLDEST_MS = 8 * 86_400_000;

/**
 * Looks the call up and makes sure that it was this worker's.
 *
 * @param {object} client see twilio.private.js
 * @param {string} callSid
 * @param {{identity: string | null}} worker as Twilio says of the token
 * @returns {Promise<object>} the call as the helper library gives it; throws a Refusal
 */
exports.callOf = async (client, callSid, worker) => {
  let call;
  try {
    call = await client.calls(callSid).fetch();
  } catch (error) {
    if (statusOf(error) === 404) throw notYours();
    throw exports.lookupUnavailable(client);
  }
  if (!isLegOf(worker.identity, call)) throw notYours();
  if (call.endTime && Date.now() - call.endTime > OLDEST_MS) {
    throw new Refusal(422, 'call-too-old', 'The call ended too long ago.');
  }
  return call;
};

/**
 * Flex rings its agents at `client:<identity>`, and a call that the browser makes by itself comes from there. The
 * identity in that address is the token's own, or the token's with its special characters written out.
 */
function isLegOf(identity, { to, from, direction }) {
  if (!identity) return false;
  const address = direction === 'inbound' ? from : to;
  return [identity, exports.clientNameOf(identity)].some((name) => address === `client:${name}`);
}

/** As Flex makes a worker's `contact_uri` of an e-mail address: jane@example.com → jane_40example_2Ecom. */
exports.clientNameOf = (identity) => {
  const hex = (byte) => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return identity.replace(/[^A-Za-z0-9]/gu, (character) => [...Buffer.from(character)].map(hex).join(''));
};

/** One answer for a call that does not exist, one of another account and a colleague's: nobody learns which. */
function notYours() {
  return new Refusal(403, 'not-your-call', 'Twilio knows no such call of yours in this account.');
}

exports.lookupUnavailable = (client) =>
  new Refusal(503, 'call-lookup-unavailable', 'Twilio could not be asked about the call. Try again later.', { retryAfter: pauseOf(client) });
