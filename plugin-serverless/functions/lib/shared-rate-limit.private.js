/**
 * How many requests a worker may send in a minute, whatever becomes of them: counted in Sync, so that it holds for all
 * instances together. While Sync does not answer, or the Function has no Sync service of its own, each instance counts by
 * itself.
 */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { SyncUnavailable } = require(Runtime.getFunctions()['lib/sync-documents'].path);

// An agent ends a call every minute at the fastest; an outbox that was full after an outage empties in minutes.
const MAX_PER_MINUTE = 30;
const WINDOW_MS = 60_000;
const TTL_S = 3_600;
// Somebody else has written in between. Requests that come so densely that this many fail are too many.
const TRIES = 4;
const SYNC_PAUSE_S = 5;
// By how much the clocks of two instances may differ.
const SKEW_MS = 30_000;
const MAX_WORKERS = 1_000;

/** Worker → what this instance has counted by itself. */
const alone = new Map();
/** Worker → when a refusal was logged that Sync has noted, as far as this instance has seen. */
const loggedInSync = new Map();

/**
 * Counts a request of this worker.
 *
 * @param {object} documents see sync-documents.private.js
 * @param {{workerSid: string}} worker
 * @param {'alerts' | 'configuration'} [kind] what is counted by itself
 * @returns {Promise<{tooMany: InstanceType<typeof Refusal> | null, documents: object | null, unavailable: InstanceType<typeof SyncUnavailable> | null, mayLogRefusal: () => Promise<boolean>}>}
 *   `tooMany` if it is one too many; `documents` null if there are none to count in, and `unavailable` why; `mayLogRefusal`:
 *   whether no refusal of this worker was logged within the window, to be asked once and only when there is one to log
 */
exports.countRequest = async (documents, worker, kind = 'alerts') => {
  const name = `device-monitoring-rate-${kind === 'alerts' ? '' : `${kind}-`}${worker.workerSid}`;
  const byItself = (tooMany, unavailable) => ({
    tooMany: refusalOf(kind, tooMany),
    documents: null,
    unavailable,
    mayLogRefusal: async () => mayLogByItself(name),
  });
  try {
    const { counted, tooMany } = await countInSync(documents, name);
    return {
      tooMany: refusalOf(kind, tooMany),
      documents,
      unavailable: null,
      mayLogRefusal: () => mayLogRefusal(documents, name, counted),
    };
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) throw error;
    // Sync has a limit of its own, and whoever exceeds that must not get around this one by it.
    return byItself(countByItself(name) ?? (error.status === 429 ? refusal(SYNC_PAUSE_S) : null), error);
  }
};

/**
 * Beyond the limit this is one read, and once in a while a look at the service as well. `counted` is what the document
 * says now, if that is known.
 */
async function countInSync(documents, name) {
  await documents.checkService();
  /* eslint-disable no-await-in-loop -- a further try is only made if another request has changed the document */
  for (let tries = 0; tries < TRIES; tries += 1) {
    const existing = await documents.fetch(name);
    const state = stateOf(existing?.data);
    const tooMany = tooManyIn(state);
    if (tooMany) return { counted: { revision: existing.revision, state }, tooMany };
    state.at.push(Date.now());
    const written = existing
      ? await documents.update(name, existing.revision, state, TTL_S)
      : await documents.create(name, state, TTL_S);
    if (written) return { counted: { revision: written.revision, state }, tooMany: null };
  }
  /* eslint-enable no-await-in-loop */
  return { counted: null, tooMany: refusal(SYNC_PAUSE_S) };
}

/** The first instance to write down that a refusal was logged may log it. */
async function mayLogRefusal(documents, name, counted) {
  // While Sync did not answer, this instance has logged one.
  if (isWithin(stateOf(alone.get(name)).loggedAt)) return false;
  try {
    let known = counted;
    /* eslint-disable no-await-in-loop -- a further try is only made if another request has changed the document */
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (!known) {
        const existing = await documents.fetch(name);
        if (!existing) return mayLogByItself(name);
        known = { revision: existing.revision, state: stateOf(existing.data) };
      }
      const { revision, state } = known;
      if (isWithin(state.loggedAt)) {
        keep(loggedInSync, name, state.loggedAt);
        return false;
      }
      if (await documents.update(name, revision, { ...state, loggedAt: Date.now() }, TTL_S)) {
        keep(loggedInSync, name, Date.now());
        return true;
      }
      known = null;
    }
    /* eslint-enable no-await-in-loop */
    return false;
  } catch {
    return mayLogByItself(name); // the request has to be answered even if Sync fails
  }
}

function countByItself(name) {
  const state = stateOf(alone.get(name));
  const tooMany = tooManyIn(state);
  if (!tooMany) state.at.push(Date.now());
  keep(alone, name, state);
  return tooMany;
}

function mayLogByItself(name) {
  const state = stateOf(alone.get(name));
  if (isWithin(state.loggedAt) || isWithin(stateOf({ loggedAt: loggedInSync.get(name) }).loggedAt)) return false;
  keep(alone, name, { ...state, loggedAt: Date.now() });
  return true;
}

const isWithin = (time) => time > Date.now() - WINDOW_MS;

function keep(map, name, value) {
  map.delete(name);
  map.set(name, value);
  if (map.size > MAX_WORKERS) map.delete(map.keys().next().value);
}

/**
 * `at`: the times of the requests within the window; `loggedAt`: when a refusal was last logged. Anything of
 * another form is ignored, so that a damaged document does not refuse a worker's alerts until it expires.
 */
function stateOf(data) {
  const now = Date.now();
  const isTime = (time) => Number.isFinite(time) && time <= now + SKEW_MS;
  const at = Array.isArray(data?.at) ? data.at.filter((time) => isTime(time) && time > now - WINDOW_MS) : [];
  return { at, loggedAt: isTime(data?.loggedAt) ? data.loggedAt : 0 };
}

function tooManyIn({ at }) {
  return at.length < MAX_PER_MINUTE
    ? null
    : refusal(Math.ceil((at[at.length - MAX_PER_MINUTE] + WINDOW_MS - Date.now()) / 1000));
}

function refusal(retryAfter) {
  return new Refusal(
    429,
    'too-many-alerts',
    `A worker may send ${MAX_PER_MINUTE} alerts a minute. Send this one again later.`,
    {
      retryAfter: Math.max(retryAfter, 1),
    },
  );
}

/** @returns {InstanceType<typeof Refusal> | null} the refusal in the words of what is counted */
function refusalOf(kind, tooMany) {
  if (!tooMany || kind === 'alerts') return tooMany;
  const message = `An admin may read and write the configuration ${MAX_PER_MINUTE} times a minute. Try again later.`;
  return new Refusal(429, 'too-many-requests', message, tooMany.details);
}
