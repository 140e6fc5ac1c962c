import { postForm } from '../postForm';

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
 * @param {string} name of the Function
 * @param {Record<string, string>} [fields]
 * @returns {Promise<any>} what it answers
 */
export async function ask(access, name, fields = {}) {
  const { ok, status, body } = await postForm(access, name, fields);
  const answer = body ?? {};
  if (!ok) throw new Refused(answer.message ?? String(status), status, answer);
  return answer;
}
