/**
 * Where incidents lie: a map of the floor's Sync service, which admins and supervisors read.
 *
 *   state          what the judging goes on from, {state, judgedAt, isOpen, pending}; written only by who has seen its newest
 *                  revision, so of two instances that judge at the same moment one has judged for nothing
 *   incident-<id>  an incident as it was when it opened or closed
 */
const { INCIDENTS_MAP, mapNames } = require(Runtime.getFunctions()['lib/floor-store'].path);
const { statusOf } = require(Runtime.getFunctions()['lib/twilio'].path);

const STATE = 'state';
// As long as the page Floor shows them, and some more.
const INCIDENT_TTL_S = 25 * 3_600;
const STATE_TTL_S = 7 * 86_400;
// Sync gives no more at once.
const PAGE = 100;

/**
 * @param {object} client see twilio.private.js
 * @param {{serviceSid: string, shards: number}} floor see floor-store.private.js
 */
exports.incidentStore = (client, { serviceSid, shards }) => {
  const service = client.sync.v1.services(serviceSid);
  const items = service.syncMaps(INCIDENTS_MAP).syncMapItems;

  /** What `request` gives, or null where Sync answers with one of these statuses. */
  async function unless(statuses, request) {
    try {
      return await request;
    } catch (error) {
      if (statuses.includes(statusOf(error))) return null;
      throw error;
    }
  }

  async function makeMap() {
    await unless([409], service.syncMaps.create({ uniqueName: INCIDENTS_MAP }));
  }

  async function create(key, data, ttl) {
    const creating = () => unless([409], items.create({ key, data, ttl }));
    try {
      return await creating();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    await makeMap();
    return creating();
  }

  return {
    /** @returns {Promise<{revision: string, data: any} | null>} null if nothing was judged yet */
    readState: () => unless([404], items(STATE).fetch()),

    /**
     * @param {string | null} revision of what was read; null if there was none
     * @param {object} data
     * @returns {Promise<{revision: string} | null>} null if somebody else has written meanwhile
     */
    writeState: (revision, data) =>
      revision === null
        ? create(STATE, data, STATE_TTL_S)
        : unless([404, 412], items(STATE).update({ ifMatch: revision, data, ttl: STATE_TTL_S })),

    /** Keeps an incident in place of what was kept of it. @param {{id: string}} incident */
    async putIncident(incident) {
      const key = `incident-${incident.id}`;
      const update = () => unless([404], items(key).update({ data: incident, ttl: INCIDENT_TTL_S }));
      if (!(await update()) && !(await create(key, incident, INCIDENT_TTL_S))) await update();
    },

    /** The beats that the floor has, by the names of their maps; each is read by itself. */
    readBeats: () =>
      mapNames('beats', shards).map(async (map) => {
        const found = await unless([404], service.syncMaps(map).syncMapItems.list({ pageSize: PAGE }));
        return { map, beats: (found ?? []).map(({ data }) => data) };
      }),
  };
};
