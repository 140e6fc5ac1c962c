/**
 * Who is calling? Asks Twilio about the Flex token.
 *
 * The package's `validator` is called, not its `functionValidator`: the latter turns every failure,
 * those of the wrapped handler included, into 403, and a browser could not tell "your token has
 * expired, come back with the next one" from "never".
 */
const { createHash } = require('node:crypto');

const { validator } = require('twilio-flex-token-validator');

const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { nameOfUser } = require(Runtime.getFunctions()['lib/voice-client-name'].path);

// The validator waits without end, and a hosted Function is killed, without an answer, after 10 s.
const TIMEOUT_MS = 4_000;
const CACHE_MS = 60_000;
const MAX_CACHED = 2_000;
// The validator puts the token's length in characters where the length in bytes belongs, so only
// printable ASCII may reach it. Flex tokens are 1 to 2 kB.
const PLAUSIBLE_TOKEN = /^[\x21-\x7e]{1,16384}$/;

/**
 * @param {object} context the Function's context, with ACCOUNT_SID and AUTH_TOKEN
 * @param {unknown} token the request's `Token`
 * @returns {Promise<{workerSid: string, identity: string | null, userName: string | null, roles: string[]}>} `userName`
 *   is the identity without escapes, which calls are compared with
 */
exports.checkToken = async (context, token) => {
  if (token === undefined || token === '') {
    throw new Refusal(403, 'token-missing', 'The field "Token" is missing: the token of the Flex user.');
  }
  if (typeof token !== 'string' || !PLAUSIBLE_TOKEN.test(token)) throw refusedToken();
  const { ACCOUNT_SID, AUTH_TOKEN, TWILIO_REGION } = context;
  if (!ACCOUNT_SID || !AUTH_TOKEN)
    throw notConfigured('ACCOUNT_SID or AUTH_TOKEN is not set in the environment of this Function.');

  const region = (TWILIO_REGION ?? '').split('-')[0];
  let timer;
  let tokenInfo;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(reject, TIMEOUT_MS, 'timeout');
  });
  try {
    tokenInfo = await Promise.race([validator(token, ACCOUNT_SID, AUTH_TOKEN, region), timeout]);
  } catch (reason) {
    throw refusalFor(reason);
  } finally {
    clearTimeout(timer);
  }
  const { roles } = tokenInfo;
  const textOf = (value) => (typeof value === 'string' && value !== '' ? value : null);
  const [workerSid, identity, realmUserId] = ['worker_sid', 'identity', 'realm_user_id'].map((name) =>
    textOf(tokenInfo[name]),
  );
  // It is said of nobody to be theirs: that is no answer.
  if (!workerSid && !identity) throw unavailable();
  // Visitors of a web chat have tokens of the same account.
  if (!workerSid) throw new Refusal(403, 'token-without-worker', "The Flex token is no worker's.");
  return { workerSid, identity, userName: nameOfUser(identity, realmUserId), roles: Array.isArray(roles) ? roles : [] };
};

/** Hash of a token → who it is, and when Twilio said so. */
const known = new Map();

/**
 * As `checkToken`, but Twilio is asked about the same token once a minute only: for requests that come often and do no
 * more than tell of the worker's own calls.
 */
exports.checkTokenBriefly = async (context, token) => {
  if (typeof token !== 'string') return exports.checkToken(context, token);
  const name = createHash('sha256').update(token).digest('base64');
  const cached = known.get(name);
  if (cached && Math.abs(Date.now() - cached.at) < CACHE_MS) return cached.worker; // a clock may be put back
  const worker = await exports.checkToken(context, token);
  known.delete(name);
  known.set(name, { worker, at: Date.now() });
  if (known.size > MAX_CACHED) known.delete(known.keys().next().value);
  return worker;
};

/** The validator rejects with a text only: Twilio's message, or that of a failed request or parse. */
function refusalFor(reason) {
  const text = typeof reason === 'string' ? reason : '';
  if (/expire/i.test(text) && !isTransient(text)) {
    return new Refusal(
      403,
      'token-expired',
      'The Flex token has expired. Send the request again with the current one.',
    );
  }
  if (/^Authenticate$|^Authentication Error/i.test(text)) {
    return notConfigured('Twilio does not accept the ACCOUNT_SID and AUTH_TOKEN of this Function.');
  }
  return isAboutToken(text) ? refusedToken() : unavailable();
}

function unavailable() {
  return new Refusal(
    503,
    'token-check-unavailable',
    'Twilio could not be asked about the Flex token. Try again later.',
  );
}

/**
 * Whether something is said about the token: all of Twilio's messages about one name it (20101 to 20107). Otherwise the
 * request has failed, for whatever reason: the validator gives no status, and a failing server may use any words.
 */
const isAboutToken = (text) => /token|jwt/i.test(text) && !isTransient(text);

/** Whether nothing was said about the token, because the request failed, or what came back was no JSON. */
function isTransient(text) {
  return (
    /\b(E[A-Z_]{4,}|JSON|TLS|SSL)\b/.test(text) ||
    /^timeout$|socket|certificate|too many requests|unavailable|server error|gateway/i.test(text)
  );
}

function refusedToken() {
  return new Refusal(403, 'token-refused', 'The Flex token is not valid for this account.');
}

/** For the answer only: until the token is checked the sender is a stranger, and strangers write nothing into the log. */
function notConfigured(message) {
  return new Refusal(500, 'not-configured', message);
}
