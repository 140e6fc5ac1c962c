/**
 * Where cards and beats lie: maps of a Twilio Sync service of their own, with ACL, which `npm run set-up` makes.
 *
 * A map takes 20 writes a second. So there are several of each kind, and a worker's calls are always in the same of them.
 * The key of a card begins with the time at which its call began, so that a stretch of time can be read. A card that comes
 * twice has the same key both times: it is there once.
 */
const { createHash } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');

const { keyedHash } = require(Runtime.getFunctions()['lib/keyed-hash'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { shouldLogNow, logFailure, logLine } = require(Runtime.getFunctions()['lib/log'].path);
const { pauseOf, statusOf } = require(Runtime.getFunctions()['lib/twilio'].path);

const SERVICE = /^IS[0-9a-f]{32}$/;
const CARDS = /^device-monitoring-cards-([0-9]{1,2})$/;
const CHECK_AGAIN_MS = 10 * 60_000;
const DAY_S = 86_400;
// A beat is believed for 90 s; some more, so that it is the reader who decides.
const BEAT_TTL_S = 120;
// Somebody has to act before it can succeed.
const NOT_SET_UP_PAUSE_S = 600;
// After a 429: Sync counts over ten seconds.
const BUSY_PAUSE_S = 3;
const BUSY_SPREAD_S = 7;
// A beat is worth a second try only at once.
const BEAT_TRIES = 3;
const BEAT_PAUSE_MS = 300;
// Of what is read to be removed; Sync gives no more at once.
const PAGE = 100;

/** Service → when it was last found to be in order. */
const checked = new Map();

/** @returns {{shards: number, days: number}} what the Function's environment says about the floor */
exports.floorOptions = ({ FLOOR_SHARDS, FLOOR_DAYS }) => ({
  shards: wholeNumber('FLOOR_SHARDS', FLOOR_SHARDS, 8, 64),
  days: wholeNumber('FLOOR_DAYS', FLOOR_DAYS, 30, 365),
});

function wholeNumber(name, text, fallback, most) {
  if (!text) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw notSetUp(`The variable ${name} of this Function is wrong. Expected: a whole number from 1 to ${most}.`);
}

const shardOf = (owner, shards) => createHash('sha256').update(owner).digest().readUInt32BE() % shards;

/** The maps of a kind, by their unique names. @param {'cards' | 'beats'} kind */
exports.mapNames = (kind, shards) => Array.from({ length: shards }, (_, index) => `device-monitoring-${kind}-${index}`);

/** The map of incidents: see incident-store.private.js. */
exports.INCIDENTS_MAP = 'device-monitoring-incidents';

/** A name for a worker that says nothing to who does not know the account's token, and is the same for all their calls. */
exports.pseudonymOf = (context, workerSid) => `P-${keyedHash(context, 'pseudonyms', workerSid)}`;

/**
 * @param {object} client see twilio.private.js
 * @param {object} context the Function's context
 */
exports.floorStore = (client, context) => {
  const serviceSid = context.FLOOR_SYNC_SERVICE_SID ?? '';
  const { shards, days } = exports.floorOptions(context);
  const service = () => client.sync.v1.services(serviceSid);
  const mapOf = (kind, owner) => `device-monitoring-${kind}-${shardOf(owner, shards)}`;

  async function checkService() {
    if (!SERVICE.test(serviceSid))
      throw notSetUp('The variable FLOOR_SYNC_SERVICE_SID of this Function is not set: run "npm run set-up".');
    if (serviceSid === context.SYNC_SERVICE_SID)
      throw notSetUp('FLOOR_SYNC_SERVICE_SID names the service of the claims, which must stay by itself.');
    if (Math.abs(Date.now() - checked.get(serviceSid)) < CHECK_AGAIN_MS) return; // a clock may be put back
    const { aclEnabled, uniqueName } = await asked(service().fetch());
    if (uniqueName === 'default' || aclEnabled !== true)
      throw notSetUp("FLOOR_SYNC_SERVICE_SID names a Sync service without ACL, or the account's default one.");
    checked.set(serviceSid, Date.now());
  }

  async function asked(request) {
    try {
      return await request;
    } catch (error) {
      throw refusalFor(error, client);
    }
  }

  /**
   * One item, whether it is there or not, in a map that may not be there either.
   * @returns {Promise<boolean>} whether it was not
   */
  async function put(map, key, data, ttl) {
    const items = service().syncMaps(map).syncMapItems;
    const update = async () => {
      await items(key).update({ data, ttl });
      return false;
    };
    const create = async () => {
      await items.create({ key, data, ttl });
      return true;
    };
    try {
      return await update();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    try {
      return await create();
    } catch (error) {
      // Another request has made it between the two.
      if (statusOf(error) === 409) return update();
      if (statusOf(error) !== 404) throw error;
    }
    await makeMap(map);
    return create().catch((error) => (statusOf(error) === 409 ? update() : Promise.reject(error)));
  }

  async function makeMap(uniqueName) {
    try {
      await service().syncMaps.create({ uniqueName });
    } catch (error) {
      if (statusOf(error) !== 409) throw error; // it is there already
    }
  }

  return {
    shards,
    days,
    serviceSid,
    checkService,

    /**
     * Keeps a card for as many days as are configured.
     * @param {{owner: string, team?: string, site?: string, card: object}} what
     * @returns {Promise<{created: boolean, data: object}>} `created`: no earlier request has kept it; `data`: what is kept
     */
    async putCard({ owner, team, site, card: { workerSid: _workerSid, ...card } }) {
      const key = `${String(card.startedAt).padStart(13, '0')}-${owner}-${card.callSid ?? 'unnamed'}`;
      const data = { ...card, worker: owner, ...(team && { team }), ...(site && { site }), receivedAt: Date.now() };
      return { created: await asked(put(mapOf('cards', owner), key, data, days * DAY_S)), data };
    },

    /**
     * Tells how a call is, in place of what was told of it before.
     * @param {{owner: string, team?: string, site?: string, beat: object}} what
     */
    async putBeat({ owner, team, site, beat: { workerSid: _workerSid, ...beat } }) {
      const data = { ...beat, worker: owner, ...(team && { team }), ...(site && { site }), receivedAt: Date.now() };
      const write = () => put(mapOf('beats', owner), `${owner}-${beat.startedAt}`, data, BEAT_TTL_S);
      for (let tries = 1; ; tries += 1) {
        try {
          // eslint-disable-next-line no-await-in-loop -- a further try is only made if this one has failed
          return await write();
        } catch (error) {
          if (!mayPass(error) || tries === BEAT_TRIES) throw refusalFor(error, client);
          // eslint-disable-next-line no-await-in-loop -- as above
          await sleep(BEAT_PAUSE_MS * (1 + Math.random()) * tries);
        }
      }
    },

    /** Lets an identity read everything, and nothing more. */
    async grantReading(identity) {
      const names = [...exports.mapNames('beats', shards), ...exports.mapNames('cards', shards), exports.INCIDENTS_MAP];
      const grant = (name) =>
        service().syncMaps(name).syncMapPermissions(identity).update({ read: true, write: false, manage: false });
      await asked(
        Promise.all(
          names.map(async (name) => {
            try {
              await grant(name);
            } catch (error) {
              if (statusOf(error) !== 404) throw error;
              await makeMap(name);
              await grant(name);
            }
          }),
        ),
      );
    },

    /**
     * Removes the cards of these owners from every map that there is, as far as the time lasts: how many maps there are
     * may have been another number when they were written. Beats go by themselves within minutes.
     * @param {string[]} owners
     * @param {{map: number, key: string}} from where an earlier request has stopped: behind this key
     * @param {number} until ms since 1970
     * @param {() => void} onRemoved is called for each that was removed, also if the rest fails
     * @returns {Promise<{map: number, key: string} | null>} where to go on; null: that was all
     */
    async forget(owners, from, until, onRemoved) {
      const maps = await asked(service().syncMaps.list({ pageSize: PAGE }));
      const numbers = maps.map(({ uniqueName }) => Number(CARDS.exec(uniqueName ?? '')?.[1] ?? NaN));
      /* eslint-disable no-await-in-loop -- one after the other: Sync takes 20 reads and 20 writes a second */
      for (const map of numbers.filter((number) => number >= from.map).sort((one, other) => one - other)) {
        const { syncMapItems: items } = service().syncMaps(`device-monitoring-cards-${map}`);
        let key = map === from.map ? from.key : '';
        for (let isLast = false; !isLast;) {
          if (Date.now() > until) return { map, key };
          const page = await asked(
            items.list({ limit: PAGE, pageSize: PAGE, ...(key && { from: key, bounds: 'exclusive' }) }),
          );
          for (const item of page) {
            if (Date.now() > until) return { map, key };
            ({ key } = item);
            if (owners.includes(item.data.worker)) {
              await asked(gone(items(key).remove()));
              onRemoved();
            }
          }
          isLast = page.length < PAGE;
        }
      }
      /* eslint-enable no-await-in-loop */
      return null;
    },
  };
};

/** What has expired, or somebody else has removed, is gone as well. */
async function gone(removal) {
  try {
    await removal;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** Whether it may succeed in a moment. */
function mayPass(error) {
  const status = statusOf(error);
  return status === 429 || status >= 500 || status === 0;
}

function refusalFor(error, client) {
  if (error instanceof Refusal) return error;
  const status = statusOf(error);
  if (status === 429) {
    const retryAfter = BUSY_PAUSE_S + Math.round(Math.random() * BUSY_SPREAD_S);
    return new Refusal(429, 'floor-busy', 'Twilio Sync takes no more at this moment.', { retryAfter });
  }
  if (status === 404)
    return notSetUp('FLOOR_SYNC_SERVICE_SID names no Sync service of this account: run "npm run set-up".');
  // Every request meets it, until Sync answers again.
  if (shouldLogNow('floor-unavailable')) logFailure({ event: 'device-monitoring.floor-unavailable' }, error);
  return new Refusal(503, 'floor-unavailable', 'Twilio Sync did not answer. Try again later.', {
    retryAfter: pauseOf(client),
  });
}

function notSetUp(message) {
  if (shouldLogNow(message)) logLine({ event: 'device-monitoring.floor-not-set-up', message });
  return new Refusal(503, 'floor-not-set-up', message, { retryAfter: NOT_SET_UP_PAUSE_S });
}
