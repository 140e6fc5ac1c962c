/**
 * Team and site of a worker, from the attributes that Twilio has of them (rule F1). What a report says of them does not
 * count.
 */
const { logFailure, shouldLogNow } = require(Runtime.getFunctions()['lib/log'].path);
const { expectAnswer } = require(Runtime.getFunctions()['lib/twilio'].path);

const KEPT_MS = 10 * 60_000;
const KEPT_AFTER_FAILURE_MS = 60_000;
const MAX_KEPT = 2_000;
const LONGEST = 40;
// Agents can change their own attributes. These would turn round what is beside them in a list, and with half a character
// whoever reads reports strictly could not read the report at all.
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Worker → {place, at, forMs} */
const known = new Map();

/**
 * @param {object} client see twilio.private.js
 * @param {object} context the Function's context: `TASKROUTER_WORKSPACE_SID`, and the attributes' names in
 *   `FLOOR_TEAM_ATTRIBUTE` and `FLOOR_SITE_ATTRIBUTE`
 * @param {string} workerSid
 * @returns {Promise<{team?: string, site?: string}>} without those that nobody knows
 */
exports.teamAndSiteOf = async (client, context, workerSid) => {
  const { TASKROUTER_WORKSPACE_SID: workspaceSid } = context;
  if (!workspaceSid) return {};
  const cached = known.get(workerSid);
  if (cached && Math.abs(Date.now() - cached.at) < cached.forMs) return cached.place; // a clock may be put back
  try {
    const worker = await client.taskrouter.v1.workspaces(workspaceSid).workers(workerSid).fetch();
    const { attributes } = expectAnswer(worker, 'sid', workerSid);
    return keep(workerSid, placeIn(attributes, context), KEPT_MS);
  } catch (error) {
    // A wrong workspace fails for every worker.
    if (shouldLogNow('worker-unavailable'))
      logFailure({ event: 'device-monitoring.worker-unavailable', workerSid }, error);
    // What was known is better than nothing.
    return keep(workerSid, cached?.place ?? {}, KEPT_AFTER_FAILURE_MS);
  }
};

function placeIn(attributes, { FLOOR_TEAM_ATTRIBUTE, FLOOR_SITE_ATTRIBUTE }) {
  let all;
  try {
    all = Object(JSON.parse(attributes));
  } catch {
    return {};
  }
  const text = (name) => {
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (typeof value !== 'string') return undefined;
    return [...value.replace(UNSEEN, '').trim()].slice(0, LONGEST).join('') || undefined;
  };
  const team = text(FLOOR_TEAM_ATTRIBUTE || 'team_name');
  const site = text(FLOOR_SITE_ATTRIBUTE || 'location');
  return { ...(team && { team }), ...(site && { site }) };
}

function keep(workerSid, place, forMs) {
  known.delete(workerSid);
  known.set(workerSid, { place, at: Date.now(), forMs });
  if (known.size > MAX_KEPT) known.delete(known.keys().next().value);
  return place;
}
