/** Acts on an alert or an incident once, as far as anybody can know: claims it, runs the action, writes down what became of it. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);
const { ClaimsNotSetUp, SyncUnavailable, syncDocumentsOf, logUnavailable } = require(
  Runtime.getFunctions()['lib/sync-documents'].path,
);
const { twilioClient } = require(Runtime.getFunctions()['lib/twilio'].path);
const { claim, claimOne } = require(Runtime.getFunctions()['lib/claim'].path);
const { logFailure, logLine, safeId } = require(Runtime.getFunctions()['lib/log'].path);

// Of the 10 s that a hosted Function has: begun later than this, what can be done only once may be cut off in the middle.
const LATEST_START_MS = 5_500;
const RUN_UNTIL_MS = 9_000;
const CLOSE_UNTIL_MS = 9_800;
const LONGEST_REQUEST_MS = 4_000;
const LONGEST_CLOSING_REQUEST_MS = 2_000;
const PAUSE_S = 30;
// Somebody has to set up the Sync service. The plugin ignores this pause and waits an hour; other clients may heed it.
const SET_UP_PAUSE_S = 600;

/** @typedef {{outcome: 'done' | 'already-done' | 'unknown' | 'noted', result?: unknown}} Acted */

// Only alerts that are certainly this worker's are claimed, so that nobody can block another worker's alert.
const NO_CLAIM = { attempt: 1, close: async () => {} };

/**
 * @param {object} action from actions.private.js
 * @param {object} input what the action is run with
 * @param {object} how
 * @param {string} how.fingerprint of the alert as it was sent
 * @param {string[]} how.colleagues SIDs of other agents' calls in the same conversation
 * @param {object | null} how.documents null if Sync has been found not to answer, or that there is no service
 * @param {InstanceType<typeof SyncUnavailable> | null} how.unavailable then why
 * @param {number} how.started when the request came
 * @param {boolean} how.isOwn the alert's id is this worker's
 * @returns {Promise<Acted>} throws a Refusal
 */
exports.runOnce = (action, input, { fingerprint, colleagues, documents, unavailable, started, isOwn }) => {
  const { alert, call, worker } = input;
  const { name, policy, needs } = action;
  const what = { alert, fingerprint, call, colleagues, action: name, policy, needs };
  return act(action, input, {
    about: { alertId: safeId(alert?.id), workerSid: worker.workerSid },
    claiming: async () =>
      isOwn ? claimIfPossible(action, { documents, unavailable }, () => claim(documents, what)) : NO_CLAIM,
    started,
  });
};

/**
 * The same for an incident that has opened or closed.
 *
 * @param {object} action from incident-actions.private.js
 * @param {{kind: 'opened' | 'closed', incident: {id: string}, context: object, options: object}} input what the action is run with
 * @param {object} how
 * @param {object} how.documents
 * @param {number} how.started when the request came
 * @returns {Promise<Acted>} throws a Refusal
 */
exports.runIncidentActionOnce = (action, input, { documents, started }) => {
  const { kind, incident } = input;
  const name = `device-monitoring-${incident.id}-${kind}-${action.name}`;
  return act(action, input, {
    about: { incidentId: incident.id, change: kind },
    claiming: () =>
      claimIfPossible(action, { documents, unavailable: null }, async () => {
        await documents.checkService();
        return claimOne(documents, name, { action: action.name, policy: action.policy });
      }),
    started,
  });
};

/**
 * @param {object} action
 * @param {any} input
 * @param {{about: object, claiming: () => Promise<any>, started: number}} how `about`: what the log says of it
 * @returns {Promise<Acted>}
 */
async function act(action, input, { about, claiming, started }) {
  const { context } = input;
  const log = (outcome, more) =>
    logLine({ event: 'device-monitoring.outcome', action: action.name, ...about, outcome, ...more });
  const claimed = await claiming();
  if ('settled' in claimed) {
    const outcome = claimed.settled === 'done' ? 'already-done' : 'unknown';
    log(outcome);
    return { outcome };
  }
  const { attempt } = claimed;
  const close = (state) => closeClaim(claimed, state, { context, started });
  try {
    if (action.policy === 'at-most-once' && Date.now() - started > LATEST_START_MS)
      throw new ActionNotPerformed('NO_TIME_LEFT');
    const twilio = twilioClient(context, { deadline: started + RUN_UNTIL_MS, limitMs: LONGEST_REQUEST_MS });
    const result = asJson(await action.run({ ...input, twilio }), action);
    await close('done');
    if (!action.logs) log('done', { attempt });
    return { outcome: 'done', result };
  } catch (error) {
    logFailure({ event: 'device-monitoring.action-failed', action: action.name, attempt }, error);
    if (error instanceof ActionNotPerformed || action.policy === 'at-least-once') {
      await close('failed');
      log('failed', { attempt, retry: error?.retry ?? true });
      throw refusalOf(action, error);
    }
    // What was done before it failed, nobody can say.
    await close('unknown');
    log('unknown', { attempt });
    return { outcome: 'unknown' };
  }
}

/** Without Sync, what may be done twice is done unclaimed; anything else waits. */
async function claimIfPossible({ policy }, { documents, unavailable }, claiming) {
  try {
    if (!documents) throw unavailable ?? new SyncUnavailable();
    return await claiming();
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) throw error;
    if (error !== unavailable) logUnavailable(error);
    if (policy === 'at-least-once') return NO_CLAIM;
    throw error instanceof ClaimsNotSetUp
      ? new Refusal(503, 'claims-not-set-up', error.message, { retryAfter: SET_UP_PAUSE_S })
      : new Refusal(
          503,
          'claim-unavailable',
          'Twilio Sync could not be asked whether this alert was acted on before. Try again later.',
          { retryAfter: PAUSE_S },
        );
  }
}

/** What was done is done, whether or not its result can be said: if not, the log says why. */
function asJson(result, { name }) {
  try {
    return JSON.parse(JSON.stringify(result ?? null));
  } catch (error) {
    logFailure({ event: 'device-monitoring.result-not-json', action: name }, error);
    return { omitted: 'not JSON' };
  }
}

/** What was done is done, whether or not it could be written down; the log says that it was not. */
async function closeClaim(claimed, state, { context, started }) {
  const client = twilioClient(context, { deadline: started + CLOSE_UNTIL_MS, limitMs: LONGEST_CLOSING_REQUEST_MS });
  try {
    await claimed.close(syncDocumentsOf(client, context), state);
  } catch (error) {
    logFailure({ event: 'device-monitoring.claim-not-closed', state }, error);
  }
}

function refusalOf({ name }, error) {
  if (error?.retry === false)
    return new Refusal(
      422,
      'action-refused',
      `The action "${name}" was refused, and would be again; the Function's log says where.`,
    );
  const retryAfter = error?.retryAfter ?? PAUSE_S;
  return error instanceof ActionNotPerformed
    ? new Refusal(
        503,
        error.answer,
        `The action "${name}" could not be carried out; nothing has happened. Try again later.`,
        { retryAfter },
      )
    : new Refusal(500, 'action-failed', `The action "${name}" failed; the Function's log says where.`, { retryAfter });
}
