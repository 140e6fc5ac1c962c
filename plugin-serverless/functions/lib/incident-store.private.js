/**
 * Where incidents lie: in a map of the floor's Sync service, which admins and supervisors read.
 *
 *   turn   {at, isSuspicious}: when they were last judged, and whether something has to be looked at again soon
 *   state  {incidents, pending}: what the engine knows, and what is still to be done about it
 *
 * Each is written only by who has seen its newest revision. So of several instances one judges, and what opens is opened
 * once.
 */
const { INCIDENTS_MAP, mapNames } = require(Runtime.getFunctions()['lib/floor-store'].path);
const { expectAnswer, isAnsweredWith } = require(Runtime.getFunctions()['lib/twilio'].path);

// What is usual on a floor is known from days before.
const TTL_S = 14 * 86_400;
// Sync gives no more at once.
const PAGE = 100;

/** What `request` gives, or null where Sync answers with one of these statuses. */
async function unless(statuses, request) {
  try {
    return await request;
  } catch (error) {
    if (isAnsweredWith(error, ...statuses)) return null;
    throw error;
  }
}

/** What Sync has answered of an item. */
async function item(key, request) {
  const found = await request;
  return found && expectAnswer(found, 'key', key);
}

/**
 * @param {object} client see twilio.private.js
 * @param {{serviceSid: string, shards: number}} floor see floor-store.private.js
 */
exports.incidentStore = (client, { serviceSid, shards }) => {
  const service = client.sync.v1.services(serviceSid);
  const items = service.syncMaps(INCIDENTS_MAP).syncMapItems;

  async function create(key, data) {
    const creating = () => item(key, unless([409], items.create({ key, data, ttl: TTL_S })));
    try {
      return await creating();
    } catch (error) {
      if (!isAnsweredWith(error, 404)) throw error;
    }
    // Another instance may make the map at the same moment.
    await unless([409], service.syncMaps.create({ uniqueName: INCIDENTS_MAP }));
    return creating();
  }

  return {
    /**
     * @param {'turn' | 'state'} key
     * @returns {Promise<{revision: string, data: any} | null>} null if there is none
     */
    read: (key) => item(key, unless([404], items(key).fetch())),

    /**
     * @param {'turn' | 'state'} key
     * @param {{revision: string} | null} before what was read of it
     * @param {object} data
     * @returns {Promise<{revision: string} | null>} null if somebody else has written it since
     */
    write: (key, before, data) =>
      before
        ? item(key, unless([404, 412], items(key).update({ ifMatch: before.revision, data, ttl: TTL_S })))
        : create(key, data),

    /** The maps of beats, each with what reads it. @returns {{map: string, read: () => Promise<object[]>}[]} */
    beatMaps: () =>
      mapNames('beats', shards).map((map) => ({
        map,
        read: async () => {
          const found = await unless([404], service.syncMaps(map).syncMapItems.list({ pageSize: PAGE }));
          return (found ?? []).map(({ data }) => data);
        },
      })),
  };
};
