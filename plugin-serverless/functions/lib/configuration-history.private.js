/**
 * Who changed our block in the Flex configuration, when and how: the last changes, in a map of the Sync service that no
 * browser's token opens. A change is noted before it is made, so that none is made that nobody can look up.
 */
const { randomBytes } = require('node:crypto');

const { SyncUnavailable } = require(Runtime.getFunctions()['lib/sync-documents'].path);
const { expectAnswer, isAnsweredWith } = require(Runtime.getFunctions()['lib/twilio'].path);

const MAP = 'device-monitoring-configuration';
const MAX_KEPT = 50;
// Sync gives no more at once. What is beyond the 50 is removed at the next change.
const PAGE = 100;

/**
 * @typedef {object} Change
 * @property {number} at ms since 1970
 * @property {{workerSid: string, name: string | null}} by
 * @property {string} place
 * @property {string | null} before our block as it was written; null if there was none
 * @property {string | null} after
 * @property {'writing' | 'written' | 'not-written' | 'unknown' | 'unverified' | 'differs'} state `writing`: the Function
 *   ended before it could say what became of it
 * @property {string} [restores] the id of the change whose result was put back
 */

/**
 * @param {object} client see twilio.private.js
 * @param {string} serviceSid
 */
exports.configurationHistory = (client, serviceSid) => {
  const maps = () => client.sync.v1.services(serviceSid).syncMaps;
  const items = () => maps()(MAP).syncMapItems;

  const create = async (key, data) => expectAnswer(await items().create({ key, data }), 'key', key);

  async function createWithMap(key, data) {
    try {
      return await create(key, data);
    } catch (error) {
      if (!isAnsweredWith(error, 404)) throw error;
    }
    try {
      await maps().create({ uniqueName: MAP });
    } catch (error) {
      if (!isAnsweredWith(error, 409)) throw error; // it is there already
    }
    return create(key, data);
  }

  const list = async () => {
    try {
      return await items().list({ order: 'desc', limit: PAGE, pageSize: PAGE });
    } catch (error) {
      if (isAnsweredWith(error, 404)) return [];
      throw error;
    }
  };

  /** What Sync does not say is a SyncUnavailable. */
  const asked = async (request) => {
    try {
      return await request;
    } catch (error) {
      throw new SyncUnavailable(error);
    }
  };

  return {
    /** @returns {Promise<(Change & {id: string})[]>} the newest first */
    list: async () => (await asked(list())).slice(0, MAX_KEPT).map(({ key, data }) => ({ ...data, id: key })),

    /**
     * Notes a change that is about to be made.
     * @param {Change} change
     * @returns {Promise<(state: Change['state']) => Promise<void>>} notes what became of it
     */
    async begin(change) {
      const id = `${String(change.at).padStart(13, '0')}-${randomBytes(4).toString('hex')}`;
      await asked(createWithMap(id, change));
      return async (state) => {
        await asked(
          items()(id)
            .update({ data: { ...change, state } })
            .then((found) => expectAnswer(found, 'key', id)),
        );
        const old = (await asked(list())).slice(MAX_KEPT);
        await asked(Promise.all(old.map(({ key }) => items()(key).remove())));
      };
    },
  };
};
