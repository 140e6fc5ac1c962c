import { objectOf } from './draft';

/** A Function ends after ten seconds. The rest is for a slow network, both ways. */
const LIMIT_MS = 30_000;

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
    return { ok: response.ok, status: response.status, body: objectOf(await response.json().catch(() => undefined)) };
  } finally {
    clearTimeout(limit);
  }
}

/** What is said of an answer that our Function does not give. */
export const somebodyElse = () => new Error('something else than the Function has answered');
