// What Twilio's signalling lets the bearer of an access token do: one of the Flex user, which is not signed here, or one that
// an API key of the account has signed (a JWT with Twilio's grants).
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A token that Twilio does not accept. */
export class UntrustedToken extends Error {}

/**
 * @typedef {object} TwimlApps
 * @property {string} account
 * @property {string} key the API key's SID
 * @property {string} secret the API key's
 * @property {string} app SID of the only TwiML app
 * @property {() => string} voiceUrl of that app
 */

const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

/**
 * @param {string} token
 * @param {{identity: string, apps?: TwimlApps}} account identity: the Flex user's
 * @returns {{identity: string, ttl: number, isIncoming: boolean, app?: string}} isIncoming: calls may ring at its bearer; app:
 *   the only TwiML app that may be called; without one, calls are the Flex user's own
 */
export function grantOf(token, { identity, apps }) {
  const [head, body, signature] = String(token).split('.');
  let header;
  try {
    header = decode(head);
  } catch {
    throw new UntrustedToken('Access token invalid');
  }
  if (header.alg === 'none') return { identity, ttl: 8 * 3600, isIncoming: true };
  const expected = createHmac('sha256', apps?.secret ?? '')
    .update(`${head}.${body}`)
    .digest();
  const given = Buffer.from(signature ?? '', 'base64url');
  const isSigned = Boolean(apps) && given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned) throw new UntrustedToken('Access token invalid');
  const { iss, sub, exp, grants } = decode(body);
  const ttl = exp - Date.now() / 1000;
  const { voice } = grants;
  const app = voice?.outgoing?.application_sid;
  if (iss !== apps.key || sub !== apps.account || !(ttl > 0) || !grants.identity || app !== apps.app)
    throw new UntrustedToken('Access token invalid');
  return { identity: grants.identity, ttl: Math.round(ttl), isIncoming: voice.incoming?.allow === true, app };
}
