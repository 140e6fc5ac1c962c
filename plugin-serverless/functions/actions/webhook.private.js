/**
 * webhook: posts the alert to a server of yours, over HTTPS and signed.
 *
 *   X-Device-Monitoring-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", hex>
 *
 * Whoever receives it compares the signature, refuses a `t` some minutes old, and knows an alert again by its id: after
 * an answer that was lost it comes once more. Phone numbers are not sent.
 */
const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);
const { HTTPS_ADDRESS, SIGNING_SECRET, post, signatureOf } = require(Runtime.getFunctions()['lib/https-post'].path);

exports.policy = 'at-least-once';
exports.needs = 'call';
exports.offByDefault = true;
exports.options = [
  { name: 'WEBHOOK_URL', ...HTTPS_ADDRESS },
  { name: 'WEBHOOK_SECRET', ...SIGNING_SECRET },
];

// What comes before an action may take 6.5 s of the 10 s that a hosted Function has.
const LIMIT_MS = 3_000;
const REFUSED_PAUSE_S = 600;

exports.run = async ({ alert, call, worker, options }) => {
  const { callerId: _callerId, dnis: _dnis, ...document } = alert;
  const { customerNumber: _customerNumber, customerCallSid: _customerCallSid, ...verified } = call;
  const body = JSON.stringify({ alert: document, call: verified, worker: { workerSid: worker.workerSid } });
  const headers = { 'Content-Type': 'application/json', ...signatureOf(body, options.WEBHOOK_SECRET) };
  const { status } = await post(options.WEBHOOK_URL, headers, body, LIMIT_MS);
  if (status >= 200 && status < 300) return { status };
  if (status === 408 || status === 429 || status >= 500)
    throw Object.assign(new Error('webhook'), { code: 'RECEIVER_FAILED', status });
  // A wrong key or address, or a deployment: an admin can mend that, and the browser tries again for a day.
  throw Object.assign(
    new ActionNotPerformed('RECEIVER_REFUSED', { answer: 'receiver-refused', retryAfter: REFUSED_PAUSE_S }),
    {
      status,
    },
  );
};
