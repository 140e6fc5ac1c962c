/**
 * Who acts on an alert: the instance that creates the document of its call, and nobody else.
 *
 * The document is named by the SID of the agent's leg, as Twilio gives it. An action that needs the customer also
 * claims the SID of the customer's own call, so that it is done once, whichever agents were on that call. Of several
 * actions for an alert each has a claim of its own.
 *
 *   claimed   somebody acts on it, or has died over it
 *   done      it was acted on
 *   failed    nothing has happened: it may be claimed again
 *   unknown   it may have been acted on, and must not be again
 */
const { createHash, randomUUID } = require('node:crypto');

const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { SyncUnavailable, sorted } = require(Runtime.getFunctions()['lib/sync-documents'].path);

// Calls that ended more than 8 days ago are refused, so that none is forgotten too early.
const TTL_S = 14 * 86_400;
// An earlier release kept its claims in another service. They are looked for until the last one has expired: for their
// lifetime after this release first claimed something, and one more day, in which instances of both may have run.
const BEFORE_MS = (TTL_S + 86_400) * 1000;
// An instance is ended after 10 s; the rest is for clocks that differ.
const DEAD_AFTER_MS = 30_000;

/**
 * What an alert says, as a hash: the same alert sent again has the same, whatever the order of its properties. Without
 * the two numbers, which the browser forgets before the rest, and without the endpoint, whose network has another name
 * after the account's token has changed: no action depends on them.
 *
 * @param {object} alert as it was sent: what this Function does not know, one that is deployed later may
 * @returns {string}
 */
exports.fingerprintOf = ({ callerId: _callerId, dnis: _dnis, endpoint: _endpoint, ...alert }) =>
  createHash('sha256').update(JSON.stringify(alert, sorted)).digest('hex').slice(0, 32);

/** @typedef {{attempt: number, close: (documents: object, state: string) => Promise<void>} | {settled: 'done' | 'unknown'}} Claim */

/**
 * Claims an alert. Throws a Refusal if somebody else acts on it or its content is another, and SyncUnavailable if
 * nobody can tell.
 *
 * @param {object} documents see sync-documents.private.js
 * @param {object} what
 * @param {object} what.alert
 * @param {string} what.fingerprint of the alert as it was sent
 * @param {{verified: boolean, sid: string, customerCallSid?: string} | null} what.call as Twilio knows it
 * @param {string[]} what.colleagues SIDs of other agents' calls in the same conversation
 * @param {string} what.action
 * @param {'at-least-once' | 'at-most-once'} what.policy
 * @param {'call' | 'customer'} [what.needs]
 * @returns {Promise<Claim>} a claim to be closed, with documents that may be asked for longer; or what has become of the alert before
 */
exports.claim = async (documents, { alert, fingerprint, call, colleagues, action, policy, needs }) => {
  await documents.checkService();
  const isRecent = Date.now() - (await documents.inUseSince()) < BEFORE_MS;
  const before = isRecent ? await settledBefore(documents, { alert, colleagues, action, policy }) : null;
  if (before) return { settled: before };

  const suffix = alert.supplements ? '-report' : '';
  const legName = call?.verified ? `device-monitoring-alert-${call.sid}${suffix}` : `device-monitoring-${alert.id}`;
  if (needs !== 'customer') return claimOne(documents, legName, { action, fingerprint, policy });

  // The customer's document decides whether it was done; therefore the leg's may be taken over, for the same customer.
  const { customerCallSid } = /** @type {NonNullable<typeof call>} */ (call);
  const leg = await claimOne(documents, legName, { action, fingerprint, customerCallSid, policy: 'at-least-once' });
  if ('settled' in leg) return leg;
  try {
    const customer = await claimOne(documents, `device-monitoring-customer-${customerCallSid}${suffix}`, {
      action,
      policy,
    });
    if (!('settled' in customer)) {
      return {
        attempt: leg.attempt,
        close: async (later, state) => {
          await customer.close(later, state);
          await leg.close(later, state);
        },
      };
    }
    // If this fails, the next alert about this leg finds the customer's document again.
    await leg.close(documents, customer.settled).catch(() => {});
    return customer;
  } catch (error) {
    await leg.close(documents, 'failed').catch(() => {});
    throw error;
  }
};

/** The name of the claim of an action that was not the first to claim the alert of this name. */
exports.furtherClaim = (name, action) => `${name}.${action}`;

/**
 * Claims one document, in a service that is known to be safe.
 *
 * @param {object} documents
 * @param {string} name
 * @param {{action: string, fingerprint?: string, customerCallSid?: string, policy: string}} what without a `fingerprint`,
 *   any content counts as the same; `customerCallSid`: whose document decides
 * @returns {Promise<Claim>}
 */
async function claimOne(documents, name, what) {
  const claim = await claimDocument(documents, name, what);
  if (claim !== OTHER_ACTION) return claim;
  const further = await claimDocument(documents, exports.furtherClaim(name, what.action), what);
  if (further === OTHER_ACTION) throw alertChanged();
  return further;
}

