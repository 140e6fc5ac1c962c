'use strict';

/**
 * A local server that answers like Twilio's Flex token service:
 * POST /v1/Accounts/<ACCOUNT_SID>/Tokens/validate with {"token": "…"} and basic authentication.
 *
 * It refuses wrong credentials as Twilio does, so a Function that forgets them fails here as well.
 */
const http = require('node:http');
const { once } = require('node:events');

/** The part of Twilio's answer that says who the token belongs to. */
const AGENT = {
  realm_user_id: 'agent@example.com',
  identity: 'agent_40example_2Ecom',
  roles: ['agent'],
  worker_sid: 'WK00000000000000000000000000000001',
};

/**
 * @param {object} options
 * @param {string} options.accountSid
 * @param {string} options.authToken
 * @param {Record<string, 'expired' | 'another-account' | 'hang' | 'broken' | [number, any] | object>} [options.tokens] the
 *   tokens known: an object is merged into the answer for a valid token (`{}` = the default agent); `expired` is
 *   refused as expired, `another-account` as issued by one; `hang` is never answered; `broken` gets a 502 page; a list is
 *   the status and the body of the answer. Any other token is forged.
 * @returns {Promise<{url: string, tokens: object, requests: object[], stop: () => Promise<void>}>}
 *   `tokens` may be changed while running; `requests` has {host, path, authorization, token} of each request.
 */
async function startTokenService({ accountSid, authToken, tokens = {} }) {
  const known = new Map(Object.entries(tokens));
  const requests = [];
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  const server = http.createServer(async (req, res) => {
    const answer = (status, body) => {
      res.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json' });
      res.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += chunk;
    let token;
    try {
      token = JSON.parse(body).token;
    } catch {
      return answer(400, { code: 20001, message: 'Bad Request', status: 400 });
    }
    requests.push({
      host: req.headers['x-stand-in-for'],
      path: req.url,
      authorization: req.headers.authorization,
      token,
    });

    if (req.headers.authorization !== authorization)
      return answer(401, { code: 20003, message: 'Authenticate', status: 401 });
    if (req.method !== 'POST' || req.url !== `/v1/Accounts/${accountSid}/Tokens/validate`) {
      return answer(404, { code: 20404, message: 'The requested resource was not found', status: 404 });
    }
    const kind = known.get(token);
    if (kind === 'hang') return undefined;
    if (Array.isArray(kind)) return answer(...kind);
    if (kind === 'broken') return answer(502, '<html><body>Bad Gateway</body></html>');
    if (kind === 'expired')
      return answer(200, { valid: false, code: 20104, message: 'Access Token expired or expiration date invalid' });
    if (kind === 'another-account')
      return answer(200, { valid: false, code: 20103, message: 'Invalid Access Token issuer/subject' });
    if (kind === undefined) return answer(200, { valid: false, code: 20101, message: 'Invalid Access Token' });
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    return answer(200, { valid: true, code: 0, message: null, expiration, ...AGENT, ...kind });
  });

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    tokens: known,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

module.exports = { startTokenService };
