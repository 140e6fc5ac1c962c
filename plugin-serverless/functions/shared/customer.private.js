/**
 * The customer of an agent's call, as Twilio knows it (rule A5): the other end of the call, or the one other
 * participant of its conference that is on the telephone. Task attributes do not count, because agents can change them.
 *
 * Twilio lists the participants of a conference while it goes on; afterwards Voice Insights does, with Advanced
 * Features, up to half an hour later.
 */
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);
const { pauseOf, statusOf } = require(Runtime.getFunctions()['shared/twilio'].path);
const { lookupUnavailable } = require(Runtime.getFunctions()['shared/call'].path);

const TELEPHONE = /^\+[1-9][0-9]{6,14}$/;
// What Twilio puts in the place of a number that was withheld: the letters of ANONYMOUS, RESTRICTED and so on, dialled.
const WITHHELD = ['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'];
const SUMMARY_AFTER_MS = 45 * 60_000;
const SUMMARY_PAUSE_S = 120;
const MOST_PARTICIPANTS = 20;
const MOST_CONFERENCES = 5;

/**
 * @param {object} client see twilio.private.js
 * @param {object} call the agent's, from call.private.js
 * @param {object} alert `conferenceSid` and `taskSid` say where to look; what is found there is checked
 * @returns {Promise<string>} the customer's number; throws a Refusal
 */
exports.customerOf = async (client, call, alert) => {
  try {
    const others = (await bridged(client, call)) ?? (await inConference(client, call, alert));
    const numbers = others.map(telephoneOf).filter((number) => number !== null);
    if (numbers.length !== 1) throw unknown(`has ${numbers.length} others on a telephone`);
    if (WITHHELD.includes(numbers[0])) throw unknown('came from a withheld number');
    return numbers[0];
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw lookupUnavailable(client);
  }
};

/** A call without a conference has a parent or a child. */
async function bridged(client, call) {
  if (call.parentCallSid) return [await client.calls(call.parentCallSid).fetch()];
  if (call.direction !== 'inbound') return null;
  const children = await client.calls.list({ parentCallSid: call.sid, limit: MOST_PARTICIPANTS });
  return children.length > 0 ? children : null;
}

async function inConference(client, call, { conferenceSid, taskSid }) {
  // Flex names a conference after its task.
  const named = taskSid ? await client.conferences.list({ friendlyName: taskSid, limit: MOST_CONFERENCES }) : [];
  const sids = new Set([conferenceSid, ...named.map(({ sid }) => sid)].filter(Boolean));
  for (const sid of sids) {
    const callSids = (await present(client, sid, call.sid)) ?? (await past(client, sid, call.sid));
    if (callSids) return Promise.all(callSids.map((other) => client.calls(other).fetch()));
  }
  // The record of a conference comes after its end.
  if (sids.size > 0 && Date.now() - (call.endTime ?? Date.now()) < SUMMARY_AFTER_MS) {
    throw new Refusal(503, 'customer-not-known-yet', 'Twilio does not say yet who was on the call. Try again later.', { retryAfter: Math.max(SUMMARY_PAUSE_S, pauseOf(client)) });
  }
  throw unknown('is in no conference that Twilio has a record of');
}

/** The others in a conference that goes on; null if the call is not in it. */
async function present(client, conferenceSid, callSid) {
  return othersIn(await found(client.conferences(conferenceSid).participants.list({ limit: MOST_PARTICIPANTS })), callSid);
}

/** The others who were in a conference; null if the call was not, or nobody knows. */
async function past(client, conferenceSid, callSid) {
  return othersIn(await found(client.insights.v1.conferences(conferenceSid).conferenceParticipants.list({ limit: MOST_PARTICIPANTS })), callSid);
}

function othersIn(participants, callSid) {
  const callSids = [...new Set(participants.map((participant) => participant.callSid))];
  return callSids.includes(callSid) ? callSids.filter((other) => other !== callSid) : null;
}

/** Nothing where Twilio knows of nothing, or may not say: without Advanced Features Voice Insights refuses. */
async function found(list) {
  try {
    return await list;
  } catch (error) {
    if ([401, 403, 404].includes(statusOf(error))) return [];
    throw error;
  }
}

/** Whom a call was from, or to if the account made it; null for other agents and for SIP. */
function telephoneOf({ direction, from, to }) {
  const number = direction === 'inbound' ? from : to;
  return TELEPHONE.test(number ?? '') ? number : null;
}

function unknown(why) {
  return new Refusal(422, 'customer-unknown', `Twilio does not say who the customer was: the call ${why}.`);
}
