/** A query of more SIDs would be a long one. */
const MAX_AT_ONCE = 50;
/** Before those are asked for again whom Flex could not be asked for. */
const RETRY_MS = 30_000;
const IN_A_CALL = 'data.task_channel_unique_name == "voice" AND data.status == "accepted"';

/** What Flex calls a worker. */
const nameOf = ({ attributes, friendly_name: friendlyName }) => attributes?.full_name ?? friendlyName;

/**
 * Searches the workers that Flex knows.
 * @param {{insightsClient?: any}} access
 * @param {string} expression
 * @returns {Promise<any[]>}
 */
async function searchWorkers({ insightsClient }, expression) {
  if (!insightsClient) throw new Error('Flex does not let its workers be searched here.');
  const query = await insightsClient.instantQuery('tr-worker');
  const found = new Promise((resolve) => {
    query.once('searchResult', resolve);
  });
  const [workers] = await Promise.all([found, query.search(expression)]);
  return Object.values(workers);
}

/**
 * Asks Flex what workers are called, each once; again if that fails.
 * @param {{insightsClient?: any}} access
 * @param {import('../engine').Floor} engine is told the names
 * @returns {() => Promise<boolean>} asks for those that are missing; whether there were any
 */
export function nameWorkers(access, engine) {
  const asked = new Set();
  return async () => {
    const unknown = engine.unnamed().filter((sid) => !asked.has(sid));
    const some = unknown.slice(0, MAX_AT_ONCE);
    if (some.length === 0 || !access.insightsClient) return false;
    some.forEach((sid) => asked.add(sid));
    const workers = await searchWorkers(access, `data.worker_sid IN ${JSON.stringify(some)}`).catch((error) => {
      setTimeout(() => some.forEach((sid) => asked.delete(sid)), RETRY_MS);
      throw error;
    });
    workers.forEach((worker) => {
      const name = nameOf(worker);
      if (name) engine.name(worker.worker_sid, String(name));
    });
    return true;
  };
}

/**
 * What Flex calls these workers.
 * @param {{insightsClient?: any}} access
 * @param {string[]} sids
 * @returns {Promise<Map<string, string>>} without those that Flex does not know
 */
export async function namesOf(access, sids) {
  const names = new Map();
  for (let first = 0; first < sids.length; first += MAX_AT_ONCE) {
    const some = sids.slice(first, first + MAX_AT_ONCE);
    // eslint-disable-next-line no-await-in-loop -- one query after the other: Twilio takes 20 a second
    const workers = await searchWorkers(access, `data.worker_sid IN ${JSON.stringify(some)}`);
    workers.forEach((worker) => nameOf(worker) && names.set(worker.worker_sid, String(nameOf(worker))));
  }
  return names;
}

/**
 * Workers whose name has this text in it, as Flex knows them; rejected if Flex cannot be asked.
 * @param {{insightsClient?: any}} access
 * @param {string} text
 * @returns {Promise<{worker: string, agent: string}[]>}
 */
export async function findWorkers(access, text) {
  const wanted = JSON.stringify(text);
  const workers = await searchWorkers(
    access,
    `data.attributes.full_name CONTAINS ${wanted} OR data.friendly_name CONTAINS ${wanted}`,
  );
  return workers.map((one) => ({ worker: one.worker_sid, agent: nameOf(one) }));
}

/**
 * Follows who is in a call by Flex's word.
 * @param {{insightsClient?: any}} access
 * @param {() => void} changed
 * @returns {Promise<{since: () => Record<string, number>, close: () => void}>} `since`: since when, by worker
 */
export async function followTalking({ insightsClient }, changed) {
  if (!insightsClient) return { since: () => ({}), close: () => {} };
  const query = await insightsClient.liveQuery('tr-reservation', IN_A_CALL);
  query.on('itemUpdated', changed);
  query.on('itemRemoved', changed);
  return {
    since: () =>
      Object.fromEntries(
        Object.values(query.getItems()).map(({ worker_sid: sid, date_updated: since }) => [sid, Date.parse(since)]),
      ),
    close: () => query.close(),
  };
}
