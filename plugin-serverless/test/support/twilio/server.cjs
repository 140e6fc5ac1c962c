'use strict';

/**
 * A local server that stands for Twilio's API (api, flex-api, insights, sync and taskrouter.twilio.com) as far as the Function
 * uses it. The helper library's requests reach it through redirect.cjs. It keeps state (world.cjs), refuses wrong
 * credentials, and misbehaves on command (faults.cjs).
 *
 *   const { startTwilio } = require('./twilio/server.cjs');
 *   const twilio = await startTwilio();
 *   twilio.world.addFlexCall({ identity: 'agent_40example_2Ecom', workerSid: 'WK…' });
 *   const runtime = await startRuntime({ twilio, tokens: { … } });
 *   twilio.faults.add({ operation: 'messages.create', kind: 'kill', target: 'function', when: 'before' });
 *
 * `requests` has {operation, host, method, path, fields} of each request since the start, with the newest last.
 */
const http = require('node:http');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { Faults } = require('./faults.cjs');
const { operationFor } = require('./operations.cjs');
const { CLAIMS_SERVICE_SID, FLOOR_SERVICE_SID, World } = require('./world.cjs');

const ACCOUNT_SID = 'AC00000000000000000000000000000001';
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
/** A standard API key, as `twilio login` makes one: it may ask for everything but keys. */
const STANDARD_KEY = { sid: 'SK00000000000000000000000000000002', secret: 'the-secret-of-a-standard-key' };
const DRIP_MS = 200;

/**
 * @param {{accountSid?: string, authToken?: string}} [options]
 * @returns {Promise<{url: string, world: World, faults: Faults, requests: object[], stop: () => Promise<void>}>}
 */
async function startTwilio({ accountSid = ACCOUNT_SID, authToken = AUTH_TOKEN } = {}) {
  const world = new World(accountSid);
  const faults = new Faults();
  const requests = [];
  const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const main = basic(accountSid, authToken);
  const standard = basic(STANDARD_KEY.sid, STANDARD_KEY.secret);
  const mayAsk = (authorization, operation) =>
    authorization === main || (authorization === standard && !operation?.name.startsWith('keys.'));

  const server = http.createServer(async (req, res) => {
    let text = '';
    for await (const chunk of req.setEncoding('utf8')) text += chunk;
    const { pathname, searchParams } = new URL(req.url, 'http://stand-in');
    const host = req.headers['x-stand-in-for'];
    const operation = operationFor({ host, method: req.method, path: pathname });
    const fields = Object.fromEntries(req.method === 'GET' ? searchParams : new URLSearchParams(text));
    const from = { function: Number(req.headers['x-stand-in-pid']), runtime: Number(req.headers['x-stand-in-parent']) };
    requests.push({ operation: operation?.name, host, method: req.method, path: pathname, fields });

    if (!mayAsk(req.headers.authorization, operation))
      return send(res, { status: 401, body: { code: 20003, message: 'Authenticate', status: 401 } });
    if (!operation)
      return send(res, {
        status: 404,
        body: { code: 20404, message: `no stand-in for ${req.method} https://${host}${pathname}`, status: 404 },
      });
    const perform = () => operation.perform(world, { ...operation.parameters, fields, text, headers: req.headers });
    return answer(res, perform, faults.meet(operation.name, pathname), from);
  });

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    world,
    faults,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * @param {import('node:http').ServerResponse} res
 * @param {{status: number, body?: object, text?: string, headers?: Record<string, string>}} answer `text`: JSON that must not
 *   be written again
 */
function send(res, { status, body, text, headers = {} }) {
  res.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  res.end(text ?? (body && JSON.stringify(body)));
}

function answer(res, perform, fault, from) {
  switch (fault?.kind) {
    case undefined:
      return send(res, perform());
    case 'status':
      return send(res, {
        status: fault.status,
        body: { code: fault.code ?? 20000 + fault.status, message: 'a fault that was asked for', status: fault.status },
        headers: fault.retryAfter ? { 'Retry-After': String(fault.retryAfter) } : {},
      });
    case 'hang':
      return undefined;
    case 'reset':
      return res.destroy();
    case 'lose-answer':
      perform();
      return res.destroy();
    case 'other-answer':
      return send(res, { status: 200, body: {} });
    case 'page':
      return send(res, {
        status: fault.status,
        text: '<html><body>Blocked</body></html>',
        headers: { 'Content-Type': 'text/html' },
      });
    case 'upgrade':
      return res.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
    case 'slow':
      return answerSlowly(res, perform, fault);
    case 'drip':
      return drip(res);
    case 'kill':
      if (fault.when === 'after') perform();
      kill(from, fault.target);
      return res.destroy();
    default:
      throw new Error(fault.kind);
  }
}

function drip(res) {
  res.writeHead(200, { 'Content-Type': 'application/json' });
  const dripping = setInterval(() => res.write(' '), DRIP_MS);
  res.once('close', () => clearInterval(dripping));
}

async function answerSlowly(res, perform, { when, delayMs, until }) {
  const early = when === 'after' ? perform() : undefined;
  await (until ?? sleep(delayMs));
  send(res, early ?? perform());
}

/** Ends the process that runs the Function, or twilio-run with it, without a chance to do anything more. */
function kill(from, target = 'function') {
  process.kill(from.function, 'SIGKILL');
  if (target === 'runtime') process.kill(from.runtime, 'SIGKILL');
}

module.exports = { ACCOUNT_SID, AUTH_TOKEN, CLAIMS_SERVICE_SID, FLOOR_SERVICE_SID, STANDARD_KEY, startTwilio };
