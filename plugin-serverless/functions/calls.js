/**
 * POST /calls: hears of every call, where `reportCalls` is true, and keeps it for the floor.
 *
 * Form fields: `Token` (the Flex user's token), and either `cards` (JSON: a list of what is kept of calls that have ended)
 * with `ids` (a name for each, separated by commas), or `beat` (JSON: how a call is at this moment). Every answer is JSON:
 * 200 {kept, refused: [{id, message}]}, else {error, message} and, where trying again can help, `retryAfter` in seconds.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm } = lib('request');
const { checkTokenBriefly } = lib('flex-token');
const { countCall, countCards, countFloorRequest, releaseCards } = lib('instance-rate-limit');
const { floorStore, pseudonymOf } = lib('floor-store');
const { shouldLogNow, logLine } = lib('log');
const { teamAndSiteOf } = lib('worker-team');
const { withNetworkName } = lib('network-name');
const { readReports } = lib('call-reports-request');
const { isInTrouble, judgeIncidents } = lib('judge-incidents');
const { sendTelemetry } = lib('telemetry');
const { twilioClient } = lib('twilio');

// Of the 10 s that a hosted Function has.
const ASK_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 3_000;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkTokenBriefly(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  const reports = readReports(event, worker);
  const client = twilioClient(context, { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
  const store = floorStore(client, context);
  const placed = async () => {
    await store.checkService();
    return teamAndSiteOf(client, context, worker.workerSid);
  };
  // Where workers are not to be named, the report does not name them.
  const ownerOf = ({ workerSid }) => workerSid ?? pseudonymOf(context, worker.workerSid);
  if ('beat' in reports) {
    const { beat } = reports;
    countCall(worker, beat);
    await store.putBeat({ owner: ownerOf(beat), ...(await placed()), beat: withNetworkName(context, worker, beat) });
    await judgeIncidents({ context, client, floor: store, started, isInTrouble: isInTrouble(beat) });
    return { kept: 1, refused: [] };
  }
  const { cards, refused } = reports;
  countCards(worker, cards.length);
  let left = cards.length;
  /** @type {import('./lib/telemetry-entry.private.js').Entry[]} */
  const isNew = [];
  try {
    const place = await placed();
    // One after the other: a card that was reported on takes the place of the one before it.
    for (const { card } of cards) {
      const kept = { owner: ownerOf(card), ...place, card: withNetworkName(context, worker, card) };
      // eslint-disable-next-line no-await-in-loop -- see above
      const { created, data } = await store.putCard(kept);
      if (created) isNew.push({ kind: 'card', card: data });
      left -= 1;
    }
  } finally {
    releaseCards(worker, left);
    // Some may have been kept before one failed; those come no more as new ones.
    await sendTelemetry(context, isNew, { started });
  }
  await judgeIncidents({ context, client, floor: store, started, isInTrouble: false });
  const [first] = refused;
  if (first && shouldLogNow(`refused card of ${worker.workerSid}`))
    logLine({ event: 'device-monitoring.card-refused', workerSid: worker.workerSid, message: first.message });
  return { kept: cards.length, refused };
}

exports.handler = handlerOf(handle);
