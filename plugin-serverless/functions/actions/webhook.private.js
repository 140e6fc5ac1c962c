/**
 * webhook: posts the alert to a server of yours, over HTTPS and signed.
 *
 *   X-Device-Monitoring-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "<t>.<body>", hex>
 *
 * Whoever receives it compares the signature, refuses a `t` some minutes old, and knows an alert again by its id: after
 * an answer that was lost it comes once more. Phone numbers are not sent.
 */
const { createHmac } = require('node:crypto');
const https = require('node:https');

const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);
const { publicAddressOf } = require(Runtime.getFunctions()['lib/public-address'].path);

exports.policy = 'at-least-once';
exports.needs = 'call';
exports.offByDefault = true;
exports.options = [
  {
    name: 'WEBHOOK_URL',
    format: /^https:\/\/[^\s/?#@]+([/?][^\s#]*)?$/,
    description: 'an address that begins with https://, without user name',
  },
  {
    name: 'WEBHOOK_SECRET',
    format: /^[\x21-\x7e]{32,}$/,
    description: 'at least 32 letters, digits and signs, known to the receiver as well',
  },
];

// What comes before an action may take 6.5 s of the 10 s that a hosted Function has.
const LIMIT_MS = 3_000;
const REFUSED_PAUSE_S = 600;
const ANSWER_MAX_BYTES = 16_384;

exports.run = async ({ alert, call, worker, options }) => {
  const { callerId: _callerId, dnis: _dnis, ...document } = alert;
  const { customerNumber: _customerNumber, customerCallSid: _customerCallSid, ...verified } = call;
  const body = JSON.stringify({ alert: document, call: verified, worker: { workerSid: worker.workerSid } });
  const url = new URL(options.WEBHOOK_URL);
  const signal = AbortSignal.timeout(LIMIT_MS);
  const place = await publicAddressOf(url.hostname.replace(/^\[|\]$/g, ''), signal).catch((cause) => {
    throw new ActionNotPerformed('ADDRESS_IS_NOT_KNOWN', { cause });
  });
  if (!place) throw new ActionNotPerformed('ADDRESS_IS_NOT_PUBLIC', { retryAfter: 600 });
  const status = await send(url, place, signed(body, options.WEBHOOK_SECRET), body, signal);
  if (status >= 200 && status < 300) return { status };
  if (status === 408 || status === 429 || status >= 500)
    throw Object.assign(new Error('webhook'), { code: 'RECEIVER_FAILED', status });
  // A wrong key or address, or a deployment: an admin can mend that, and the browser tries again for a day. A redirect
  // is not followed, as nobody has checked where it leads.
  throw Object.assign(
    new ActionNotPerformed('RECEIVER_REFUSED', { answer: 'receiver-refused', retryAfter: REFUSED_PAUSE_S }),
    {
      status,
    },
  );
};

function signed(body, secret) {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Device-Monitoring-Signature': `t=${time},v1=${signature}`,
  };
}

/** @returns {Promise<number>} the answer's status; of its body nothing is used */
function send(url, { address, family }, headers, body, signal) {
  return new Promise((resolve, reject) => {
    const answered = ({ statusCode = 0 }) => resolve(statusCode);
    /** @type {import('node:net').LookupFunction} */
    const lookup = (_host, { all }, callback) =>
      all ? callback(null, [{ address, family }]) : callback(null, address, family);
    const request = https.request(url, { method: 'POST', headers, lookup, signal, agent: false }, (response) => {
      let size = 0;
      response.on('data', (chunk) => {
        size += chunk.length;
        if (size > ANSWER_MAX_BYTES)
          response.destroy(Object.assign(new Error('webhook'), { code: 'ANSWER_TOO_LARGE' }));
      });
      response.on('end', () => answered(response));
      response.on('error', reject);
    });
    // Without this, Node ends the request and says nothing.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      answered(response);
    });
    request.on('error', reject);
    request.end(body);
  });
}
