/**
 * Twilio's Flex Configuration API (https://www.twilio.com/docs/flex/developer/config/flex-configuration-rest-api), as
 * text. Twilio's helper library reads the answer, and what it writes again would not be what was there.
 *
 * The API replaces `attributes` and `ui_attributes` as a whole, and cannot write on a condition.
 */
const https = require('node:https');

const { canonical, membersOf, parsed, withMember, written } = require(Runtime.getFunctions()['lib/json-edit'].path);
const { keyedHash } = require(Runtime.getFunctions()['lib/keyed-hash'].path);
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { isTwiliosCode } = require(Runtime.getFunctions()['lib/twilio'].path);

const HOST = 'flex-api.twilio.com';
const PATH = '/v1/Configuration';
const NAMESPACE = 'DeviceMonitoringPlugin';
const PLACES = ['attributes', 'ui_attributes'];
// Far more than Flex loads in reasonable time.
const ANSWER_MAX_BYTES = 2_000_000;
const SHORTEST_REQUEST_MS = 50;
const LONGEST_PAUSE_S = 3_600;
const PAUSE_S = 30;
/** The request cannot have reached Twilio. */
const NEVER_LEFT = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'NO_TIME_LEFT'];

exports.NAMESPACE = NAMESPACE;
exports.PLACES = PLACES;

/**
 * @typedef {object} Place `attributes` or `ui_attributes` of the configuration
 * @property {string} text as it was written
 * @property {string | null} block our block in it, as it was written
 * @property {Record<string, string>} version a code of each member's value, by which a change is noticed
 */

/**
 * @param {{ACCOUNT_SID: string, AUTH_TOKEN: string}} context
 * @param {{deadline: number, limitMs: number}} limits when all requests, and how soon each one, must have ended
 */
exports.flexConfigurationApi = ({ ACCOUNT_SID, AUTH_TOKEN }, { deadline, limitMs }) => {
  /** @returns {Promise<{status: number, text: string, retryAfter: number}>} */
  const ask = (method, body) =>
    new Promise((resolve, reject) => {
      const timeout = Math.min(limitMs, deadline - Date.now());
      if (timeout < SHORTEST_REQUEST_MS) {
        reject(Object.assign(new Error('no time is left to ask Twilio'), { code: 'NO_TIME_LEFT' }));
        return;
      }
      const headers = {
        Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
        ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      };
      const signal = AbortSignal.timeout(timeout);
      const request = https.request({ hostname: HOST, path: PATH, method, headers, signal }, (response) => {
        const chunks = [];
        let size = 0;
        response.on('data', (chunk) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > ANSWER_MAX_BYTES)
            response.destroy(Object.assign(new Error('Twilio'), { code: 'ANSWER_TOO_LARGE' }));
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            retryAfter: pauseOf(response.headers['retry-after']),
          }),
        );
        response.on('error', reject);
      });
      request.on('error', reject);
      // An answer that switches protocols is none, and without this, Node ends the request and says nothing.
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        reject(Object.assign(new Error('Twilio'), { code: 'ANSWER_IS_SOMETHING_ELSE' }));
      });
      request.end(body);
    });

  return {
    /** @returns {Promise<Record<string, Place>>} both places; throws a Refusal */
    async read() {
      let answer;
      try {
        answer = await ask('GET');
      } catch (cause) {
        throw Object.assign(unavailable(PAUSE_S), { cause });
      }
      const { status, text, retryAfter } = answer;
      if (status === 429 || status >= 500) throw unavailable(retryAfter);
      if (status < 200 || status >= 300)
        throw new Refusal(502, 'configuration-refused', `Twilio does not give the Flex configuration (${status}).`);
      return placesIn(text, { ACCOUNT_SID, AUTH_TOKEN });
    },

    /**
     * Replaces a place as a whole.
     * @returns {Promise<'written' | 'unknown'>} `unknown`: nobody can know whether it was done; throws a Refusal if nothing
     *   was written
     */
    async write(place, text) {
      let answer;
      try {
        answer = await ask('POST', `{"account_sid":${JSON.stringify(ACCOUNT_SID)},${JSON.stringify(place)}:${text}}`);
      } catch (cause) {
        if (NEVER_LEFT.includes(cause?.code)) throw Object.assign(unavailable(PAUSE_S), { cause });
        return 'unknown';
      }
      const { status, text: said, retryAfter } = answer;
      if (status >= 200 && status < 300) return 'written';
      if (status === 429) throw unavailable(retryAfter);
      // What something on the way answers says nothing about what Twilio has done.
      if (status >= 500 || !isTwilios(said)) return 'unknown';
      throw new Refusal(502, 'configuration-refused', `Twilio refuses to write the Flex configuration (${status}).`);
    },
  };
};

/** Whether Twilio itself gives the error, which then has a number. */
function isTwilios(text) {
  try {
    return isTwiliosCode(JSON.parse(text)?.code);
  } catch {
    return false;
  }
}

function pauseOf(header) {
  const said = Number(header);
  return said > 0 ? Math.min(Math.ceil(said), LONGEST_PAUSE_S) : PAUSE_S;
}

const unavailable = (retryAfter) =>
  new Refusal(503, 'configuration-unavailable', "Twilio's Flex Configuration API does not answer. Try again later.", {
    retryAfter,
  });

const unreadable = () =>
  new Refusal(502, 'configuration-unreadable', 'What Twilio has answered cannot be read as a Flex configuration.');

function placesIn(text, credentials) {
  try {
    const root = parsed(text);
    const members = membersOf(root);
    if (root.type !== 'object' || members.get('account_sid')?.value !== credentials.ACCOUNT_SID) throw unreadable();
    return Object.fromEntries(PLACES.map((name) => [name, placeIn(name, members.get(name), text, credentials)]));
  } catch (error) {
    // No JSON, or nested so deeply that reading it takes more stack than there is.
    throw error instanceof Refusal ? error : unreadable();
  }
}

/** @returns {Place} */
function placeIn(name, node, text, credentials) {
  if (node && node.type !== 'object' && node.type !== 'null')
    throw new Refusal(
      422,
      'configuration-not-an-object',
      `"${name}" of the Flex configuration is not an object: nothing can be put into it.`,
    );
  const isThere = node?.type === 'object';
  const own = isThere ? membersOf(node) : new Map();
  const block = own.get(NAMESPACE);
  const isNone = !block || block.type === 'null' || (block.type === 'string' && block.value.trim() === '');
  return {
    text: isThere ? written(text, node) : '{}',
    block: isNone ? null : written(text, block),
    version: Object.fromEntries([...own].map(([key, value]) => [key, digest(canonical(text, value), credentials)])),
  };
}

/** With a key, so that what is secret in another plugin's settings cannot be guessed from it. */
const digest = (value, context) => keyedHash(context, 'configuration', value);

/** @returns {string} the text of a place with this block in it, or without one if it is null */
exports.withBlock = ({ text }, block) => withMember(text, NAMESPACE, block ?? undefined);

/** @returns {string[]} the members that differ between two versions */
exports.changedBetween = (before, after) => {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
};

/** @returns {Record<string, string>} the version of a text that is about to be written */
exports.versionOf = (text, credentials) => placeIn('', parsed(text), text, credentials).version;
