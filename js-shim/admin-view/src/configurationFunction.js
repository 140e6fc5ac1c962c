import { postForm } from './postForm';

/**
 * Asks the Function `configuration`.
 * @param {{environment: {serverlessUri?: string}, session: () => {token?: string}}} access
 * @param {Record<string, string>} [fields] see plugin-serverless/functions/configuration.js
 * @returns {Promise<{ok: boolean, body: object}>} rejects if it was not reached
 */
export async function askConfiguration(access, fields = {}) {
  const { ok, body } = await postForm(access, 'configuration', fields);
  if (!body) throw new Error('something else than the Function has answered');
  return { ok, body };
}
