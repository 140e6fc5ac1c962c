// Flex UI, 18 MB of script, by HTTP. As the answer of a route it would pass through the lab's own process at every start,
// as text in base64.
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';

/**
 * @param {string} file
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serveScript(file) {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/javascript',
      // So that an error in it is told to the page in its own words.
      'access-control-allow-origin': '*',
    });
    fs.createReadStream(file)
      .once('error', (error) => response.destroy(error))
      .pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/flex-ui.js`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
