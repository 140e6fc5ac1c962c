/**
 * Asks the Function `configuration`.
 * @param {{environment: {serverlessUri?: string}, token: () => string | undefined}} access
 * @param {Record<string, string>} [fields] see plugin-serverless/functions/configuration.js
 * @returns {Promise<{ok: boolean, body: object}>} rejects if it was not reached
 */
export async function askConfiguration({ environment: { serverlessUri }, token }, fields = {}) {
  const response = await fetch(`${serverlessUri}/configuration`, {
    method: 'POST',
    body: new URLSearchParams({ Token: token() ?? '', ...fields }),
  });
  return { ok: response.ok, body: await response.json() };
}
