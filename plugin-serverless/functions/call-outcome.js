/**
 * POST /call-outcome: tells an admin or a supervisor what was done about a call that alerted.
 *
 * Form fields: `Token` (the Flex user's token) and `callSid` (of the agent's leg). The answer is JSON: 200 {alerts:
 * [{action, state, at}]}, first for the call's alert, then for what its agent reported after it, for each action that was
 * run; empty if nothing is known, as after two weeks. Else {error, message}.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { installedIn } = lib('actions');
const { furtherClaim } = lib('claim');
const { checkForm, textOf } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('instance-rate-limit');
const { syncDocumentsOf, logUnavailable, SyncUnavailable } = lib('sync-documents');
const { Refusal } = lib('refusal');
const { supervisorsOnly } = lib('roles');
const { twilioClient } = lib('twilio');

const CALL = /^CA[0-9a-f]{32}$/;
const ASK_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 3_000;
const PAUSE_S = 30;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  supervisorsOnly(worker, 'see what was done about a call');
  const callSid = textOf(event, 'callSid');
  if (!CALL.test(callSid)) throw new Refusal(400, 'call-invalid', 'The field "callSid" is not the SID of a call.');
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const documents = syncDocumentsOf(client, context);
  try {
    const name = `device-monitoring-alert-${callSid}`;
    const found = await Promise.all([name, `${name}-report`].map((one) => claimsOf(documents, one)));
    const alerts = found.flat().map(({ data: { action, state, at } }) => ({ action, state, at }));
    return { alerts };
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) throw error;
    logUnavailable(error);
    throw new Refusal(503, 'outcome-unavailable', 'What was done about the call cannot be looked up now.', {
      retryAfter: PAUSE_S,
    });
  }
}

/** The claims of each action for an alert. What another than this Function has written is not believed. */
async function claimsOf(documents, name) {
  const first = await documents.fetch(name);
  if (!first) return [];
  const others = [...installedIn('actions').keys()].filter((action) => action !== first.data.action);
  const further = await Promise.all(others.map((action) => documents.fetch(furtherClaim(name, action))));
  return [first, ...further].filter((document) => document?.authentic);
}

exports.handler = handlerOf(handle);
