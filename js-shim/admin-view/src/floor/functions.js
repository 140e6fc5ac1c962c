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
 * Posts a form to one of our Functions, with the Flex token of this moment.
 * @param {object} access
 * @param {string} name of the Function
 * @param {Record<string, string>} [fields]
 * @returns {Promise<any>} what it answers
 */
export async function ask({ environment: { serverlessUri }, session }, name, fields = {}) {
  const response = await fetch(`${serverlessUri}/${name}`, {
    method: 'POST',
    body: new URLSearchParams({ Token: session().token ?? '', ...fields }),
    redirect: 'error',
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.message ?? String(response.status), response.status, answer);
  return answer;
}
