/**
 * POST /configuration: lets an admin read and write our block in the Flex configuration.
 *
 * Form fields: `Token` (an admin's Flex token) and `place` (`attributes`, or `ui_attributes`). To write also `block` (the
 * new block, JSON; `null` takes it away), `seen` (`version` of the place, JSON, as the answer before had it), and
 * `restores` (the id of a change that is put back). Every answer is JSON: 200 {state, places, history, actions}, else
 * {error, message} and, if something was to be written, `state`: what state things are in. Only `DeviceMonitoringPlugin`
 * is changed; every other byte stays. `actions` are those that are deployed, and whether each can be run.
 */
/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { checkForm } = lib('request');
const { checkToken } = lib('flex-token');
const { configurationHistory } = lib('configuration-history');
const { countRequest } = lib('shared-rate-limit');
const { flexConfigurationApi } = lib('flex-configuration-api');
const { handlerOf } = lib('handler');
const { logFailure, logLine } = lib('log');
const { publicSections, writeConfiguration } = lib('checked-configuration-write');
const { readConfigurationRequest } = lib('configuration-request');
const { readinessOfActions } = lib('action-readiness');
const { Refusal } = lib('refusal');
const { ClaimsNotSetUp, SyncUnavailable, logUnavailable, syncDocumentsOf } = lib('sync-documents');
const { adminsOnly } = lib('roles');
const { twilioClient } = lib('twilio');

// Of the 10 s that a hosted Function has.
const ASK_UNTIL_MS = 9_000;
const LONGEST_REQUEST_MS = 2_500;

async function handle(context, event, known) {
  const started = Date.now();
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  const limits = { deadline: started + ASK_UNTIL_MS, limitMs: LONGEST_REQUEST_MS };
  const client = twilioClient(context, limits);
  const documents = syncDocumentsOf(client, context);
  const count = await countRequest(documents, worker, 'configuration');
  known.mayLogRefusal = count.mayLogRefusal;
  if (count.tooMany) throw count.tooMany;
  adminsOnly(worker, 'see and change the configuration here');
  const { place, block, seen, restores } = readConfigurationRequest(event);
  const api = flexConfigurationApi(context, limits);
  const history = configurationHistory(client, context.SYNC_SERVICE_SID);
  const actions = readinessOfActions(context, !(count.unavailable instanceof ClaimsNotSetUp));
  if (block === undefined)
    return {
      state: 'read',
      ...publicSections(await api.read()),
      history: await historyOrNull(count, history),
      actions,
    };
  known.change = { place, ...(restores && { restores }) };
  const what = { api, documents, history, context, worker, place, block, seen, restores, started };
  const { state, before, places } = await writeConfiguration(what);
  const properties = namesThatDiffer(before, block);
  logLine({
    event: 'device-monitoring.configuration',
    workerSid: worker.workerSid,
    ...known.change,
    state,
    properties,
  });
  return { state, ...publicSections(places), history: await historyOrNull(count, history), actions };
}

/** @returns {Promise<object[] | null>} null if Sync does not give it */
async function historyOrNull({ unavailable }, history) {
  try {
    if (unavailable) throw unavailable;
    return await history.list();
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) throw error;
    logUnavailable(error);
    return null;
  }
}

/** The properties that a write has changed, for the log: names that we know to be harmless, and no values. */
function namesThatDiffer(before, after) {
  const objectOf = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});
  const was = objectOf(JSON.parse(before ?? '{}'));
  const is = objectOf(after);
  const text = (value) => JSON.stringify(value) ?? '';
  return Object.keys({ ...was, ...is }).filter(
    (name) => /^[A-Za-z]{1,64}$/.test(name) && text(was[name]) !== text(is[name]),
  );
}

/**
 * @param {any} error
 * @param {{worker?: {workerSid: string}, [name: string]: any}} known
 */
async function logRefusal(error, { worker, mayLogRefusal, change }) {
  const about = { workerSid: worker?.workerSid, ...change };
  if (!(error instanceof Refusal)) return logFailure({ event: 'device-monitoring.failure', ...about }, error);
  if (mayLogRefusal && !change && !(await mayLogRefusal())) return undefined;
  const { state } = error.details;
  return logLine({
    event: 'device-monitoring.configuration-refused',
    code: error.code,
    ...about,
    ...(state && { state }),
  });
}

exports.handler = handlerOf(handle, logRefusal);
