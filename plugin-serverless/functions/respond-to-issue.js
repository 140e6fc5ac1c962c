/**
 * POST /respond-to-issue: takes one alert of the Device Monitoring plugin and runs the action it names.
 *
 * Form fields: `Token` (the Flex user's token), `issues`, `callerId`, `dnis`, `action`, and `alert`
 * (the alert document, JSON). Every answer is JSON: 200 {action, alertId, result}, else {error, message}.
 *
 * To react in your own way, leave this file alone and add one to `actions/`; see actions/log-call.private.js.
 */
// Hosted, files have no names and no siblings: other files are reached through the Runtime only.
const shared = (name) => require(Runtime.getFunctions()[`shared/${name}`].path);

const { answer, answerError } = shared('answer');
const { checkToken } = shared('flex-token');
const { readRequest } = shared('request');
const { runAction } = shared('actions');

exports.handler = async (context, event, callback) => {
  callback(null, await respond(context, event));
};

async function respond(context, event) {
  try {
    // First of all, so that a stranger learns nothing about what is installed here.
    const worker = await checkToken(context, event.Token);
    const { action, alert, issues, callerId, dnis } = readRequest(event);
    const result = await runAction(action, { alert, issues, callerId, dnis, worker, context });
    return answer(200, { action, alertId: typeof alert?.id === 'string' ? alert.id : null, result });
  } catch (error) {
    return answerError(error);
  }
}
