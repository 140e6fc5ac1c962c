/**
 * The customer of an agent's call, as Twilio knows it (rule A5): the other end of the call, or the one other
 * participant of its conference who is no colleague. Task attributes do not count, because agents can change them.
 *
 * Twilio lists the participants of a conference while it goes on; afterwards Voice Insights does, with Advanced
 * Features, up to half an hour later. Of an inbound call, TaskRouter's events may tell it as well (task-event.private.js).
 */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { isAnsweredWith, pauseOf } = require(Runtime.getFunctions()['lib/twilio'].path);
const { checkAnswered, fetchCall, lastTimeOf, lookupUnavailable } = require(Runtime.getFunctions()['lib/call'].path);
const { isCustomerNumber } = require(Runtime.getFunctions()['lib/phone-number'].path);
const { callerOfTask } = require(Runtime.getFunctions()['lib/task-event'].path);

const SUMMARY_AFTER_MS = 45 * 60_000;
const SUMMARY_PAUSE_S = 120;
const MAX_PARTICIPANTS = 20;
const MAX_CONFERENCES = 5;

/**
 * @param {object} client see twilio.private.js
 * @param {object} call the agent's, from call.private.js
 * @param {object} alert `conferenceSid` and `taskSid` say where to look; what is found there is checked
 * @param {{worker: object, context: object}} who `context` is the Function's: TASKROUTER_WORKSPACE_SID
 * @returns {Promise<{number: string, callSid: string, colleagues: string[]}>} the customer's number, the SID of the
 *   customer's own call, and those of the other agents' calls in the conversation; throws a Refusal
 */
exports.customerOf = async (client, call, alert, { worker, context }) => {
  try {
    const others = (await bridged(client, call)) ?? (await inConference(client, call, alert, { worker, context }));
    const outside = others.filter((other) => !isColleague(other));
    if (outside.length !== 1) throw unknown(`has ${outside.length} others who are no colleagues`);
    const [customer] = outside;
    const number = addressOf(customer);
    if (!isCustomerNumber(number)) throw unknown("shows no number of the customer's");
    // Whoever was called and did not answer has heard nothing of the agent.
    checkAnswered(client, customer);
    return { number, callSid: customer.sid, colleagues: others.filter(isColleague).map(({ sid }) => sid) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw lookupUnavailable(client);
  }
};

/** A call without a conference has a parent or a child. */
async function bridged(client, call) {
  if (call.parentCallSid) return [await fetchCall(client, call.parentCallSid)];
  if (call.direction !== 'inbound') return null;
  const children = await allOf(client.calls.list({ parentCallSid: call.sid, limit: MAX_PARTICIPANTS + 1 }));
  return children.length > 0 ? children : null;
}

async function inConference(client, call, { conferenceSid, taskSid }, { worker, context }) {
  // Flex names a conference after its task.
  const named = taskSid ? await client.conferences.list({ friendlyName: taskSid, limit: MAX_CONFERENCES }) : [];
  const sids = new Set([conferenceSid, ...named.map(({ sid }) => sid)].filter(Boolean));
  const others = (callSids) =>
    Promise.all(callSids.filter((sid) => sid !== call.sid).map((sid) => fetchCall(client, sid)));
  let wasWithoutIt = false;
  /* eslint-disable no-await-in-loop -- the next conference is only asked about if this one is another call's */
  for (const sid of sids) {
    const participants = await present(client, sid);
    if (participants.includes(call.sid)) return others(participants);
    const recorded = await past(client, sid);
    if (recorded.includes(call.sid)) return others(recorded);
    wasWithoutIt ||= recorded.length > 0;
  }
  /* eslint-enable no-await-in-loop */
  // If the task's conference is on record and this call was not in it, the task's caller is not this call's customer.
  const { caller, problem } =
    taskSid && !wasWithoutIt ? await callerOfTask(client, { call, taskSid, worker, context }) : {};
  if (caller) return [caller];
  // The record of a conference comes after its end.
  const ended = call.status === 'in-progress' ? Date.now() : lastTimeOf(call);
  if (sids.size > 0 && Date.now() - (ended ?? 0) < SUMMARY_AFTER_MS) {
    throw new Refusal(503, 'customer-not-known-yet', 'Twilio does not say yet who was on the call. Try again later.', {
      retryAfter: Math.max(SUMMARY_PAUSE_S, pauseOf(client)),
    });
  }
  // With the right variable, somebody might be known: an admin can mend that.
  throw problem ?? unknown('is in no conference that Twilio has a record of');
}

/** The calls that are in a conference now; none if nobody knows. */
const present = (client, conferenceSid) => callsOf(client.conferences(conferenceSid).participants);

/** The calls that were in a conference; none if nobody knows. */
const past = (client, conferenceSid) => callsOf(client.insights.v1.conferences(conferenceSid).conferenceParticipants);

async function callsOf(participants) {
  const found = await allOf(foundIn(participants.list({ limit: MAX_PARTICIPANTS + 1 })));
  return [...new Set(found.map(({ callSid }) => callSid))];
}

/** Refuses a list that is longer than what is looked at: another customer may be among the rest. */
async function allOf(list) {
  const found = await list;
  if (found.length > MAX_PARTICIPANTS) throw unknown(`has more than ${MAX_PARTICIPANTS} participants`);
  return found;
}

/** Nothing where Twilio knows of nothing, or may not say: without Advanced Features Voice Insights refuses. */
async function foundIn(list) {
  try {
    return await list;
  } catch (error) {
    if (isAnsweredWith(error, 401, 403, 404)) return [];
    throw error;
  }
}

/** The other party's address: where a call came from, or where it went if the account made it. */
const addressOf = ({ direction, from, to }) => (direction === 'inbound' ? from : to) ?? '';

/**
 * Another agent or a supervisor: in a browser, or at a SIP telephone that the account rang. Anybody else may be the
 * customer, with or without a number: if the customer withholds theirs, nobody else must pass for the customer.
 */
const isColleague = (call) =>
  /^client:/i.test(addressOf(call)) || (call.direction !== 'inbound' && /^sips?:/i.test(addressOf(call)));

function unknown(why) {
  return new Refusal(422, 'customer-unknown', `Twilio does not say who the customer was: the call ${why}.`);
}
