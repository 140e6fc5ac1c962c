/**
 * webhook: posts the alert to a server of yours, over HTTPS and signed.
 *
 *   X-Device-Monitoring-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", hex>
 *
 * Whoever receives it compares the signature, refuses a `t` some minutes old, and knows an alert again by its id: after
 * an answer that was lost it comes once more. Phone numbers are not sent.
 */
const { alertForOthers } = require(Runtime.getFunctions()['lib/alert-for-others'].path);
const { WEBHOOK_OPTIONS, postSigned } = require(Runtime.getFunctions()['lib/post'].path);

exports.policy = 'at-least-once';
exports.needs = 'call';
exports.offByDefault = true;
exports.options = WEBHOOK_OPTIONS;

exports.run = ({ alert, call, worker, options }) => {
  const { customerNumber: _customerNumber, customerCallSid: _customerCallSid, ...ownLeg } = call;
  return postSigned({ alert: alertForOthers(alert), call: ownLeg, worker: { workerSid: worker.workerSid } }, options);
};
