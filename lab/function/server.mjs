// The project's Functions under the real twilio-run, as a child process that lives as long as the lab does.
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from '../paths.mjs';
import { Lines } from '../lines.mjs';

const START_LIMIT_MS = 60_000;
const PRELOAD = path.join(paths.lab, 'function', 'preload.cjs');

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  socket.once('connect', () => socket.destroy());
});

/**
 * @param {{world: import('../twilio/world.mjs').World, iamPort: number, directory?: string}} options
 * @returns {Promise<{port: number, log: Lines, close(): Promise<void>}>} `log` is what twilio-run and the Functions print
 */
export async function startFunction({ world, iamPort, directory = paths.function }) {
  const runner = path.join(directory, 'node_modules', '.bin', 'twilio-run');
  await fs.access(runner).catch(() => {
    throw new Error(`twilio-run is not installed in ${directory}: run "npm ci" there first`);
  });
  const port = await freePort();
  const envFile = path.join(paths.target, 'function', `${port}.env`);
  await fs.mkdir(path.dirname(envFile), { recursive: true });
  // In place of the project's own .env, which may hold a real account's.
  await fs.writeFile(envFile, `ACCOUNT_SID=${world.sids.account}\nAUTH_TOKEN=${world.authToken}\n`);

  const child = spawn(runner, ['start', '--cwd', directory, '--port', String(port), '--env', envFile, '--load-local-env'], {
    cwd: directory,
    detached: true, // its own process group: twilio-run has children
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`, CI: 'true', FORCE_COLOR: '0',
      LAB_STAND_INS: JSON.stringify({ 'iam.twilio.com': iamPort }), LAB_PID: String(process.pid),
      ACCOUNT_SID: world.sids.account, AUTH_TOKEN: world.authToken,
    },
  });
  const log = new Lines();
  log.read(child.stdout);
  log.read(child.stderr);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // gone already
    }
  };
  const killAtExit = () => kill('SIGKILL');
  process.once('exit', killAtExit);

  async function close() {
    kill('SIGTERM');
    await Promise.race([exited, sleep(2000, undefined, { ref: false })]);
    kill('SIGKILL');
    process.off('exit', killAtExit);
  }

  const deadline = Date.now() + START_LIMIT_MS;
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`twilio-run did not start:\n${log.all.join('\n')}`);
      await sleep(100);
    }
  } catch (error) {
    await close();
    throw error;
  } finally {
    await fs.rm(envFile, { force: true });
  }
  return { port, log, close };
}
