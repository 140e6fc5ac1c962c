/** A server on the internet, as far as a Function can tell: what it gets, and what it answers. */
import { once } from 'node:events';
import http from 'node:http';

export const PUBLIC = '93.184.216.34';

/**
 * @param {string[]} names by which it is reached; see redirect.cjs
 * @returns {Promise<{received: {path: string, method: string, headers: object, body: string}[], port: number,
 *   answer: (res: import('node:http').ServerResponse, path: string) => void, reset: () => void, stop: () => void}>}
 */
export async function startReceiver(names) {
  const receiver = {
    received: [],
    answer: () => {},
    reset() {
      receiver.received.length = 0;
      receiver.answer = (res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    },
    stop() {
      delete process.env.STAND_IN_PLACES;
      delete process.env.STAND_IN_NAMES;
      server.closeAllConnections();
      server.close();
    },
  };
  const server = http
    .createServer(async (req, res) => {
      let body = '';
      for await (const chunk of req.setEncoding('utf8')) body += chunk;
      receiver.received.push({ path: req.url, method: req.method, headers: req.headers, body });
      receiver.answer(res, req.url);
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.port = server.address().port;
  process.env.STAND_IN_PLACES = JSON.stringify({ [PUBLIC]: receiver.port, '10.0.0.5': receiver.port });
  process.env.STAND_IN_NAMES = JSON.stringify({
    ...Object.fromEntries(names.map((name) => [name, [[PUBLIC]]])),
    'inside.example.com': [['10.0.0.5']],
  });
  receiver.reset();
  return receiver;
}
