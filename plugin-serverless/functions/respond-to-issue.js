/**
 * POST /respond-to-issue: takes one alert of the Device Monitoring plugin and runs the actions it names, each once.
 *
 * Form fields: `Token` (the Flex user's token), `issues`, `callerId`, `dnis`, `action`, `actions` (where there are several:
 * their names, with commas; the first is `action`), and `alert` (the alert document, JSON). Every answer is JSON: 200
 * {action, alertId, outcome, result}, else {error, message} and, where trying again can help, `retryAfter` in seconds. Of
 * several actions: {alertId, actions: [{action, outcome, result}]}, and where one failed, {error, message, alertId,
 * actions}, in which those that failed have {action, status, error, message}.
 *
 * To react in your own way, leave this file alone and add one to `actions/`; see actions/log-call.private.js.
 */
// Hosted, files have no names and no siblings: other files are reached through the Runtime only.
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { runOnce } = lib('run-once');
const { handlerOf } = lib('handler');
const { callOf } = lib('call');
const { checkForm, readRequest } = lib('request');
const { checkToken } = lib('flex-token');
const { countRequest } = lib('shared-rate-limit');
const { customerOf } = lib('customer');
const { syncDocumentsOf, logUnavailable } = lib('sync-documents');
const { findAction } = lib('actions');
const { actOnEach } = lib('several-actions');
const { logFailure, logLine, safeId, safeNumber } = lib('log');
const { readOptions } = lib('options');
const { Refusal } = lib('refusal');
const { twilioClient } = lib('twilio');
const { withNetworkName } = lib('network-name');
const { sendTelemetryOnce } = lib('telemetry');

// Everything before the action must have ended by then, of the 10 s that a hosted Function has.
const LOOKUP_DEADLINE_MS = 6_500;
const LONGEST_LOOKUP_MS = 2_500;

/**
 * @typedef {object} Known what has been found out about a request
 * @property {object} [worker]
 * @property {object | null} [alert]
 * @property {string[]} [actions] those of the request that are installed
 * @property {object} [count]
 * @property {{sid: string, verified: boolean} | null} [call]
 */

/**
 * @param {object} context the Function's context
 * @param {object} event the Function's event
 * @param {Known} known is filled, for the log
 */
async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  // Before all the rest, so that a stranger learns nothing about what is installed here.
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  // Every request with a valid token counts, before its content is looked at and before Twilio is asked anything else.
  const client = twilioClient(context, { deadline: started + LOOKUP_DEADLINE_MS, limitMs: LONGEST_LOOKUP_MS });
  const count = await countRequest(syncDocumentsOf(client, context), worker);
  known.count = count;
  if (count.tooMany) throw count.tooMany;
  if (count.unavailable) logUnavailable(count.unavailable, { workerSid: worker.workerSid });

  const { alert, fingerprint, actions, ...fields } = readRequest(event);
  if (alert?.endpoint) alert.endpoint = withNetworkName(context, worker, alert.endpoint);
  known.alert = alert;
  const found = [];
  known.actions = found;
  const request = {
    context,
    started,
    count,
    worker,
    alert,
    fingerprint,
    fields,
    known,
    lookUps: lookUpsOf(client, { alert, worker, context, known }),
  };
  const actOn = async (name) => {
    const action = findAction(name, context);
    found.push(action.name);
    return actOnAlert(action, request);
  };
  return withTelemetry(request, () =>
    actions.length > 1 ? actOnEach(actions, actOn, { alert, worker }) : actOn(actions[0]),
  );
}

/** Acts on the alert, and then sends it as telemetry, whatever has become of it. */
async function withTelemetry({ context, alert, worker, count, started, known }, run) {
  const send = async () => {
    /** @type {import('./lib/telemetry-entry.private.js').Entry} */
    const entry = { kind: 'alert', alert, call: known.call ?? null };
    if (alert) await sendTelemetryOnce(context, entry, { started, worker, isSyncThere: Boolean(count.documents) });
  };
  try {
    const done = await run();
    await send();
    return done;
  } catch (error) {
    // One about another's call is not sent if it is refused.
    if (known.call?.verified) await send();
    throw error;
  }
}

