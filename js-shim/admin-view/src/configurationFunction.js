/**
 * Asks the Function `configuration`.
 * @param {{environment: {serverlessUri?: string}, session: () => {token?: string}}} access
 * @param {Record<string, string>} [fields] see plugin-serverless/functions/configuration.js
 * @returns {Promise<{ok: boolean, body: object}>} rejects if it was not reached
 */
export async function askConfiguration({ environment: { serverlessUri }, session }, fields = {}) {
  const response = await fetch(`${serverlessUri}/configuration`, {
    method: 'POST',
    body: new URLSearchParams({ Token: session().token ?? '', ...fields }),
  });
  return { ok: response.ok, body: await response.json() };
}
