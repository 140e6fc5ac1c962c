/**
 * POST /recordings: keeps what browsers have recorded of calls, where `shareRecordings` is true, so that admins and
 * supervisors can try thresholds on the calls of all agents.
 *
 * Form fields: `Token` (the Flex user's token) and `recording` (JSON: a piece of what was recorded of one call). Every
 * answer is JSON: 200 {kept}, else {error, message} and, where trying again can help, `retryAfter` in seconds.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm } = lib('request');
const { checkTokenBriefly } = lib('flex-token');
const { countPiece, releasePiece } = lib('recording-limit');
const { floorStore, pseudonymOf } = lib('floor-store');
const { teamAndSiteOf } = lib('worker-team');
const { readPiece } = lib('recording-piece-request');
const { twilioClient } = lib('twilio');

// Of the 10 s that a hosted Function has.
const ASK_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 3_000;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkTokenBriefly(context, event.Token);
  known.worker = worker;
  countPiece(worker);
  try {
    const piece = readPiece(event, worker);
    const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
    const store = floorStore(client, context);
    await store.checkService();
    // Where workers are not to be named, the recording does not name them.
    const owner = piece.workerSid ?? pseudonymOf(context, worker.workerSid);
    await store.putPiece({ owner, ...(await teamAndSiteOf(client, context, worker.workerSid)), piece });
  } catch (error) {
    releasePiece(worker);
    throw error;
  }
  return { kept: 1 };
}

exports.handler = handlerOf(handle);
