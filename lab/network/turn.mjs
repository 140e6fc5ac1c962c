// A TURN server (coturn) on this machine that is reached by TCP alone, as behind a firewall that drops UDP.
import { execFileSync, spawn } from 'node:child_process';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PORT = 3478;
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

const listens = () =>
  new Promise((resolve) => {
    const socket = net.connect(PORT, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** What the agent's browser is given to reach it. */
export const ICE_SERVER = { urls: `turn:127.0.0.1:${PORT}?transport=tcp`, ...USER };

/** Whether a packet comes from it: everything else of the agent's browser is dropped. */
export const isRelayed = (address, port) => address === '127.0.0.1' && port >= FIRST_RELAYED && port <= LAST_RELAYED;

/** The same over UDP. */
export const UDP_ICE_SERVER = { ...ICE_SERVER, urls: `turn:127.0.0.1:${PORT}?transport=udp` };

/**
 * @param {{udp?: boolean}} [how] udp: that passes as well
 * @returns {Promise<() => void>} ends it
 */
export async function startTurn({ udp = false } = {}) {
  const server = spawn(
    'turnserver',
    [
      ['-n', '--log-file=stdout', '--no-cli', '--no-tls', '--no-dtls', '--lt-cred-mech', '--realm=lab'],
      udp ? [] : ['--no-udp'],
      [`--user=${USER.username}:${USER.credential}`, `--listening-port=${PORT}`, '--allow-loopback-peers'],
      ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1'],
      [`--min-port=${FIRST_RELAYED}`, `--max-port=${LAST_RELAYED}`],
    ].flat(),
    { stdio: 'ignore' },
  );
  const until = Date.now() + STARTS_WITHIN_MS;
  while (!(await listens())) {
    if (Date.now() > until || server.exitCode !== null) throw new Error('coturn did not start');
    await sleep(100);
  }
  return () => server.kill();
}