/** The document is another action's. It stays as long as those that were named after it. */
const OTHER_ACTION = Symbol('other action');

/**
 * @param {object} documents
 * @param {string} name
 * @param {{action: string, fingerprint?: string, customerCallSid?: string, policy: string}} what as above
 * @returns {Promise<Claim | typeof OTHER_ACTION>}
 */
async function claimDocument(documents, name, { action, fingerprint, customerCallSid, policy }) {
  const mine = {
    action,
    ...(fingerprint && { fingerprint }),
    ...(customerCallSid && { customer: customerCallSid }),
    by: randomUUID(),
  };
  const inState = (state, attempt) => ({ ...mine, state, at: new Date().toISOString(), attempt });
  const held = ({ revision, data }) => ({
    attempt: data.attempt,
    close: (later, state) => close(later, name, revision, { ...data, state }),
  });
  /**
   * Nobody can know whether it was done: it is not done a second time.
   * @returns {Promise<Claim>}
   */
  const settleUnknown = async (revision, data) => {
    if (await documents.update(name, revision, data, TTL_S)) return { settled: 'unknown' };
    throw inProgress(1);
  };

  const created = await writeAndVerify(documents, name, mine, () =>
    documents.create(name, inState('claimed', 1), TTL_S),
  );
  if (created) return held(created);

  const existing = await documents.fetch(name);
  if (!existing) throw inProgress(1); // it has expired between the two requests
  // If this Function has not written it, or the account's token was another, nobody knows what was done, by whichever
  // action.
  if (!existing.authentic) return settleUnknown(existing.revision, { ...inState('unknown', 1), forAll: true });
  const { state, at, attempt, forAll, ...theirs } = existing.data;
  if (theirs.fingerprint !== fingerprint) throw alertChanged();
  if (forAll) return { settled: 'unknown' };
  if (theirs.action !== action) return OTHER_ACTION;
  if (state === 'done' || state === 'unknown') return { settled: state };

  const age = Date.now() - Date.parse(at);
  if (state === 'claimed' && age < DEAD_AFTER_MS) throw inProgress(Math.ceil((DEAD_AFTER_MS - age) / 1000));
  // Whoever has died over it may have reached another customer.
  const isAnothers = theirs.customer !== undefined && theirs.customer !== customerCallSid;
  if (state === 'claimed' && (policy === 'at-most-once' || isAnothers))
    return settleUnknown(existing.revision, { ...existing.data, state: 'unknown' });
  const taken = await writeAndVerify(documents, name, mine, () =>
    documents.update(name, existing.revision, inState('claimed', attempt + 1), TTL_S),
  );
  if (taken) return held(taken);
  throw inProgress(DEAD_AFTER_MS / 1000);
}

exports.claimOne = claimOne;

/**
 * What has become of the alert under an earlier release, which named its claim by the alert's id and had no code on it.
 * For an action about the customer, the claims of the other agents in the conversation count as well.
 */
async function settledBefore(documents, { alert, colleagues, action, policy }) {
  const own = await documents.fetchFromOldService(`device-monitoring-${alert.id}`);
  const others = await Promise.all(
    colleagues.map((sid) => documents.fetchFromOldService(`device-monitoring-alert-${sid}`)),
  );
  const claims = [own, ...others.filter((claim) => claim?.action === action)];
  const states = claims.map((claim) => stateBefore(claim, policy));
  return states.find((state) => state === 'done') ?? states.find(Boolean) ?? null;
}

function stateBefore(claim, policy) {
  if (!claim || claim.state === 'failed') return null;
  if (claim.state === 'done') return 'done';
  return claim.state === 'claimed' && policy === 'at-least-once' ? null : 'unknown';
}

/** Writes. If the answer is lost, the document shows whether the write has come to pass. */
async function writeAndVerify(documents, name, { by }, write) {
  try {
    return await write();
  } catch (error) {
    const existing = await documents.fetch(name);
    if (existing?.data.by === by) return existing;
    throw error;
  }
}

async function close(documents, name, revision, data) {
  const write = () => documents.update(name, revision, data, TTL_S);
  // A second try: the next request would find a claim of somebody who has died.
  const written = await write().catch(write);
  if (written) return;
  const existing = await documents.fetch(name); // the first try may have changed the revision
  if (existing?.data.by !== data.by || existing.data.state !== data.state)
    throw new SyncUnavailable(new Error('the claim was lost'));
}

function alertChanged() {
  return new Refusal(
    422,
    'alert-changed',
    'An alert about this call was sent before, with other content. Nothing was done about this one.',
  );
}

function inProgress(retryAfter) {
  return new Refusal(
    409,
    'in-progress',
    'This alert is being acted on. Send it again later to learn what became of it.',
    { retryAfter },
  );
}
