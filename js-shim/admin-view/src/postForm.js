/**
 * Posts a form to one of our Functions, with the Flex token of this moment; a redirect, which would take the token
 * elsewhere, is not followed.
 * @param {{environment: {serverlessUri?: string}, session: () => {token?: string}}} access
 * @param {string} name of the Function
 * @param {Record<string, string>} fields
 * @returns {Promise<{ok: boolean, status: number, body: any}>} `body`: undefined if it is no JSON; rejects if the Function
 *   was not reached
 */
export async function postForm({ environment: { serverlessUri }, session }, name, fields) {
  const response = await fetch(`${serverlessUri}/${name}`, {
    method: 'POST',
    body: new URLSearchParams({ Token: session().token ?? '', ...fields }),
    redirect: 'error',
  });
  return { ok: response.ok, status: response.status, body: await response.json().catch(() => undefined) };
}
