import { text } from '../values';

/** Functions end after ten seconds; what has not answered by then will not. */
const TIME_LIMIT_MS = 30000;

/**
 * The body of a request. A form with the token inside, as the Function's token validator wants it, needs no pre-flight
 * request and may leave with the page.
 * @param {string | undefined} token
 * @param {import('../generated/monitor').Post} post
 * @returns {URLSearchParams}
 */
export function formOf(token, { id, ...fields }) {
  return new URLSearchParams({ Token: token ?? '', ...fields });
}

/**
 * @param {string} serverlessUri
 * @param {URLSearchParams} form
 * @param {boolean} keepalive even if the page ends meanwhile
 * @returns {Promise<[status: number, error: string | undefined, message: string | undefined, retryAfterSeconds: number]>}
 *   status 0: nothing came back
 */
export async function post(serverlessUri, form, keepalive) {
  try {
    const response = await fetch(`${serverlessUri.replace(/\/+$/, '')}/respond-to-issue`, {
      method: 'POST',
      body: form,
      keepalive,
      // What is in the form is for this address only.
      redirect: 'error',
      signal: AbortSignal.timeout?.(TIME_LIMIT_MS),
    });
    const { error, message, retryAfter } = await readJson(response);
    return [response.status, text(error), text(message), secondsOf(retryAfter ?? response.headers.get('Retry-After'))];
  } catch {
    return [0, undefined, undefined, NaN];
  }
}

/** Our Function says why in JSON; whatever else answered may say anything. */
async function readJson(response) {
  try {
    return Object(await response.json());
  } catch {
    return {};
  }
}

/** Retry-After is a number of seconds or a date. */
const secondsOf = (value) => {
  const seconds = Number(value);
  return Number.isNaN(seconds) ? (Date.parse(value) - Date.now()) / 1000 : seconds;
};
