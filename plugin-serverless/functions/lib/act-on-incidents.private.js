/** Does what `INCIDENT_ACTIONS` says about incidents that have opened or closed: each action once, as far as anybody can know. */
const { incidentActions } = require(Runtime.getFunctions()['lib/incident-actions'].path);
const { logLine } = require(Runtime.getFunctions()['lib/log'].path);
const { readOptions } = require(Runtime.getFunctions()['lib/options'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { runIncidentActionOnce } = require(Runtime.getFunctions()['lib/run-once'].path);
const { syncDocumentsOf } = require(Runtime.getFunctions()['lib/sync-documents'].path);
const { twilioClient } = require(Runtime.getFunctions()['lib/twilio'].path);

// Of the 10 s that a hosted Function has.
const CLAIM_UNTIL_MS = 8_000;
const LONGEST_REQUEST_MS = 2_000;
// What has failed is tried again by later requests.
const PAUSE_MS = 30_000;
const GIVE_UP_MS = 3_600_000;

/**
 * @typedef {object} Pending a change that is still to be acted on
 * @property {'opened' | 'closed'} kind
 * @property {string} id of the incident
 * @property {number} since when it was judged
 * @property {string[]} [left] the actions that have failed; absent: none was tried yet
 * @property {number} [tryAt] when to try them again
 */

/**
 * @param {ReturnType<typeof import('./incident-store.private.js').incidentStore>} store
 * @param {import('./judge-incidents.private.js').Judged} judged
 * @param {{context: object, started: number}} request
 */
exports.actOnIncidents = async (store, { written, incidents, pending }, request) => {
  const now = Date.now();
  const isDue = ({ tryAt = 0 }) => tryAt <= now;
  if (!pending.some(isDue)) return;
  const kept = await Promise.all(pending.map((one) => (isDue(one) ? acted(one, incidents, request) : one)));
  // If somebody else has written meanwhile, they find by the claims what was done.
  await store.write('state', written, { incidents, pending: kept.filter(Boolean) });
};

/**
 * @param {Pending} change
 * @param {any} incidents what the engine knows
 * @param {{context: object, started: number}} request
 * @returns {Promise<Pending | null>} what is left to be done; null: nothing
 */
async function acted({ kind, id, since, left }, { open, closed }, { context, started }) {
  const incident = [...open, ...closed].find((one) => one.id === id);
  if (!incident) return null; // so old that the engine has forgotten it
  const actions = incidentActions(context).filter(({ name }) => left === undefined || left.includes(name));
  const documents = syncDocumentsOf(
    twilioClient(context, { deadline: started + CLAIM_UNTIL_MS, limitMs: LONGEST_REQUEST_MS }),
    context,
  );
  const outcomes = await Promise.all(
    actions.map(async (action) => {
      try {
        const options = readOptions(action.options, context);
        await runIncidentActionOnce(action, { kind, incident, options, context }, { documents, started });
        return { name: action.name, again: false };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { name: action.name, again: error.status !== 422 };
      }
    }),
  );
  const again = outcomes.filter(({ again: is }) => is).map(({ name }) => name);
  if (again.length === 0) return null;
  if (Date.now() - since > GIVE_UP_MS) {
    logLine({ event: 'device-monitoring.incident-given-up', incidentId: id, change: kind, actions: again });
    return null;
  }
  return { kind, id, since, left: again, tryAt: Date.now() + PAUSE_MS };
}