/** Runs one action, or only logs the alert. */
async function actOnAlert(action, { context, started, count, worker, alert, fingerprint, fields, lookUps }) {
  if (belongsToOtherWorker(alert, worker)) throw new Refusal(403, 'not-your-alert', "The alert is another worker's.");
  // The call's first alert is acted on by itself; at-most-once actions are not run again for its supplement.
  const wouldRunTwice = alert?.supplements && action.policy === 'at-most-once';
  // A supervisor listened in: the customer is a colleague's.
  const wouldReachAnothersCustomer = alert?.monitoring && action.needs === 'customer';
  const mustOnlyBeLogged = wouldRunTwice || wouldReachAnothersCustomer;
  if (mustOnlyBeLogged) return noted(action, { alert, worker, call: await lookUp({}, alert, lookUps) });
  const options = readOptions(action.options, context);
  const call = await lookUp(action, alert, lookUps);

  // Anybody with a token can make up a call without a name, and any number of them.
  const isOwn = call?.verified || (action.policy === 'at-least-once' && ownsUnnamedCall(alert, worker));
  if (!isOwn && action.policy === 'at-most-once') throw call?.refusal ?? callUnknown(action);
  const input = {
    // Its own: what an action changes in it, no other sees.
    alert: structuredClone(alert),
    issues: fields.issues,
    callerId: fields.callerId,
    dnis: fields.dnis,
    worker,
    call: publicCallInfo(call),
    options,
    context,
  };
  const acted = await runOnce(action, input, {
    fingerprint,
    colleagues: call?.colleagues ?? [],
    documents: count.documents,
    unavailable: count.unavailable,
    started,
    isOwn,
  });
  return { action: action.name, alertId: alert?.id ?? null, ...acted };
}

/** Asks Twilio once, however many actions want to know. */
function lookUpsOf(client, { alert, worker, context, known }) {
  const once = (ask) => {
    let asked;
    return () => {
      asked ??= ask();
      return asked;
    };
  };
  const call = once(async () => {
    try {
      const found = await callOf(client, alert.callSid, worker);
      known.call = verifiedCall(found);
      return found;
    } catch (error) {
      if (error instanceof Refusal) known.call = { sid: alert.callSid, verified: false, why: error.code };
      throw error;
    }
  });
  const customer = once(async () => customerOf(client, await call(), alert, { worker, context }));
  return { call, customer };
}

/**
 * The call, looked up as far as the action needs it. An action that does not need the call is run even if the look-up
 * fails; `verified` is then false.
 */
async function lookUp(action, alert, lookUps) {
  const callSid = alert?.callSid;
  if (!callSid && action.needs) throw callUnknown(action);
  if (!callSid) return null;
  try {
    const call = await lookUps.call();
    const customer = action.needs === 'customer' ? await lookUps.customer() : null;
    return {
      ...verifiedCall(call),
      customerNumber: customer?.number ?? null,
      customerCallSid: customer?.callSid ?? null,
      colleagues: customer?.colleagues ?? [],
    };
  } catch (error) {
    if (action.needs || !(error instanceof Refusal)) throw error;
    return { sid: callSid, verified: false, colleagues: [], refusal: error };
  }
}

function verifiedCall({ sid, direction, startTime, endTime }) {
  return { sid, verified: true, direction, startTime, endTime };
}

/** An action is told why a call is not verified, by its code. */
function publicCallInfo(call) {
  if (!call) return null;
  const { refusal, colleagues: _colleagues, ...rest } = call;
  return refusal ? { ...rest, why: refusal.code } : rest;
}

/** What the agent says is in the log at least. */
function noted(action, { alert: { id, agentReports = [] }, worker, call }) {
  const reports = agentReports.map(({ atMs }) => safeNumber(atMs));
  const { workerSid } = worker;
  logLine({
    event: 'device-monitoring.outcome',
    action: action.name,
    alertId: safeId(id),
    workerSid,
    outcome: 'noted',
    reports,
    verified: call?.verified ?? false,
    why: publicCallInfo(call)?.why,
  });
  return { action: action.name, alertId: id, outcome: 'noted' };
}

function callUnknown({ name }) {
  return new Refusal(422, 'call-unknown', `The action "${name}" needs an alert that names its call.`);
}

/** Whether the alert names another worker, in its id as well. */
function belongsToOtherWorker(alert, { workerSid }) {
  const named = [alert?.workerSid, /^alert-(WK[0-9a-f]{32})-/.exec(alert?.id ?? '')?.[1]];
  return named.some((sid) => sid !== undefined && sid !== workerSid);
}

/** A call that never learnt its CallSid is named after its worker. */
function ownsUnnamedCall(alert, { workerSid }) {
  return Boolean(alert && !alert.callSid && workerSid && alert.id.startsWith(`alert-${workerSid}-`));
}

/**
 * At most one refusal for each worker and minute, so that refused requests cannot fill the log.
 * @param {Error} error
 * @param {Known} known
 */
async function logRefusal(error, { worker, alert, actions = [], count }) {
  const about = { action: actions.join(',') || null, alertId: safeId(alert?.id), workerSid: worker.workerSid };
  if (!(error instanceof Refusal)) {
    logFailure({ event: 'device-monitoring.failure', ...about }, error);
    return;
  }
  const { status, code } = error;
  if (await count?.mayLogRefusal()) logLine({ event: 'device-monitoring.refused', status, error: code, ...about });
}

exports.handler = handlerOf(handle, logRefusal);
