import { postForm, somebodyElse } from './postForm';

/** Whether it is what the Function answers to a request that it has granted: to write, if there was a block. */
const isGranted = ({ state, places }, isWriting) =>
  (isWriting ? ['written', 'unchanged'] : ['read']).includes(state) && Boolean(places);

/**
 * Asks the Function `configuration`.
 * @param {{environment: {serverlessUri?: string}, session: () => {token?: string}}} access
 * @param {Record<string, string>} [fields] see plugin-serverless/functions/configuration.js
 * @returns {Promise<{ok: boolean, body: object}>} rejects if it was not reached, or if something else
 *   has answered
 */
export async function askConfiguration(access, fields = {}) {
  const { ok, body } = await postForm(access, 'configuration', fields);
  if (ok ? !isGranted(body, 'block' in fields) : typeof body.error !== 'string') throw somebodyElse();
  return { ok, body };
}
