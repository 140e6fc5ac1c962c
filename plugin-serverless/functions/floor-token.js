/**
 * POST /floor-token: lets an admin or a supervisor read what `calls` or `recordings` has kept, for an hour, and write
 * nothing.
 *
 * Form fields: `Token` (the Flex user's token), and `of`: `recordings` for shared recordings, else the floor. The answer
 * is JSON: 200 {token, serviceSid, days, now} with the names of the maps, which are `beats`, `cards` and `incidents`, or
 * `recordings`; else {error, message}.
 */
const { AccessToken } = require('twilio').jwt;

/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm, textOf } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('instance-rate-limit');
const { INCIDENTS_MAP, floorStore, mapNames } = lib('floor-store');
const { shouldLogNow, logLine } = lib('log');
const { Refusal } = lib('refusal');
const { supervisorsOnly } = lib('roles');
const { twilioClient } = lib('twilio');

const TTL_S = 3_600;
const ASK_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 3_000;
const NOT_SET_UP_PAUSE_S = 600;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  supervisorsOnly(worker, 'see the floor');
  const { ACCOUNT_SID, FLOOR_API_KEY, FLOOR_API_SECRET } = context;
  if (!FLOOR_API_KEY || !FLOOR_API_SECRET) {
    const message = 'FLOOR_API_KEY or FLOOR_API_SECRET of this Function is not set: run "npm run set-up".';
    if (shouldLogNow(message)) logLine({ event: 'device-monitoring.floor-not-set-up', message });
    throw new Refusal(503, 'floor-not-set-up', message, { retryAfter: NOT_SET_UP_PAUSE_S });
  }
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const store = floorStore(client, context);
  await store.checkService();
  // Not the identity of the Flex token: what is granted here is not to be had by any other.
  const identity = `device-monitoring-floor-${worker.workerSid}`;
  const { maps, days } = textOf(event, 'of') === 'recordings' ? recordingsOf(store) : floorOf(store);
  await store.grantReading(identity, Object.values(maps).flat());
  const token = new AccessToken(ACCOUNT_SID, FLOOR_API_KEY, FLOOR_API_SECRET, { identity, ttl: TTL_S });
  token.addGrant(new AccessToken.SyncGrant({ serviceSid: store.serviceSid }));
  return {
    token: token.toJwt(),
    serviceSid: store.serviceSid,
    ...maps,
    days,
    // By which the reader tells how old a beat is.
    now: Date.now(),
  };
}

const floorOf = ({ shards, days }) => ({
  maps: { beats: mapNames('beats', shards), cards: mapNames('cards', shards), incidents: INCIDENTS_MAP },
  days,
});

const recordingsOf = ({ shards, recordingDays: days }) => ({
  maps: { recordings: mapNames('recordings', shards) },
  days,
});

exports.handler = handlerOf(handle);
