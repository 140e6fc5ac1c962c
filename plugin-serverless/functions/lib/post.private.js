/**
 * Posts to servers outside of Twilio: over HTTPS, to an address on the internet, and to no other that an answer may name.
 */
const { createHmac } = require('node:crypto');
const https = require('node:https');

const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);
const { publicAddressOf } = require(Runtime.getFunctions()['lib/public-address'].path);

// What comes before an action may take 6.5 s of the 10 s that a hosted Function has.
const LIMIT_MS = 3_000;
const REFUSED_PAUSE_S = 600;
const ANSWER_MAX_BYTES = 16_384;

/** The format of an address to post to: HTTPS, without user name or fragment. */
exports.HTTPS_URL = {
  test: (address) => /^https:\/\/[^\s/?#@]+([/?][^\s#]*)?$/.test(address) && URL.canParse(address),
};

/** What the actions declare that post to a server of somebody's own. */
exports.WEBHOOK_OPTIONS = [
  {
    name: 'WEBHOOK_URL',
    format: exports.HTTPS_URL,
    description: 'an address that begins with https://, without user name',
  },
  {
    name: 'WEBHOOK_SECRET',
    format: /^[\x21-\x7e]{32,}$/,
    description: 'at least 32 letters, digits and signs, known to the receiver as well',
  },
];

/** The header by which a receiver who knows the secret as well sees where a body comes from, and when. */
exports.signatureOf = (body, secret) => {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'X-Device-Monitoring-Signature': `t=${time},v1=${signature}` };
};

/**
 * Posts, whatever the answer is.
 *
 * @param {string} address
 * @param {string} body
 * @param {Record<string, string>} headers with Content-Type
 * @param {number} limitMs for looking up the address and for the answer together
 * @returns {Promise<{status: number, text: string}>} the answer, and what came of its text: at most 16 KB; throws an
 *   ActionNotPerformed if the address is not of the format, not known or not public
 */
exports.post = async (address, body, headers, limitMs) => {
  if (!exports.HTTPS_URL.test(address)) throw new ActionNotPerformed('ADDRESS_IS_NOT_HTTPS', { retry: false });
  const url = new URL(address);
  const signal = AbortSignal.timeout(limitMs);
  const place = await publicAddressOf(url.hostname.replace(/^\[|\]$/g, ''), signal).catch((cause) => {
    throw new ActionNotPerformed('ADDRESS_IS_NOT_KNOWN', { cause });
  });
  if (!place) throw new ActionNotPerformed('ADDRESS_IS_NOT_PUBLIC', { retryAfter: 600 });
  return send(url, place, { 'Content-Length': String(Buffer.byteLength(body)), ...headers }, body, signal);
};

/**
 * Posts JSON.
 *
 * @param {string} address
 * @param {string} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{status: number}>} of an answer that says that it was taken; throws an ActionNotPerformed if it
 *   certainly was not
 */
exports.postJson = async (address, body, headers = {}) => {
  const { status } = await exports.post(address, body, { 'Content-Type': 'application/json', ...headers }, LIMIT_MS);
  if (status >= 200 && status < 300) return { status };
  if (status === 408 || status === 429 || status >= 500)
    throw Object.assign(new Error('post'), { code: 'RECEIVER_FAILED', status });
  // A wrong key or address, or a deployment: an admin can mend that, and the browser tries again for a day. A redirect
  // is not followed, as nobody has checked where it leads.
  throw Object.assign(
    new ActionNotPerformed('RECEIVER_REFUSED', { answer: 'receiver-refused', retryAfter: REFUSED_PAUSE_S }),
    { status },
  );
};

/**
 * Posts a document with a signature, by which its receiver knows where it comes from.
 *
 * @param {object} document
 * @param {Record<string, string>} options WEBHOOK_URL and WEBHOOK_SECRET
 */
exports.postSigned = (document, { WEBHOOK_URL, WEBHOOK_SECRET }) => {
  const body = JSON.stringify(document);
  return exports.postJson(WEBHOOK_URL, body, exports.signatureOf(body, WEBHOOK_SECRET));
};

/** @returns {Promise<{status: number, text: string}>} */
function send(url, { address, family }, headers, body, signal) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let status = 0;
    const answered = () => resolve({ status, text: Buffer.concat(chunks).toString() });
    /** @type {import('node:net').LookupFunction} */
    const lookup = (_host, { all }, callback) =>
      all ? callback(null, [{ address, family }]) : callback(null, address, family);
    const request = https.request(url, { method: 'POST', headers, lookup, signal, agent: false }, (response) => {
      status = response.statusCode ?? 0;
      let left = ANSWER_MAX_BYTES;
      response.on('data', (chunk) => {
        chunks.push(chunk.subarray(0, Math.max(left, 0)));
        left -= chunk.length;
        if (left < 0) response.destroy();
      });
      // Its status is the answer: a text that is too long, breaks off or never ends takes nothing of it back.
      for (const end of ['end', 'error', 'close']) response.on(end, answered);
    });
    // Without this, Node ends the request and says nothing.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      status = response.statusCode ?? 0;
      answered();
    });
    request.on('error', (error) => (status ? answered() : reject(error)));
    request.end(body);
  });
}
