/**
 * Who called, by TaskRouter's own record of how a task began: its event `task.created` names the call that the task was
 * made of, and nobody can change an event. Another source of an inbound call's customer, where Twilio has no record of
 * the conference; off unless TASKROUTER_WORKSPACE_SID is set (docs/security.md says what it rests on).
 */
const { fetchCall, isRecent, lastTimeOf, startOf, wasAnswered } = require(Runtime.getFunctions()['lib/call'].path);
const { notConfigured } = require(Runtime.getFunctions()['lib/options'].path);
const { isAnsweredWith } = require(Runtime.getFunctions()['lib/twilio'].path);

const WORKSPACE = /^WS[0-9a-f]{32}$/i;
const VARIABLE = { name: 'TASKROUTER_WORKSPACE_SID', description: 'the SID of the Flex workspace (WS…)' };
const CALL = /^CA[0-9a-f]{32}$/;
// A task waits for an agent for a day at most, unless its workflow says otherwise.
const LONGEST_WAIT_MS = 2 * 86_400_000;
const MAX_EVENTS = 20;

/**
 * @param {object} client see twilio.private.js
 * @param {object} about
 * @param {object} about.call the agent's, from call.private.js
 * @param {string} about.taskSid the call's task, as the browser says
 * @param {{workerSid: string}} about.worker
 * @param {object} about.context
 * @returns {Promise<{caller: object | null, problem?: ReturnType<typeof notConfigured>}>} `caller`: the caller's own call;
 *   null if the events do not tell it beyond doubt. `problem`: the workspace is none, so nobody was asked
 */
exports.callerOfTask = async (client, { call, taskSid, worker, context }) => {
  const workspaceSid = context.TASKROUTER_WORKSPACE_SID;
  const began = startOf(call);
  if (!workspaceSid || began === null) return { caller: null };
  if (!WORKSPACE.test(workspaceSid)) return { caller: null, problem: notConfigured(VARIABLE, 'wrong') };
  const { events } = client.taskrouter.v1.workspaces(workspaceSid);
  // Without a date TaskRouter gives the events of the last fifteen minutes only.
  const about = { taskSid, startDate: new Date(began - LONGEST_WAIT_MS), limit: MAX_EVENTS };
  let isThere = false;
  try {
    const accepted = await events.list({ ...about, eventType: 'reservation.accepted', workerSid: worker.workerSid });
    isThere = true;
    if (!accepted.some(({ eventData }) => eventData?.worker_sid === worker.workerSid && eventData.task_sid === taskSid))
      return { caller: null };
    const created = await events.list({ ...about, eventType: 'task.created' });
    const callSid = created.length === 1 ? callOfEvent(created[0]) : null;
    if (!callSid || callSid === call.sid) return { caller: null };
    const caller = await fetchCall(client, callSid);
    return { caller: isCallerOf(began, caller) ? caller : null };
  } catch (error) {
    if (isAnsweredWith(error, 404))
      return { caller: null, ...(!isThere && { problem: notConfigured(VARIABLE, 'wrong') }) };
    // A workspace that this account may not read.
    if (isAnsweredWith(error, 401, 403)) return { caller: null };
    throw error;
  }
};

/** An agent can have a task made with attributes of their choice; the event's actor is then a worker. */
function callOfEvent({ actorType, eventData }) {
  if (!actorType || /worker/i.test(actorType)) return null;
  try {
    const { call_sid: callSid } = JSON.parse(eventData.task_attributes);
    return CALL.test(callSid) ? callSid : null;
  } catch {
    return null;
  }
}

/** Somebody called the account, and was on the line when the agent was. */
function isCallerOf(began, caller) {
  const from = startOf(caller);
  if (caller.direction !== 'inbound' || !wasAnswered(caller) || !isRecent(caller) || from === null) return false;
  const until = caller.status === 'in-progress' ? Infinity : (lastTimeOf(caller) ?? 0);
  return from <= began && began <= until;
}
