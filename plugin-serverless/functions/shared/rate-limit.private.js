/** How many alerts a worker may send: counted in Sync, so that it holds for all instances together. */
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);
const { clientNameOf } = require(Runtime.getFunctions()['shared/call'].path);
const { SyncUnavailable } = require(Runtime.getFunctions()['shared/documents'].path);

// An agent ends a call every minute at the fastest; an outbox that was full after an outage empties in minutes.
const MOST = 30;
const WINDOW_MS = 60_000;
const TTL_S = 3_600;
// Somebody else has written in between. Requests that come so densely that this many fail are too many.
const TRIES = 4;
const SYNC_PAUSE_S = 5;

/**
 * Counts a request of this worker, and refuses it if it is one too many.
 *
 * @param {object} documents see documents.private.js
 * @param {{workerSid: string | null, identity: string | null}} worker
 */
exports.countRequest = async (documents, worker) => {
  try {
    await count(documents, worker);
  } catch (error) {
    // Sync has a limit of its own, and whoever exceeds that must not get around this one by it.
    throw error instanceof SyncUnavailable && error.status === 429 ? tooMany(SYNC_PAUSE_S) : error;
  }
};

async function count(documents, { workerSid, identity }) {
  const name = `device-monitoring-rate-${workerSid ?? clientNameOf(identity ?? '')}`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const there = await documents.fetch(name);
    const now = Date.now();
    const recent = (there?.data.at ?? []).filter((at) => at > now - WINDOW_MS);
    if (recent.length >= MOST) throw tooMany(Math.ceil((recent[0] + WINDOW_MS - now) / 1000));
    const data = { at: [...recent, now] };
    const written = there ? await documents.update(name, there.revision, data, TTL_S) : await documents.create(name, data, TTL_S);
    if (written) return;
  }
  throw tooMany(SYNC_PAUSE_S);
}

function tooMany(retryAfter) {
  return new Refusal(429, 'too-many-alerts', `A worker may send ${MOST} alerts a minute. Send this one again later.`, { retryAfter: Math.max(retryAfter, 1) });
}
