import { objectOf } from './draft';
import { readStream } from './readStream';

/** A Function ends after ten seconds. The rest is for a slow network, both ways. */
const LIMIT_MS = 30_000;
/** The longest answer is the configuration with its history: 50 changes of a block of 4 KB, before and after. */
const MAX_BYTES = 5e6;

/** @returns {Promise<any>} undefined: it is no JSON, or longer than ours */
async function jsonOf({ body }) {
  const text = body && (await readStream(body, MAX_BYTES));
  return text && JSON.parse(await text.text());
}

/**
 * Posts a form to one of our Functions, with the Flex token of this moment; a redirect, which would take the token
 * elsewhere, is not followed. Something on the way may answer in its place, with any status and any text.
 * @param {{environment: {serverlessUri?: string}, session: () => {token?: string}}} access
 * @param {string} name of the Function
 * @param {Record<string, string>} fields
 * @returns {Promise<{ok: boolean, status: number, body: any}>} `body`: empty if it is no object of JSON; rejects if the
 *   Function was not reached, or does not answer in time
 */
export async function postForm({ environment: { serverlessUri }, session }, name, fields) {
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(), LIMIT_MS);
  try {
    const response = await fetch(`${serverlessUri}/${name}`, {
      method: 'POST',
      body: new URLSearchParams({ Token: session().token ?? '', ...fields }),
      redirect: 'error',
      signal: controller.signal,
    });
    return { ok: response.ok, status: response.status, body: objectOf(await jsonOf(response).catch(() => undefined)) };
  } finally {
    clearTimeout(limit);
  }
}

/** What is said of an answer that our Function does not give. */
export const somebodyElse = () => new Error('something else than the Function has answered');
