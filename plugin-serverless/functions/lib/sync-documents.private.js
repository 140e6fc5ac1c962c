/**
 * Twilio Sync documents: what several instances of the Function know together.
 *
 * A document can be created once under a name, and changed only by who has seen its newest revision; that is all the
 * locking there is. Names end with a SID or an alert's id, so that they are the same for every instance.
 *
 * They lie in a Sync service of their own, which `npm run set-up` makes and no browser's token opens. Each has a code
 * over its name and content (HMAC), which shows if anybody else has written it.
 */
const { createHmac, hkdfSync, timingSafeEqual } = require('node:crypto');

const { expectAnswer, isTwilios, statusOf } = require(Runtime.getFunctions()['lib/twilio'].path);
const { shouldLogNow, logFailure, logLine, safeId } = require(Runtime.getFunctions()['lib/log'].path);

const SERVICE = /^IS[0-9a-f]{32}$/;
const NO_SID = 'is not the SID of a Sync service (IS…)';
const KEY_BYTES = 32;
const CHECK_AGAIN_MS = 10 * 60_000;

/** Sync did not say what has become of the request. */
class SyncUnavailable extends Error {
  constructor(cause) {
    super('Sync did not answer', { cause });
    this.name = 'SyncUnavailable';
    this.code = cause?.code;
    this.status = statusOf(cause);
  }
}

/** There is no Sync service in which claims would be safe. */
class ClaimsNotSetUp extends SyncUnavailable {
  /** @param {string} why what is wrong with the variable: completes the sentence below @param {string} [variable] */
  constructor(why, variable = 'SYNC_SERVICE_SID') {
    super(undefined);
    this.name = 'ClaimsNotSetUp';
    this.code = 'CLAIMS_NOT_SET_UP';
    this.message = `The variable ${variable} of this Function ${why}. Run "npm run set-up" and deploy the Function again.`;
  }
}

exports.SyncUnavailable = SyncUnavailable;
exports.ClaimsNotSetUp = ClaimsNotSetUp;

/**
 * Logs that Sync did not answer, or that it is not set up: once a minute by each instance, since every request meets it.
 *
 * @param {SyncUnavailable} error
 * @param {object} [about] more for the line
 */
exports.logUnavailable = (error, about = {}) => {
  const { message } = error;
  if (!shouldLogNow(message)) return;
  if (error instanceof ClaimsNotSetUp) logLine({ event: 'device-monitoring.claims-not-set-up', message, ...about });
  else logFailure({ event: 'device-monitoring.sync-unavailable', ...about }, error);
};

// Service → when it was last found to be in order. A warm instance checks every ten minutes.
const checked = new Map();
// Service → when this Function first claimed something in it.
const inUse = new Map();
const IN_USE = 'device-monitoring-in-use';

