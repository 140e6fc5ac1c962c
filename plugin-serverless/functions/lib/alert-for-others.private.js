const { safeText } = require(Runtime.getFunctions()['lib/log'].path);

// As the alert's schema allows it.
const LONGEST_TEXT = 1_000;

/**
 * An alert as it may leave this account: without the two phone numbers, and with everything masked in its sentences that
 * could be one. A browser writes these, and it may be an agent's who changed it.
 * @param {{callerId?: string, dnis?: string, reasons: {text: string}[]}} alert
 * @returns {object}
 */
exports.alertForOthers = ({ callerId: _callerId, dnis: _dnis, reasons, ...alert }) => ({
  ...alert,
  reasons: reasons.map((reason) => ({ ...reason, text: safeText(reason.text, LONGEST_TEXT) })),
});
