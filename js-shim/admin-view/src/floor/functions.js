import { postForm, somebodyElse } from '../postForm';

/** What each Function answers to a request that it has granted. */
const GRANTED = {
  'floor-token': ({ token }) => typeof token === 'string',
  'forget-worker': ({ removed }) => Number.isSafeInteger(removed),
  'call-outcome': ({ alerts }) => Array.isArray(alerts),
};

/** What a Function answers to a refused request. */
export class Refused extends Error {
  /** @param {string} message @param {number} status @param {{error?: string, retryAfter?: number}} answer */
  constructor(message, status, { error, retryAfter }) {
    super(message);
    this.status = status;
    this.code = error;
    this.retryAfter = retryAfter;
  }
}

/**
 * Asks one of our Functions.
 * @param {object} access
 * @param {keyof typeof GRANTED} name of the Function
 * @param {Record<string, string>} [fields]
 * @returns {Promise<any>} what it answers; rejects if it refuses, or if something else has answered
 */
export async function ask(access, name, fields = {}) {
  const { ok, status, body } = await postForm(access, name, fields);
  if (!ok) throw new Refused(body.message ?? String(status), status, body);
  if (!GRANTED[name](body)) throw somebodyElse();
  return body;
}
