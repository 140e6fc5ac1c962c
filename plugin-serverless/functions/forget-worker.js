/**
 * POST /forget-worker: removes everything that the floor keeps about a worker, under their SID and their pseudonym.
 *
 * Form fields: `Token` (an admin's Flex token), `workerSid`, and `next` of the answer before. The answer is JSON: 200
 * {removed, next}, to be asked again until `next` is null; else {error, message}.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm, textOf } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('report-limit');
const { floorStore, pseudonymOf } = lib('floor-store');
const { logLine } = lib('log');
const { Refusal } = lib('refusal');
const { twilioClient } = lib('twilio');

const WORKER = /^WK[0-9a-f]{32}$/;
// The number of a map, and the key in it behind which to go on.
const FIRST = '0 ';
const NEXT = /^([0-9]{1,2}) ([0-9A-Za-z-]{0,100})$/;
const WORK_UNTIL_MS = 6_000;
const ASK_UNTIL_MS = 9_000;
const LONGEST_REQUEST_MS = 3_000;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  const { workerSid: admin, roles } = worker;
  if (!roles.includes('admin')) throw new Refusal(403, 'not-an-admin', 'Only admins may remove what is kept.');
  const workerSid = textOf(event, 'workerSid');
  const next = event.next === undefined ? FIRST : textOf(event, 'next');
  if (!WORKER.test(workerSid))
    throw new Refusal(400, 'worker-invalid', 'The field "workerSid" is not the SID of a worker.');
  const [, map, key] = NEXT.exec(next) ?? [];
  if (!map) throw new Refusal(400, 'field-invalid', 'The field "next" is not that of an answer.');
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const store = floorStore(client, context);
  await store.checkService();
  const owners = [workerSid, pseudonymOf(context, workerSid)];
  const { removed, next: rest } = await store.forget(owners, { map: Number(map), key }, started + WORK_UNTIL_MS);
  logLine({ event: 'device-monitoring.worker-forgotten', workerSid, by: admin, removed });
  return { removed, next: rest && `${rest.map} ${rest.key}` };
}

exports.handler = handlerOf(handle);
