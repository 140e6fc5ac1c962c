/**
 * Twilio Sync documents: what several instances of the Function know together.
 *
 * A document can be created once under a name, and changed only by who has seen its newest revision; that is all the
 * locking there is. Names end with an alert's id or a worker's SID, so that they are the same for every instance.
 */
const { statusOf } = require(Runtime.getFunctions()['shared/twilio'].path);

/** Sync did not say what has become of the request. */
exports.SyncUnavailable = class SyncUnavailable extends Error {
  constructor(cause) {
    super('Sync did not answer', { cause });
    this.name = 'SyncUnavailable';
    this.code = cause?.code;
    this.status = statusOf(cause);
  }
};

/** @returns the documents of the service that `SYNC_SERVICE_SID` names, `default` if it names none */
exports.documentsOf = (client, context) => {
  const { documents } = client.sync.v1.services(context.SYNC_SERVICE_SID || 'default');
  const answerOr = async (request, missing) => {
    try {
      return await request;
    } catch (error) {
      if (statusOf(error) === missing) return null;
      throw new exports.SyncUnavailable(error);
    }
  };
  return {
    /** @returns {Promise<object | null>} the document; null if there is one of this name already */
    create: (uniqueName, data, ttl) => answerOr(documents.create({ uniqueName, data, ttl }), 409),
    /** @returns {Promise<object | null>} null if there is none */
    fetch: (uniqueName) => answerOr(documents(uniqueName).fetch(), 404),
    /** @returns {Promise<object | null>} null if somebody else has changed it since `revision` */
    update: (uniqueName, revision, data, ttl) => answerOr(documents(uniqueName).update({ ifMatch: revision, data, ttl }), 412),
  };
};
