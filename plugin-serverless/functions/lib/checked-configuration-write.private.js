/**
 * Writes our block into the Flex configuration: only if nothing has changed since it was read, noted before, read back
 * after. Whatever fails in between, the answer says what state things are in.
 */
const { setTimeout: sleep } = require('node:timers/promises');

const { BLOCK_MAX_BYTES } = require(Runtime.getFunctions()['lib/configuration-request'].path);
const { changedBetween, versionOf, withBlock } = require(Runtime.getFunctions()['lib/flex-configuration-api'].path);
const { logFailure } = require(Runtime.getFunctions()['lib/log'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { SyncUnavailable, logUnavailable } = require(Runtime.getFunctions()['lib/sync-documents'].path);

const LOCK = 'device-monitoring-configuration';
// Longer than a hosted Function lives.
const LOCKED_MS = 15_000;
const LOCK_TTL_S = 3_600;
// By how much the clocks of two instances may differ.
const SKEW_MS = 30_000;
const LOCKED_PAUSE_S = 5;
// Not begun later than this after the request came: there must be time to read back.
const BEGIN_UNTIL_MS = 6_000;
const READINGS = 3;
const BETWEEN_READINGS_MS = 500;

/** What is told of each state in which a write may end; `written` is no refusal. */
const FAILED_STATES = {
  unknown: [
    'configuration-unknown',
    'Twilio has not said whether it was written. At this moment the configuration is as it was before; read it again later.',
  ],
  unread: [
    'configuration-unknown',
    'Twilio has not said whether it was written, and does not give the configuration. Read it again later.',
  ],
  unverified: [
    'configuration-unverified',
    'It was written, but Twilio does not give the configuration to compare. Read it again later.',
  ],
  differs: [
    'configuration-differs',
    'It was written, but what is there now is not what was sent: somebody else may have written at the same moment.',
  ],
};

/**
 * @param {object} what
 * @param {ReturnType<typeof import('./flex-configuration-api.private.js').flexConfigurationApi>} what.api
 * @param {object} what.documents see sync-documents.private.js
 * @param {ReturnType<typeof import('./configuration-history.private.js').configurationHistory>} what.history
 * @param {object} what.context
 * @param {{workerSid: string, userName: string | null}} what.worker
 * @param {string} what.place
 * @param {object | null} what.block null takes it away
 * @param {Record<string, string>} what.seen the version of the place that the change was made from
 * @param {string} [what.restores]
 * @param {number} what.started when the request came
 * @returns {Promise<{state: 'written' | 'unchanged', before: string | null, places: object}>} throws a Refusal with `state`
 */
exports.writeConfiguration = async (what) => {
  const { documents } = what;
  let unlock;
  try {
    await documents.checkService();
    unlock = await lock(documents);
  } catch (error) {
    throw notWritten(error);
  }
  try {
    const { places, closing, wanted } = await prepared(what).catch((error) => {
      throw notWritten(error);
    });
    const before = places[what.place].block;
    if (!closing) return { state: 'unchanged', before, places };
    const { state, refusal, places: now } = await written(what, places[what.place], wanted);
    await closing(state).catch((error) => logUnavailable(error, { what: 'configuration-history' }));
    if (refusal) throw refusal;
    return { state: 'written', before, places: now };
  } finally {
    await unlock();
  }
};

/** One write at a time. What writes past this Function, as `replay configure` does, knows nothing of it. */
async function lock(documents) {
  const there = await documents.fetch(LOCK);
  const busy = new Refusal(409, 'configuration-busy', 'Somebody else is writing the configuration at this moment.', {
    retryAfter: LOCKED_PAUSE_S,
  });
  const left = (there?.data.until ?? 0) - Date.now();
  // One that would last longer is of an instance whose clock was wrong.
  if (left > 0 && left <= LOCKED_MS + SKEW_MS) throw busy;
  const data = { until: Date.now() + LOCKED_MS };
  const taken = there
    ? await documents.update(LOCK, there.revision, data, LOCK_TTL_S)
    : await documents.create(LOCK, data, LOCK_TTL_S);
  if (!taken) throw busy;
  // If this fails, the lock goes by itself.
  return () =>
    documents.update(LOCK, taken.revision, { until: 0 }, LOCK_TTL_S).catch((error) => {
      logFailure({ event: 'device-monitoring.configuration-lock' }, error);
    });
}

/** What is written, and the note of it; no `closing` if there is nothing to write. @param {any} what */
async function prepared({ api, history, worker, context, place, block, seen, restores, started }) {
  const places = await api.read();
  const there = places[place];
  const changed = changedBetween(seen, there.version);
  if (changed.length > 0) {
    const message = `Somebody else has changed the configuration since it was read: ${changed.join(', ')}.`;
    throw new Refusal(409, 'configuration-changed', message, { changed, ...publicSections(places) });
  }
  const text = withBlock(there, block);
  const wanted = { text, version: versionOf(text, context) };
  if (text === there.text || changedBetween(there.version, wanted.version).length === 0) return { places, wanted };
  // The history could not keep it, and so nobody could put it back.
  if (Buffer.byteLength(there.block ?? '') > BLOCK_MAX_BYTES) {
    const message = `The block that is there has more than ${BLOCK_MAX_BYTES} bytes: change it with replay configure.`;
    throw new Refusal(422, 'configuration-too-large', message);
  }
  if (Date.now() - started > BEGIN_UNTIL_MS)
    throw new Refusal(503, 'configuration-unavailable', 'Twilio took too long to answer. Try again later.', {
      retryAfter: LOCKED_PAUSE_S,
    });
  const closing = await history.begin({
    at: Date.now(),
    by: { workerSid: worker.workerSid, name: worker.userName },
    place,
    before: there.block,
    after: block && JSON.stringify(block),
    state: 'writing',
    ...(restores && { restores }),
  });
  return { places, closing, wanted };
}

/** @returns {Promise<{state: string, refusal?: InstanceType<typeof Refusal>, places?: object}>} */
async function written({ api, place }, before, wanted) {
  let said;
  try {
    said = await api.write(place, wanted.text);
  } catch (error) {
    return { state: 'not-written', refusal: notWritten(error) };
  }
  let places;
  let changed = [];
  for (let reading = 1; reading <= READINGS; reading += 1) {
    try {
      // eslint-disable-next-line no-await-in-loop -- what was written a moment ago may not be there yet
      places = await api.read();
    } catch {
      break; // no time is left, or Twilio does not answer: what was read last counts
    }
    changed = changedBetween(wanted.version, places[place].version);
    if (changed.length === 0) return { state: 'written', places };
    // eslint-disable-next-line no-await-in-loop -- as above
    if (reading < READINGS) await sleep(BETWEEN_READINGS_MS);
  }
  if (!places) return ended(said === 'written' ? 'unverified' : 'unread');
  const isAsBefore = changedBetween(before.version, places[place].version).length === 0;
  return ended(said === 'unknown' && isAsBefore ? 'unknown' : 'differs', { changed, ...publicSections(places) });
}

function ended(end, details = {}) {
  const [code, message] = FAILED_STATES[end];
  const state = end === 'unread' ? 'unknown' : end;
  return { state, refusal: new Refusal(502, code, message, { ...details, state }) };
}

/** The error with the state that nothing was written. */
function notWritten(error) {
  if (error instanceof SyncUnavailable) {
    logUnavailable(error);
    const message = 'The history in Twilio Sync cannot be kept, so nothing was written. Has "npm run set-up" been run?';
    return new Refusal(503, 'history-unavailable', message, { state: 'not-written' });
  }
  if (error instanceof Refusal) error.details = { ...error.details, state: 'not-written' };
  return error;
}

/** What the browser gets of the places: our blocks, and codes of everything else. */
function publicSections(places) {
  const of = ({ block, version }) => ({ block, version });
  return { places: Object.fromEntries(Object.entries(places).map(([name, place]) => [name, of(place)])) };
}

exports.publicSections = publicSections;
