// Twilio's IAM, as far as twilio-flex-token-validator asks it: is this Flex token valid? Speaks plain HTTP on 127.0.0.1.
import http from 'node:http';

const readBody = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** The answer of POST /v1/Accounts/{sid}/Tokens/validate. */
export function validateToken(world, { path, authorization, body }) {
  const { sids, worker } = world;
  const credentials = `Basic ${Buffer.from(`${sids.account}:${world.authToken}`).toString('base64')}`;
  if (path !== `/v1/Accounts/${sids.account}/Tokens/validate`) return { status: 404, body: { valid: false, code: 20404, message: 'not found' } };
  if (authorization !== credentials) return { status: 401, body: { valid: false, code: 20003, message: 'Authenticate' } };
  if (!world.isValidToken(JSON.parse(body).token)) return { status: 200, body: { valid: false, code: 20101, message: 'Invalid Access Token' } };
  const expiration = new Date(Date.now() + 3600e3).toISOString();
  return {
    status: 200,
    body: { valid: true, code: 0, message: null, expiration, realm_user_id: worker.identity, identity: worker.identity, roles: worker.roles, worker_sid: worker.sid },
  };
}

/** @returns {Promise<{port: number, close(): Promise<void>}>} */
export async function startIam(world) {
  const server = http.createServer(async (request, response) => {
    const result = validateToken(world, { path: request.url, authorization: request.headers.authorization, body: await readBody(request) });
    response.writeHead(result.status, { 'content-type': 'application/json' }).end(JSON.stringify(result.body));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}