/** @returns the documents of the service that `SYNC_SERVICE_SID` names */
exports.syncDocumentsOf = (client, context) => {
  const serviceSid = context.SYNC_SERVICE_SID ?? '';
  const isNamed = SERVICE.test(serviceSid);
  const seal = sealOf(context, serviceSid);
  const notAuthentic = new Set();

  const askSync = async (ask, statuses) => {
    if (!isNamed) throw new ClaimsNotSetUp(serviceSid ? NO_SID : 'is not set');
    try {
      return await ask(client.sync.v1.services(serviceSid));
    } catch (error) {
      const found = statuses[statusOf(error)];
      if (found && isTwilios(error)) return found();
      throw new SyncUnavailable(error);
    }
  };
  const none = () => null;
  const noService = () => {
    throw new ClaimsNotSetUp('names no Sync service of this account');
  };
  const opened = (name, document) => document && seal.open(name, document);
  /** What was written comes back. */
  const written = (name, document) => {
    const found = opened(name, document);
    if (found && !found.authentic) throw new SyncUnavailable(new Error('something else was answered'));
    return found;
  };

  return {
    /**
     * Makes sure that agents cannot reach what lies in the service. Throws ClaimsNotSetUp if they may.
     */
    async checkService() {
      if (Math.abs(Date.now() - checked.get(serviceSid)) < CHECK_AGAIN_MS) return; // a clock may be put back
      const { aclEnabled, uniqueName } = await askSync(
        async (service) => expectAnswer(await service.fetch(), 'sid', serviceSid),
        { 404: noService },
      );
      if (uniqueName === 'default')
        throw new ClaimsNotSetUp("names the account's default service, which agents' tokens open");
      if (aclEnabled !== true) throw new ClaimsNotSetUp('names a Sync service without ACL');
      checked.set(serviceSid, Date.now());
    },

    /**
     * When this Function first claimed something in the service, in ms since 1970: a document that never expires says
     * so. If it says nothing that can be believed, this counts as the first time.
     */
    async inUseSince() {
      const known = inUse.get(serviceSid);
      if (known !== undefined) return known;
      const now = { at: Date.now() };
      // Another instance may make it between the two.
      const existing = (await this.fetch(IN_USE)) ?? (await this.create(IN_USE, now)) ?? (await this.fetch(IN_USE));
      if (!existing) throw new SyncUnavailable(new Error('the document was lost'));
      const isTime = Number.isFinite(existing.data.at);
      if (!isTime) await this.update(IN_USE, existing.revision, now);
      const since = isTime ? existing.data.at : now.at;
      inUse.set(serviceSid, since);
      return since;
    },

    /**
     * @param {number} [ttl] seconds; without it, the document never expires
     * @returns {Promise<object | null>} the document; null if there is one of this name already
     */
    async create(uniqueName, data, ttl) {
      const document = await askSync(
        ({ documents }) => documents.create({ uniqueName, data: seal.close(uniqueName, data), ttl }),
        { 404: noService, 409: none },
      );
      return written(uniqueName, document);
    },

    /**
     * @returns {Promise<{revision: string, data: object, authentic: boolean} | null>} null if there is none. `data`
     *   is empty if this Function has not written it, or did so before the account's token changed
     */
    async fetch(uniqueName) {
      const document = opened(
        uniqueName,
        await askSync(async ({ documents }) => named(uniqueName, await documents(uniqueName).fetch()), { 404: none }),
      );
      if (document && !document.authentic) notAuthentic.add(uniqueName);
      return document;
    },

    /** @returns {Promise<object | null>} null if somebody else has changed it since `revision` */
    async update(uniqueName, revision, data, ttl) {
      const document = await askSync(
        ({ documents }) => documents(uniqueName).update({ ifMatch: revision, data: seal.close(uniqueName, data), ttl }),
        { 412: none },
      );
      // Only one instance replaces it, so this is logged once.
      if (document && notAuthentic.delete(uniqueName))
        logLine({ event: 'device-monitoring.document-not-authentic', document: safeId(uniqueName) });
      return written(uniqueName, document);
    },

    /**
     * A document that a release without a service of its own has left, in the service that it used.
     *
     * @returns {Promise<object | null>} the data of the document; null if there is none
     */
    async fetchFromOldService(uniqueName) {
      const sid = context.SYNC_SERVICE_SID_BEFORE || 'default';
      // Sync would answer that there is no such document, as if nothing had been done.
      if (sid !== 'default' && !SERVICE.test(sid)) throw new ClaimsNotSetUp(NO_SID, 'SYNC_SERVICE_SID_BEFORE');
      const before = client.sync.v1.services(sid);
      const document = await askSync(async () => named(uniqueName, await before.documents(uniqueName).fetch()), {
        404: none,
      });
      return document && objectOf(document.data);
    },
  };
};

const named = (name, document) => expectAnswer(document, 'uniqueName', name);

/** Puts a code into what is written, and takes it out of what is read. */
function sealOf({ ACCOUNT_SID, AUTH_TOKEN }, serviceSid) {
  const key = Buffer.from(hkdfSync('sha256', AUTH_TOKEN, ACCOUNT_SID, 'device-monitoring Sync documents', KEY_BYTES));
  const codeOf = (name, data) =>
    createHmac('sha256', key)
      .update(JSON.stringify([serviceSid, name, data], sorted))
      .digest('hex');
  const isCode = (code, name, data) => {
    const expected = Buffer.from(codeOf(name, data));
    const given = Buffer.from(typeof code === 'string' ? code : '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return {
    close: (name, data) => ({ ...data, code: codeOf(name, data) }),
    open: (name, document) => {
      const { code, ...data } = objectOf(document.data);
      const authentic = isCode(code, name, data);
      return { revision: document.revision, data: authentic ? data : {}, authentic };
    },
  };
}

const objectOf = (value) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {});

/** For JSON.stringify: the same text whatever the order of the properties. */
function sorted(_key, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

exports.sorted = sorted;
