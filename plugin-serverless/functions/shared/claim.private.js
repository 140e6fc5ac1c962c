/**
 * Who acts on an alert: the instance that creates the document of its id, and nobody else.
 *
 *   claimed   somebody acts on it, or has died over it
 *   done      it was acted on
 *   failed    nothing has happened: it may be claimed again
 *   unknown   it may have been acted on, and must not be again
 */
const { createHash, randomUUID } = require('node:crypto');
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);
const { SyncUnavailable } = require(Runtime.getFunctions()['shared/documents'].path);

// Calls that ended more than 8 days ago are refused, so that none is forgotten too early.
const TTL_S = 14 * 86_400;
// An instance is ended after 10 s; the rest is for clocks that differ.
const DEAD_AFTER_MS = 30_000;

const nameOf = (alert) => `device-monitoring-${alert.id}`;

/**
 * What an alert says, as a hash: the same alert sent again has the same, whatever the order of its properties. Without
 * the two numbers, which the browser forgets before the rest, and on which nothing is acted.
 */
const fingerprintOf = ({ callerId: _callerId, dnis: _dnis, ...alert }) =>
  createHash('sha256').update(JSON.stringify(alert, sorted)).digest('hex').slice(0, 32);

function sorted(_key, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Claims an alert. Throws a Refusal if somebody else acts on it or its content is another, and SyncUnavailable if
 * nobody can tell.
 *
 * @param {object} documents see documents.private.js
 * @param {{alert: object, action: string, policy: 'again' | 'at-most-once'}} what
 * @returns {Promise<{attempt: number, close: (documents: object, state: string) => Promise<void>} | {settled: 'done' | 'unknown'}>}
 *   a claim to be closed, with documents that may be asked for longer; or what has become of the alert before
 */
exports.claim = async (documents, { alert, action, policy }) => {
  const name = nameOf(alert);
  const mine = { action, fingerprint: fingerprintOf(alert), by: randomUUID() };
  const claimed = (attempt) => ({ ...mine, state: 'claimed', at: new Date().toISOString(), attempt });
  const held = ({ revision, data }) => ({
    attempt: data.attempt,
    close: (later, state) => close(later, name, revision, { ...data, state }),
  });

  const created = await certainly(documents, name, mine, () => documents.create(name, claimed(1), TTL_S));
  if (created) return held(created);

  const there = await documents.fetch(name);
  if (!there) throw inProgress(1); // it has expired between the two requests
  const { state, at, attempt, ...theirs } = there.data;
  if (theirs.fingerprint !== mine.fingerprint || theirs.action !== action) {
    throw new Refusal(422, 'alert-changed', 'An alert with this id was sent before, with other content or another action. Nothing was done about this one.');
  }
  if (state === 'done' || state === 'unknown') return { settled: state };

  const age = Date.now() - Date.parse(at);
  if (state === 'claimed' && age < DEAD_AFTER_MS) throw inProgress(Math.ceil((DEAD_AFTER_MS - age) / 1000));
  if (state === 'claimed' && policy === 'at-most-once') {
    if (await documents.update(name, there.revision, { ...there.data, state: 'unknown' }, TTL_S)) return { settled: 'unknown' };
    throw inProgress(1);
  }
  const taken = await certainly(documents, name, mine, () => documents.update(name, there.revision, claimed(attempt + 1), TTL_S));
  if (taken) return held(taken);
  throw inProgress(DEAD_AFTER_MS / 1000);
};

/** Whether a write whose answer was lost has come to pass shows in the document. */
async function certainly(documents, name, { by }, write) {
  try {
    return await write();
  } catch (error) {
    const there = await documents.fetch(name);
    if (there?.data.by === by) return there;
    throw error;
  }
}

async function close(documents, name, revision, data) {
  const write = () => documents.update(name, revision, data, TTL_S);
  // A second try: the next request would find a claim of somebody who has died.
  const written = await write().catch(write);
  if (written) return;
  const there = await documents.fetch(name); // the first try may have changed the revision
  if (there?.data.by !== data.by || there.data.state !== data.state) throw new SyncUnavailable(new Error('the claim was lost'));
}

function inProgress(retryAfter) {
  return new Refusal(409, 'in-progress', 'This alert is being acted on. Send it again later to learn what became of it.', { retryAfter });
}
