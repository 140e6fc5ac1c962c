/**
 * Incidents: what agents in trouble have in common (rule F3), judged from all beats that the floor has, in requests to
 * `calls`. What an incident is, the engine decides; here is when it is asked, and what happens then.
 *
 * A hosted Function does nothing after its answer. So one request in some seconds is answered when the judging has ended;
 * what it has brought is kept before, and nothing that fails here changes its answer.
 */
const { incidentStore } = require(Runtime.getFunctions()['lib/incident-store'].path);
const { actOnIncidents, withinRoom } = require(Runtime.getFunctions()['lib/act-on-incidents'].path);
const { sendTelemetry } = require(Runtime.getFunctions()['lib/telemetry'].path);
const { shouldLogNow, logFailure, logLine } = require(Runtime.getFunctions()['lib/log'].path);

// Of all instances together. The engine wants to look more often at what is in trouble.
const EVERY_MS = 15_000;
const EVERY_IN_TROUBLE_MS = 5_000;
// Of the 10 s that a hosted Function has: judging is not begun later, so that what follows from it can be done.
const BEGIN_UNTIL_MS = 3_000;
// If a map cannot be read, the copy read at most so long ago is used: an empty map would look like agents gone silent.
const CACHED_MS = 10_000;

/** Service → {at, isSuspicious}: when this instance has last looked whether it is time to judge */
const looked = new Map();
/** Map → {beats, at} */
const cached = new Map();

/** Whether a beat says that something is wrong. */
exports.isInTrouble = ({ conditions = [], diagnosis }) => conditions.length > 0 || diagnosis !== undefined;

/**
 * Judges if it is time to, and acts on what has opened or closed.
 *
 * @param {object} what
 * @param {object} what.context the Function's context
 * @param {object} what.client see twilio.private.js
 * @param {{serviceSid: string, shards: number}} what.floor see floor-store.private.js
 * @param {number} what.started when the request came
 * @param {boolean} what.isInTrouble the request says that something is wrong
 */
exports.judgeIncidents = async ({ context, client, floor, started, isInTrouble }) => {
  try {
    const engine = loadEngine();
    if (!engine || !isTimeHere(floor, isInTrouble) || isTooLate(started)) return;
    looked.set(floor.serviceSid, { ...looked.get(floor.serviceSid), at: Date.now() });
    const store = incidentStore(client, floor);
    if (!(await takeTurn(store, floor, isInTrouble))) return;
    const judged = await judge(engine, store);
    if (!judged) return;
    try {
      if (judged.isSuspicious !== looked.get(floor.serviceSid).isSuspicious) await noteSuspicion(store, floor, judged);
      await actOnIncidents(store, judged, { context, started });
    } finally {
      // No later request finds these changes again.
      await sendTelemetry(context, judged.changes.map(entryOf), { started });
    }
  } catch (error) {
    // Every request meets it, until Sync answers again.
    if (shouldLogNow('incidents-unavailable')) logFailure({ event: 'device-monitoring.incidents-unavailable' }, error);
  }
};

const isTime = (at, isUrgent) => Math.abs(Date.now() - at) >= (isUrgent ? EVERY_IN_TROUBLE_MS : EVERY_MS); // a clock may be put back

/** Whether this instance has not just looked. */
function isTimeHere({ serviceSid }, isInTrouble) {
  const { at = -Infinity, isSuspicious = false } = looked.get(serviceSid) ?? {};
  return isTime(at, isInTrouble || isSuspicious);
}

/** Whether too little is left of this request's time. A quicker one may judge; if none is, the log says why nobody does. */
function isTooLate(started) {
  const ms = Date.now() - started;
  if (ms <= BEGIN_UNTIL_MS) return false;
  if (shouldLogNow('incidents-late')) logLine({ event: 'device-monitoring.incidents-late', ms });
  return true;
}

/** @returns {Promise<boolean>} whether no other instance has just judged, or is about to */
async function takeTurn(store, { serviceSid }, isInTrouble) {
  const turn = await store.read('turn');
  const { at = -Infinity, isSuspicious = false } = turn?.data ?? {};
  looked.set(serviceSid, { at: Date.now(), isSuspicious });
  return (
    isTime(at, isInTrouble || isSuspicious) &&
    Boolean(await store.write('turn', turn, { at: Date.now(), isSuspicious }))
  );
}

/** Says to all instances whether there is something to look at again soon. */
async function noteSuspicion(store, { serviceSid }, { isSuspicious }) {
  looked.set(serviceSid, { ...looked.get(serviceSid), isSuspicious });
  const turn = await store.read('turn');
  if (turn) await store.write('turn', turn, { ...turn.data, isSuspicious });
}

/**
 * @typedef {object} Judged
 * @property {{revision: string}} written the item that holds the state
 * @property {object} incidents what the engine knows
 * @property {import('./act-on-incidents.private.js').Pending[]} pending
 * @property {{kind: 'opened' | 'closed', incident: object}[]} changes
 * @property {boolean} isSuspicious
 */

/** @returns {import('./telemetry-entry.private.js').Entry} */
const entryOf = ({ kind, incident }) => ({ kind: 'incident', state: kind, incident });

/** @returns {Promise<Judged | null>} null if somebody else has judged meanwhile */
async function judge(engine, store) {
  const [before, { beats, at }] = await Promise.all([store.read('state'), readBeats(store)]);
  const { incidents = null, pending = [] } = before?.data ?? {};
  const text = incidents ? JSON.stringify(incidents) : '';
  const { state, changes, isPending: isSuspicious } = answerOf(engine, text, JSON.stringify(beats), at);
  const after = JSON.parse(state);
  const more = changes.map(({ kind, incident }) => ({ kind, id: incident.id, since: at }));
  if (before && more.length === 0 && JSON.stringify(after) === text)
    return { written: before, incidents: after, pending, changes, isSuspicious };
  const all = withinRoom([...pending, ...more]);
  const written = await store.write('state', before, { incidents: after, pending: all });
  return written && { written, incidents: after, pending: all, changes, isSuspicious };
}

function answerOf(engine, text, beats, at) {
  const ask = (state) => JSON.parse(engine.judgeIncidents(state, beats, at));
  try {
    return ask(text);
  } catch (error) {
    // Of a newer version: another instance is already of that one. It judges.
    if (typeof error !== 'string' || !error.startsWith('damaged')) throw error;
    if (shouldLogNow('incidents-damaged')) logLine({ event: 'device-monitoring.incidents-damaged' });
    return ask('');
  }
}

/** @returns {Promise<{beats: object[], at: number}>} `at`: at least so new are they all */
async function readBeats(store) {
  const read = await Promise.all(
    store.beatMaps().map(async ({ map, read: readMap }) => {
      const at = Date.now();
      try {
        cached.set(map, { beats: await readMap(), at });
      } catch (error) {
        if (at - (cached.get(map)?.at ?? -Infinity) >= CACHED_MS) throw error;
      }
      return cached.get(map);
    }),
  );
  return { beats: read.flatMap(({ beats }) => beats), at: Math.min(...read.map(({ at }) => at)) };
}

/** What `cargo xtask build` makes of the engine; undefined if it was not there when the Function was deployed. */
function loadEngine() {
  const path = Runtime.getFunctions()['generated/incidents']?.path;
  if (path) return require(path);
  const message = 'Incidents are not judged: build the Function with "cargo xtask build", and deploy it again.';
  if (shouldLogNow(message)) logLine({ event: 'device-monitoring.incidents-not-built', message });
  return undefined;
}
