/**
 * POST /call-outcome: tells an admin or a supervisor what was done about a call that alerted.
 *
 * Form fields: `Token` (the Flex user's token) and `callSid` (of the agent's leg). The answer is JSON: 200 {alerts:
 * [{action, state, at}]}, the first for the call's alert, the second for what its agent reported after it; empty if
 * nothing is known, as after two weeks. Else {error, message}.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm, textOf } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('report-limit');
const { syncDocumentsOf, logUnavailable, SyncUnavailable } = lib('sync-documents');
const { Refusal } = lib('refusal');
const { twilioClient } = lib('twilio');

const READERS = ['admin', 'supervisor'];
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
  if (!worker.roles.some((role) => READERS.includes(role)))
    throw new Refusal(403, 'not-a-supervisor', 'Only admins and supervisors may see what was done about a call.');
  const callSid = textOf(event, 'callSid');
  if (!CALL.test(callSid)) throw new Refusal(400, 'call-invalid', 'The field "callSid" is not the SID of a call.');
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const documents = syncDocumentsOf(client, context);
  try {
    const name = `device-monitoring-alert-${callSid}`;
    const found = await Promise.all([name, `${name}-report`].map((one) => documents.fetch(one)));
    // What another than this Function has written is not believed.
    const alerts = found.flatMap((document) => {
      if (!document?.authentic) return [];
      const { action, state, at } = document.data;
      return [{ action, state, at }];
    });
    return { alerts };
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) throw error;
    logUnavailable(error);
    throw new Refusal(503, 'outcome-unavailable', 'What was done about the call cannot be looked up now.', {
      retryAfter: PAUSE_S,
    });
  }
}

exports.handler = handlerOf(handle);
