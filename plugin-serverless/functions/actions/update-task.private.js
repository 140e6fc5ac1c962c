/**
 * update-task: writes the alert's gist into the attributes of the call's task, for routing, reports and Flex Insights.
 *
 * Other attributes are kept to the byte. They are edited as text, so that the order, keys that come twice and numbers
 * that JavaScript cannot hold stay as they are; and the task is changed only if it still has the version that was read.
 * TaskRouter deletes a task some minutes after it is completed, so a late alert finds none.
 */
const { applyEdits, findNodeAtLocation, modify, parseTree } = require('jsonc-parser');

const { expectAnswer, statusOf, failureOf } = require(Runtime.getFunctions()['lib/twilio'].path);
const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);

exports.policy = 'at-least-once';
exports.needs = 'call';
exports.offByDefault = true;
exports.options = [
  {
    name: 'TASKROUTER_WORKSPACE_SID',
    format: /^WS[0-9a-fA-F]{32}$/,
    description: 'the SID of the Flex workspace (WS…)',
  },
  {
    name: 'FLEX_INSIGHTS_ATTRIBUTE',
    format: /^conversation_(attribute|label)_([1-9]|10)$/,
    fallback: '',
    description:
      'a free attribute or label of Flex Insights (conversation_attribute_1 … _10, conversation_label_1 … _10), which gets the diagnosis',
  },
  {
    name: 'FLEX_INSIGHTS_MEASURE',
    format: /^conversation_measure_([1-9]|10)$/,
    fallback: '',
    description:
      'a free measure of Flex Insights (conversation_measure_1 … _10), which gets the percent of the call under warning',
  },
];

// Somebody else was faster; a task is not changed more often than that at once.
const TRIES = 3;
const ACCEPTED = ['accepted', 'wrapping', 'completed'];

exports.run = async ({ alert, worker, options, twilio }) => {
  if (!alert.taskSid || !worker.workerSid) throw new ActionNotPerformed('TASK_NOT_NAMED', { retry: false });
  const task = twilio.taskrouter.v1.workspaces(options.TASKROUTER_WORKSPACE_SID).tasks(alert.taskSid);
  try {
    const reservations = await task.reservations.list({ workerSid: worker.workerSid, limit: 20 });
    const isTheirs = reservations.some(
      ({ workerSid, reservationStatus }) => workerSid === worker.workerSid && ACCEPTED.includes(reservationStatus),
    );
    if (!isTheirs) throw new ActionNotPerformed('TASK_IS_ANOTHERS', { retry: false });
    for (let tries = 0; tries < TRIES; tries += 1)
      // eslint-disable-next-line no-await-in-loop -- a further try is only made if this one has come too late
      if (await tryUpdate(task, alert, options, twilio)) return { updated: true };
  } catch (error) {
    throw error instanceof ActionNotPerformed ? error : failureOf(twilio, error);
  }
  throw new ActionNotPerformed('TASK_KEEPS_CHANGING');
};

/** @returns {Promise<boolean>} false if somebody else has changed the task in between */
async function tryUpdate(task, alert, options, twilio) {
  const { attributes } = expectAnswer(await task.fetch(), 'sid', alert.taskSid);
  const ifMatch = twilio.httpClient.lastResponse.headers.etag;
  if (!ifMatch) throw new ActionNotPerformed('TASK_WITHOUT_VERSION');
  try {
    const updated = await task.update({ ifMatch, attributes: withSummary(attributes, alert, options) });
    expectAnswer(updated, 'sid', alert.taskSid);
    return true;
  } catch (error) {
    if (statusOf(error) === 412) return false;
    throw error;
  }
}

/** @returns {string} the attributes with ours among them; throws an ActionNotPerformed if they cannot be added */
function withSummary(
  attributes,
  { id, diagnosis = null, reasons, warningPct },
  { FLEX_INSIGHTS_ATTRIBUTE, FLEX_INSIGHTS_MEASURE },
) {
  const summary = { alertId: id, diagnosis, rules: reasons.map(({ rule }) => rule), warningPct };
  let text = withMember(attributes, ['deviceMonitoring'], summary);
  if (FLEX_INSIGHTS_ATTRIBUTE) text = withMember(text, ['conversations', FLEX_INSIGHTS_ATTRIBUTE], diagnosis ?? 'none');
  if (FLEX_INSIGHTS_MEASURE) text = withMember(text, ['conversations', FLEX_INSIGHTS_MEASURE], warningPct);
  return text;
}

/** Sets one member and touches no other byte; `path` is its key, preceded by that of the object around it. */
function withMember(text, path, value) {
  const root = parsed(text);
  path.forEach((key, depth) => {
    const parent = findNodeAtLocation(root, path.slice(0, depth));
    if (parent && parent.type !== 'object')
      throw new ActionNotPerformed('TASK_ATTRIBUTE_IS_NO_OBJECT', { retry: false });
    // If a key comes twice, readers do not agree on which one counts.
    if (keysOf(parent).filter((other) => other === key).length > 1)
      throw new ActionNotPerformed('TASK_ATTRIBUTE_COMES_TWICE', { retry: false });
  });
  return applyEdits(text, modify(text, path, value, {}));
}

function parsed(text) {
  try {
    JSON.parse(text); // jsonc-parser reads more than JSON
    return /** @type {import('jsonc-parser').Node} */ (parseTree(text));
  } catch (cause) {
    throw new ActionNotPerformed('TASK_ATTRIBUTES_ARE_NO_JSON', { retry: false, cause });
  }
}

const keysOf = (object) => (object?.children ?? []).map(({ children: [key] }) => key.value);
