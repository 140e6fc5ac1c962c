/**
 * POST /forget-worker: removes everything that the floor keeps about a worker, under their SID and their pseudonym; or
 * under a pseudonym alone, whose worker nobody is told.
 *
 * Form fields: `Token` (an admin's Flex token), either `workerSid` or `pseudonym`, and `next` of the answer before. The
 * answer is JSON: 200 {removed, next}, to be asked again until `next` is null; else {error, message}.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm, textOf } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('instance-rate-limit');
const { floorStore, pseudonymOf } = lib('floor-store');
const { logLine } = lib('log');
const { Refusal } = lib('refusal');
const { adminsOnly } = lib('roles');
const { twilioClient } = lib('twilio');

const WORKER = /^WK[0-9a-f]{32}$/;
const PSEUDONYM = /^P-[0-9a-f]{16}$/;
// A map, and the key in it behind which to go on.
const FIRST = 'cards-0 ';
const NEXT = /^((?:cards|recordings)-[0-9]{1,2}) ([0-9A-Za-z-]{0,100})$/;
const WORK_UNTIL_MS = 6_000;
const ASK_UNTIL_MS = 9_000;
const LONGEST_REQUEST_MS = 3_000;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  adminsOnly(worker, 'remove what is kept');
  const { workerSid: admin } = worker;
  const next = event.next === undefined ? FIRST : textOf(event, 'next');
  const whose = whoseOf(event);
  const [, map, key] = NEXT.exec(next) ?? [];
  if (!map) throw new Refusal(400, 'field-invalid', 'The field "next" is not that of an answer.');
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const store = floorStore(client, context);
  await store.checkService();
  const { workerSid, pseudonym } = whose;
  const owners = workerSid === undefined ? [pseudonym] : [workerSid, pseudonymOf(context, workerSid)];
  let removed = 0;
  const log = () => logLine({ event: 'device-monitoring.worker-forgotten', ...whose, by: admin, removed });
  try {
    const rest = await store.forget(owners, { map, key }, started + WORK_UNTIL_MS, () => {
      removed += 1;
    });
    log();
    return { removed, next: rest && `${rest.map} ${rest.key}` };
  } catch (error) {
    // What was removed before stays removed, and the log says who did it.
    if (removed > 0) log();
    throw error;
  }
}

/** @returns {{workerSid: string, pseudonym?: undefined} | {workerSid?: undefined, pseudonym: string}} */
function whoseOf(event) {
  const [workerSid, pseudonym] = [textOf(event, 'workerSid'), textOf(event, 'pseudonym')];
  if (!pseudonym && WORKER.test(workerSid)) return { workerSid };
  if (!workerSid && PSEUDONYM.test(pseudonym)) return { pseudonym };
  const message = 'Either the field "workerSid" must be the SID of a worker, or the field "pseudonym" a pseudonym.';
  throw new Refusal(400, 'worker-invalid', message);
}

exports.handler = handlerOf(handle);
