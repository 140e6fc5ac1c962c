// A TURN server (coturn) on this machine that is reached by TCP alone, as behind a firewall that drops UDP.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_RELAYED = 49_160;
const LAST_RELAYED = 49_359;
const USER = { username: 'lab', credential: 'lab' };
const STARTS_WITHIN_MS = 5000;

/** Whether this machine has one. */
export function canHaveTurn() {
  try {
    execFileSync('turnserver', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A port that nobody listens on at this moment: another lab may have its own server. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

const listens = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Whether a packet comes from it: everything else of the agent's browser is dropped. */
export const isRelayed = (address, port) => address === '127.0.0.1' && port >= FIRST_RELAYED && port <= LAST_RELAYED;

/**
 * @param {{udp?: boolean}} [how] udp: that passes as well, and is what the browser is given
 * @returns {Promise<{iceServer: RTCIceServer, stop: () => Promise<void>}>} iceServer: what a browser is given to reach it
 */
export async function startTurn({ udp = false } = {}) {
  const port = await freePort();
  const server = spawn(
    'turnserver',
    [
      ['-n', '--log-file=stdout', '--no-cli', '--no-tls', '--no-dtls', '--lt-cred-mech', '--realm=lab'],
      udp ? [] : ['--no-udp'],
      [`--user=${USER.username}:${USER.credential}`, `--listening-port=${port}`, '--allow-loopback-peers'],
      ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1'],
      [`--min-port=${FIRST_RELAYED}`, `--max-port=${LAST_RELAYED}`],
    ].flat(),
    { stdio: 'ignore' },
  );
  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await listens(port))) {
    if (Date.now() > until || server.exitCode !== null) throw new Error('coturn did not start');
    await sleep(100);
  }
  return {
    iceServer: { urls: `turn:127.0.0.1:${port}?transport=${udp ? 'udp' : 'tcp'}`, ...USER },
    async stop() {
      if (server.exitCode === null && server.signalCode === null && server.kill()) await once(server, 'exit');
    },
  };
}
