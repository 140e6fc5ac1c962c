/** Does what `INCIDENT_ACTIONS` says about incidents that have opened or closed: each action once, as far as anybody can know. */
const { incidentActions } = require(Runtime.getFunctions()['lib/incident-actions'].path);
const { loadAction } = require(Runtime.getFunctions()['lib/actions'].path);
const { logFailure, logLine } = require(Runtime.getFunctions()['lib/log'].path);
const { readOptions } = require(Runtime.getFunctions()['lib/options'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { runIncidentActionOnce } = require(Runtime.getFunctions()['lib/run-once'].path);
const { syncDocumentsOf } = require(Runtime.getFunctions()['lib/sync-documents'].path);
const { twilioClient } = require(Runtime.getFunctions()['lib/twilio'].path);

// Of the 10 s that a hosted Function has.
const CLAIM_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 2_000;
// Begun later than this, a second change of an incident is left to the next request.
const NEXT_UNTIL_MS = 5_500;
// What has failed is tried again by later requests.
const PAUSE_MS = 30_000;
const GIVE_UP_MS = 3_600_000;
// A Sync item takes 16 KiB, of which the engine's state may take 14,000 bytes.
const PENDING_MAX_BYTES = 2_000;

/**
 * @typedef {object} Pending a change that is still to be acted on
 * @property {'opened' | 'closed'} kind
 * @property {string} id of the incident
 * @property {number} since when it was judged
 * @property {string[]} [left] the actions that have failed; absent: none was tried yet
 * @property {number} [tryAt] when to try them again
 */

/**
 * The newest changes for which there is room beside the engine's state: with more, Sync would refuse all of it, and nothing
 * would be judged any more. The oldest are given up.
 *
 * @param {Pending[]} pending the oldest first
 * @returns {Pending[]}
 */
exports.withinRoom = (pending) => {
  const kept = [...pending];
  while (Buffer.byteLength(JSON.stringify(kept)) > PENDING_MAX_BYTES) giveUp(/** @type {Pending} */ (kept.shift()));
  return kept;
};

/** @param {Pending} change */
const giveUp = ({ kind, id, left }) =>
  logLine({ event: 'device-monitoring.incident-given-up', incidentId: id, change: kind, actions: left });

/**
 * @param {ReturnType<typeof import('./incident-store.private.js').incidentStore>} store
 * @param {import('./judge-incidents.private.js').Judged} judged
 * @param {{context: object, started: number}} request
 */
exports.actOnIncidents = async (store, { written, incidents, pending, changes }, request) => {
  const now = Date.now();
  const isDue = ({ tryAt = 0 }) => tryAt <= now;
  if (!pending.some(isDue)) return;
  // One that has just been closed may have been forgotten at once, for want of room.
  const known = [...incidents.open, ...incidents.closed, ...changes.map(({ incident }) => incident)];
  const ids = [...new Set(pending.map(({ id }) => id))];
  const kept = await Promise.all(
    ids.map((id) =>
      leftOf(
        pending.filter((one) => one.id === id),
        isDue,
        known,
        request,
      ),
    ),
  );
  const left = kept.flat().sort((one, other) => one.since - other.since);
  // If somebody else has written meanwhile, they find by the claims what was done.
  await store.write('state', written, { incidents, pending: exports.withinRoom(left) });
};

/**
 * Acts on the changes of one incident, one after the other: an action that was not told of the opening yet is not told of the
 * end before it.
 *
 * @param {Pending[]} changes
 * @param {(change: Pending) => boolean} isDue
 * @param {any[]} incidents those that are known
 * @param {{context: object, started: number}} request
 * @returns {Promise<Pending[]>} what is left to be done
 */
async function leftOf(changes, isDue, incidents, request) {
  /** @type {Pending[]} */
  const left = [];
  for (const change of changes) {
    const isLate = change !== changes[0] && Date.now() - request.started > NEXT_UNTIL_MS;
    // eslint-disable-next-line no-await-in-loop -- see above
    const one = isDue(change) && !isLate ? await acted(change, left[0], incidents, request) : change;
    if (one) left.push(one);
  }
  return left;
}

/**
 * @param {Pending} change
 * @param {Pending | undefined} before an earlier change of the same incident, as far as it is still to be acted on
 * @param {any[]} incidents those that are known
 * @param {{context: object, started: number}} request
 * @returns {Promise<Pending | null>} what is left to be done; null: nothing
 */
async function acted(change, before, incidents, { context, started }) {
  const { kind, id, since, left } = change;
  const incident = incidents.find((one) => one.id === id);
  if (!incident) {
    giveUp(change); // the engine has forgotten it
    return null;
  }
  const actions = incidentActions(context).filter(({ name }) => left === undefined || left.includes(name));
  const mustWait = ({ name }) => before !== undefined && (before.left === undefined || before.left.includes(name));
  const waiting = actions.filter(mustWait).map(({ name }) => name);
  const documents = syncDocumentsOf(
    twilioClient(context, { deadline: started + CLAIM_UNTIL_MS, limitMs: LONGEST_REQUEST_MS }),
    context,
  );
  const outcomes = await Promise.all(
    actions
      .filter((action) => !mustWait(action))
      .map(async ({ name, path }) => {
        try {
          const action = loadAction(name, path);
          const options = readOptions(action.options, context);
          await runIncidentActionOnce(action, { kind, incident, options, context }, { documents, started });
          return { name, again: false };
        } catch (error) {
          // Whatever is wrong with one, the others are run.
          if (!(error instanceof Refusal))
            logFailure({ event: 'device-monitoring.failure', action: name, incidentId: id }, error);
          return { name, again: error.status !== 422 };
        }
      }),
  );
  const again = outcomes.filter(({ again: is }) => is).map(({ name }) => name);
  if (again.length > 0 && Date.now() - since > GIVE_UP_MS) giveUp({ ...change, left: again.splice(0) });
  if (again.length === 0 && waiting.length === 0) return null;
  const tryAt = again.length > 0 ? Date.now() + PAUSE_MS : before?.tryAt;
  return { kind, id, since, left: [...again, ...waiting], ...(tryAt && { tryAt }) };
}
