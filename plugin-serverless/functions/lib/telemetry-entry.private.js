/**
 * What of an alert, of a card or of an incident goes to a centre's own monitoring, in one form for all that send it.
 *
 * @typedef {object} Entry
 * @property {'alert' | 'card' | 'incident'} kind
 * @property {object} [alert] with `kind: 'alert'`: the alert document
 * @property {{sid: string, verified: boolean, why?: string} | null} [call] its call, as Twilio knows it
 * @property {object} [card] with `kind: 'card'`: the card as it is kept
 * @property {object} [incident] with `kind: 'incident'`
 * @property {'opened' | 'closed'} [state] what has become of the incident
 */

const { alertForOthers } = require(Runtime.getFunctions()['lib/alert-for-others'].path);

/**
 * @param {Entry} entry
 * @param {{workerSid: string}} [worker] whose token an alert came with
 * @returns {{kind: string, id: string, event: string, atMs: number, subject?: string, data: object}} `id`: unique in this
 *   account, and the same whenever it is sent; `event`: its kind, and for an incident what has become of it; `subject`: the
 *   call; `data`: the document, without phone numbers
 */
exports.describe = (entry, worker) => {
  const { atMs, ...rest } = DESCRIBED[entry.kind](/** @type {any} */ (entry), worker);
  return { kind: entry.kind, ...rest, atMs: plausible(atMs) };
};

/** The clock of an agent's computer may be wrong, and a browser may say anything. */
function plausible(ms) {
  const now = Date.now();
  return ms > 0 ? Math.min(ms, now) : now;
}

const DESCRIBED = {
  alert({ alert, call }, worker) {
    const { customerNumber: _customerNumber, customerCallSid: _customerCallSid, ...known } = call ?? {};
    const verified = known.verified ?? false;
    return {
      // Anybody can make up an alert about a colleague's call: it must not pass for the colleague's own.
      id: verified ? alert.id : `${alert.id}-of-${worker?.workerSid ?? 'nobody'}`,
      event: 'alert',
      atMs: Date.parse(alert.endedAt),
      subject: alert.callSid,
      data: { alert: alertForOthers(alert), call: { verified, ...known } },
    };
  },

  card({ card }) {
    return {
      id: `card-${card.worker}-${card.callSid ?? card.startedAt}`,
      event: 'card',
      atMs: card.startedAt + card.durationMs,
      subject: card.callSid,
      data: { card },
    };
  },

  incident({ incident, state }) {
    return {
      id: `${incident.id}-${state}`,
      event: `incident.${state}`,
      atMs: state === 'closed' ? incident.closedAt : incident.openedAt,
      subject: incident.id,
      data: { incident },
    };
  },
};
