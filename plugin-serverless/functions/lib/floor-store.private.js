/**
 * Where cards, beats and shared recordings lie: maps of a Twilio Sync service of their own, with ACL, which
 * `npm run set-up` makes.
 *
 * A map takes 20 writes a second. So there are several of each kind, and a worker's calls are always in the same of them.
 * The key of a card begins with the time at which its call began, so that a stretch of time can be read. A card that comes
 * twice has the same key both times: it is there once. The key of a piece of a recording also ends with its number.
 */
const { createHash } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');

const { keyedHash } = require(Runtime.getFunctions()['lib/keyed-hash'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { shouldLogNow, logFailure, logLine } = require(Runtime.getFunctions()['lib/log'].path);
const { expectAnswer, isAnsweredWith, pauseOf, statusOf } = require(Runtime.getFunctions()['lib/twilio'].path);

// Maps of what is kept for days.
const KEPT = /^device-monitoring-((?:cards|recordings)-[0-9]{1,2})$/;
const SERVICE = /^IS[0-9a-f]{32}$/;
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
// Each of them has some 15 KB.
const PAGE_OF_RECORDINGS = 20;

/** Service → when it was last found to be in order. */
const checked = new Map();

/**
 * @returns {{shards: number, days: number, recordingDays: number}} what the Function's environment says about the floor
 */
exports.floorOptions = ({ FLOOR_SHARDS, FLOOR_DAYS, FLOOR_RECORDING_DAYS }) => ({
  shards: wholeNumber('FLOOR_SHARDS', FLOOR_SHARDS, 8, 64),
  days: wholeNumber('FLOOR_DAYS', FLOOR_DAYS, 30, 365),
  recordingDays: wholeNumber('FLOOR_RECORDING_DAYS', FLOOR_RECORDING_DAYS, 7, 30),
});

function wholeNumber(name, text, fallback, most) {
  if (!text) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw notSetUp(`The variable ${name} of this Function is wrong. Expected: a whole number from 1 to ${most}.`);
}

const shardOf = (owner, shards) => createHash('sha256').update(owner).digest().readUInt32BE() % shards;

/** The maps of a kind, by their unique names. @param {'cards' | 'beats' | 'recordings'} kind */
exports.mapNames = (kind, shards) => Array.from({ length: shards }, (_, index) => `device-monitoring-${kind}-${index}`);

const keyOf = (owner, { startedAt, callSid }) =>
  `${String(startedAt).padStart(13, '0')}-${owner}-${callSid ?? 'unnamed'}`;

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
  const { shards, days, recordingDays } = exports.floorOptions(context);
  const service = () => client.sync.v1.services(serviceSid);
  const mapOf = (kind, owner) => `device-monitoring-${kind}-${shardOf(owner, shards)}`;

  async function checkService() {
    if (!SERVICE.test(serviceSid))
      throw notSetUp('The variable FLOOR_SYNC_SERVICE_SID of this Function is not set: run "npm run set-up".');
    if (serviceSid === context.SYNC_SERVICE_SID)
      throw notSetUp('FLOOR_SYNC_SERVICE_SID names the service of the claims, which must stay by itself.');
    if (Math.abs(Date.now() - checked.get(serviceSid)) < CHECK_AGAIN_MS) return; // a clock may be put back
    const fetched = service()
      .fetch()
      .then((found) => expectAnswer(found, 'sid', serviceSid));
    const { aclEnabled, uniqueName } = await asked(fetched);
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
   * One item, whether it is there or not, in a map that may not be there either. `isNew`: it hardly ever is there, and
   * each attempt counts for Sync.
   * @returns {Promise<boolean>} whether it was not
   */
  async function put(map, key, data, ttl, isNew = false) {
    const items = service().syncMaps(map).syncMapItems;
    const update = async () => {
      expectAnswer(await items(key).update({ data, ttl }), 'key', key);
      return false;
    };
    const create = async () => {
      expectAnswer(await items.create({ key, data, ttl }), 'key', key);
      return true;
    };
    try {
      if (!isNew) return await update();
    } catch (error) {
      if (!isAnsweredWith(error, 404)) throw error;
    }
    try {
      return await create();
    } catch (error) {
      // It is there after all: another request may have made it between the two.
      if (isAnsweredWith(error, 409)) return update();
      if (!isAnsweredWith(error, 404)) throw error;
    }
    await makeMap(map);
    return create().catch((error) => (isAnsweredWith(error, 409) ? update() : Promise.reject(error)));
  }

  async function makeMap(uniqueName) {
    try {
      await service().syncMaps.create({ uniqueName });
    } catch (error) {
      if (!isAnsweredWith(error, 409)) throw error; // it is there already
    }
  }

  return {
    shards,
    days,
    recordingDays,
    serviceSid,
    checkService,

    /**
     * Keeps a card for as many days as are configured.
     * @param {{owner: string, team?: string, site?: string, card: object}} what
     * @returns {Promise<{created: boolean, data: object}>} `created`: no earlier request has kept it; `data`: what is kept
     */
    async putCard({ owner, team, site, card: { workerSid: _workerSid, ...card } }) {
      const key = keyOf(owner, card);
      const data = { ...card, worker: owner, ...(team && { team }), ...(site && { site }), receivedAt: Date.now() };
      return { created: await asked(put(mapOf('cards', owner), key, data, days * DAY_S)), data };
    },

    /**
     * Keeps a piece of a recording for as many days as are configured. What was recorded later takes its place.
     * @param {{owner: string, team?: string, site?: string, piece: object}} what
     */
    async putPiece({ owner, team, site, piece: { workerSid: _workerSid, ...piece } }) {
      const key = `${keyOf(owner, piece)}-${piece.piece}`;
      const data = { ...piece, worker: owner, ...(team && { team }), ...(site && { site }), receivedAt: Date.now() };
      await asked(put(mapOf('recordings', owner), key, data, recordingDays * DAY_S, true));
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

    /** Lets an identity read these maps, and nothing more. @param {string} identity @param {string[]} names */
    async grantReading(identity, names) {
      const grant = async (name) => {
        const permissions = service().syncMaps(name).syncMapPermissions(identity);
        expectAnswer(await permissions.update({ read: true, write: false, manage: false }), 'identity', identity);
      };
      await asked(
        Promise.all(
          names.map(async (name) => {
            try {
              await grant(name);
            } catch (error) {
              if (!isAnsweredWith(error, 404)) throw error;
              await makeMap(name);
              await grant(name);
            }
          }),
        ),
      );
    },

    /**
     * Removes cards and recordings of these owners from every map that there is, as far as the time lasts: how many maps
     * there are may have been another number when they were written. Beats go by themselves within minutes.
     * @param {string[]} owners
     * @param {{map: string, key: string}} from where an earlier request has stopped: behind this key
     * @param {number} until ms since 1970
     * @param {() => void} onRemoved is called for each that was removed, also if the rest fails
     * @returns {Promise<{map: string, key: string} | null>} where to go on; null: that was all
     */
    async forget(owners, from, until, onRemoved) {
      const maps = await asked(service().syncMaps.list({ pageSize: PAGE }));
      const known = maps.map(({ uniqueName }) => KEPT.exec(uniqueName ?? '')?.[1]).filter((map) => map !== undefined);
      /* eslint-disable no-await-in-loop -- one after the other: Sync takes 20 reads and 20 writes a second */
      for (const map of known.filter((one) => one >= from.map).sort()) {
        const { syncMapItems: items } = service().syncMaps(`device-monitoring-${map}`);
        const size = map.startsWith('recordings') ? PAGE_OF_RECORDINGS : PAGE;
        let key = map === from.map ? from.key : '';
        for (let isLast = false; !isLast;) {
          if (Date.now() > until) return { map, key };
          const page = await asked(
            items.list({ limit: size, pageSize: size, ...(key && { from: key, bounds: 'exclusive' }) }),
          );
          for (const item of page) {
            if (Date.now() > until) return { map, key };
            ({ key } = item);
            if (owners.includes(item.data.worker)) {
              await asked(gone(items(key).remove()));
              onRemoved();
            }
          }
          isLast = page.length < size;
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
    if (!(await removal)) throw new Error('Sync does not say that it was removed');
  } catch (error) {
    if (!isAnsweredWith(error, 404)) throw error;
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
  if (isAnsweredWith(error, 404))
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
