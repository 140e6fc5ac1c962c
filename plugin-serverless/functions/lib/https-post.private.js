/**
 * Posts to an address that an admin has configured: over HTTPS, on the internet, within a limit. Redirects are not
 * followed, as nobody has checked where they lead.
 */
const { createHmac } = require('node:crypto');
const https = require('node:https');

const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);
const { publicAddressOf } = require(Runtime.getFunctions()['lib/public-address'].path);

const ANSWER_MAX_BYTES = 16_384;

/** What a variable with such an address must look like. */
exports.HTTPS_ADDRESS = {
  format: /^https:\/\/[^\s/?#@]+([/?][^\s#]*)?$/,
  description: 'an address that begins with https://, without user name',
};

/** What a variable with a secret to sign with must look like. */
exports.SIGNING_SECRET = {
  format: /^[\x21-\x7e]{32,}$/,
  description: 'at least 32 letters, digits and signs, known to the receiver as well',
};

/** The headers that show the receiver who has sent a body, and when. */
exports.signatureOf = (body, secret) => {
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'X-Device-Monitoring-Signature': `t=${time},v1=${signature}` };
};

/**
 * @param {string} address see HTTPS_ADDRESS
 * @param {Record<string, string>} headers with Content-Type
 * @param {string} body
 * @param {number} limitMs for looking up the address and for the answer together
 * @returns {Promise<{status: number, text: string}>} the answer. Throws an ActionNotPerformed if the address is not known
 *   or not public, and an Error if it cannot be known whether the body has arrived
 */
exports.post = async (address, headers, body, limitMs) => {
  const url = new URL(address);
  const signal = AbortSignal.timeout(limitMs);
  const place = await publicAddressOf(url.hostname.replace(/^\[|\]$/g, ''), signal).catch((cause) => {
    throw new ActionNotPerformed('ADDRESS_IS_NOT_KNOWN', { cause });
  });
  if (!place) throw new ActionNotPerformed('ADDRESS_IS_NOT_PUBLIC', { retryAfter: 600 });
  return send(url, place, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }, body, signal);
};

/** @returns {Promise<{status: number, text: string}>} */
function send(url, { address, family }, headers, body, signal) {
  return new Promise((resolve, reject) => {
    const answered = ({ statusCode = 0 }, text = '') => resolve({ status: statusCode, text });
    /** @type {import('node:net').LookupFunction} */
    const lookup = (_host, { all }, callback) =>
      all ? callback(null, [{ address, family }]) : callback(null, address, family);
    const request = https.request(url, { method: 'POST', headers, lookup, signal, agent: false }, (response) => {
      const chunks = [];
      let size = 0;
      response.on('data', (chunk) => {
        size += chunk.length;
        if (size > ANSWER_MAX_BYTES) response.destroy(Object.assign(new Error('answer'), { code: 'ANSWER_TOO_LARGE' }));
        else chunks.push(chunk);
      });
      response.on('end', () => answered(response, Buffer.concat(chunks).toString()));
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
