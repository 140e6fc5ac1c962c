'use strict';

/**
 * Starts the real `twilio-run` on a Functions project, without a Twilio account and without a .env
 * in the project: the environment lies in a temporary directory, and Twilio's token service and API are
 * answered locally (token-service.cjs and twilio/server.cjs, reached through redirect.cjs).
 *
 *   const { startRuntime } = require('./start-runtime.cjs');
 *   const runtime = await startRuntime({ tokens: { 'a-good-token': {} }, onLine: console.log });
 *   await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', body: new URLSearchParams({ … }) });
 *   await runtime.stop();
 */
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { rmSync } = require('node:fs');
const { mkdtemp, writeFile } = require('node:fs/promises');
const net = require('node:net');
const { tmpdir } = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');
const { startTokenService } = require('./token-service.cjs');
const { ACCOUNT_SID, AUTH_TOKEN, CLAIMS_SERVICE_SID, FLOOR_SERVICE_SID } = require('./twilio/server.cjs');

/** Of the key with which `floor-token` signs. */
const FLOOR_API_SECRET = 'the-secret-of-that-key';
const PROJECT = path.resolve(__dirname, '../..');
const STAND_IN = path.join(__dirname, 'redirect.cjs');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;

/**
 * @param {object} [options]
 * @param {string} [options.project] the Functions project's folder; this one if absent
 * @param {object} [options.tokens] tokens of the token service, see token-service.cjs
 * @param {{url: string}} [options.twilio] the stand-in for Twilio's API, see twilio/server.cjs; several runtimes may
 *   share it. Without one the API is out of reach
 * @param {number} [options.port] to listen on; any free one if absent
 * @param {Record<string, string>} [options.env] further variables of the Function's environment
 * @param {boolean} [options.forks] each request is answered by a process of its own, as `twilio-run` does unless told
 *   otherwise. Otherwise all are answered by one, as by one instance when hosted
 * @param {(line: string) => void} [options.onLine] called with each line of the log as it comes
 * @returns {Promise<{url: string, pid: number, lines: string[], tokenService: object,
 *   waitForLine: (wanted: (line: string) => boolean, timeoutMs?: number) => Promise<string>,
 *   stop: () => Promise<void>}>} `url` without a slash at the end; `lines` grows while it runs
 */
async function startRuntime({
  project = PROJECT,
  tokens = {},
  twilio,
  port: wanted,
  env = {},
  forks = false,
  onLine = () => {},
} = {}) {
  const runner = twilioRun(); // first: when it is absent nothing has been started yet
  const tokenService = await startTokenService({ accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, tokens });
  const scratch = await mkdtemp(path.join(tmpdir(), 'device-monitoring-functions-'));
  const variables = {
    ACCOUNT_SID,
    AUTH_TOKEN,
    FLEX_TOKEN_SERVICE_URL: tokenService.url,
    ...(twilio && {
      TWILIO_STAND_IN_URL: twilio.url,
      SYNC_SERVICE_SID: CLAIMS_SERVICE_SID,
      FLOOR_SYNC_SERVICE_SID: FLOOR_SERVICE_SID,
      FLOOR_API_KEY: 'SK00000000000000000000000000000001',
      FLOOR_API_SECRET,
    }),
    ...env,
  };
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', removeScratch);
  const envFile = path.join(scratch, '.env');
  await writeFile(
    envFile,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    { mode: 0o600 },
  );

  const port = wanted ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  // No --no-ngrok among the arguments: it would start ngrok.
  const args = ['--require', STAND_IN, runner, 'start', '--cwd', project, '--port', String(port), '--env', envFile];
  if (!forks) args.push('--no-fork-process', '--no-live');
  const child = spawn(process.execPath, args, {
    cwd: project,
    // HOME in the scratch directory: the toolkit writes settings there. CI turns its telemetry off.
    env: { PATH: process.env.PATH, HOME: scratch, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

  const lines = [];
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    readline.createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line);
      for (const check of waiting) check(line);
    });
  }

  const waitForLine = (matches, timeoutMs = 5_000) =>
    new Promise((resolve, reject) => {
      const already = lines.find(matches);
      if (already !== undefined) {
        resolve(already);
        return;
      }
      const done = (settle, value) => {
        waiting.delete(check);
        clearTimeout(timer);
        settle(value);
      };
      const check = (line) => matches(line) && done(resolve, line);
      const timer = setTimeout(
        () => done(reject, new Error(`no such line in ${timeoutMs} ms; the log:\n${lines.join('\n')}`)),
        timeoutMs,
      );
      waiting.add(check);
    });

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(kill);
    }
    await tokenService.stop();
    process.off('exit', removeScratch);
    removeScratch();
  };

  try {
    await answering(`${url}/respond-to-issue`, child, lines);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid, lines, tokenService, waitForLine, stop };
}

function twilioRun() {
  try {
    return require.resolve('twilio-run/bin/twilio-run.js');
  } catch {
    throw new Error(`twilio-run is not installed in ${PROJECT}: run "npm ci" there first`);
  }
}

/** A port that nobody listens on at this moment. */
async function freePort() {
  const server = net.createServer().listen(0);
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when the Function's route is there (the server itself answers OPTIONS); rejects if the process ends before. */
async function answering(url, child, lines) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const failed = (why) => new Error(`twilio-run ${why}:\n${lines.join('\n')}`);
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw failed('ended before it answered');
    const status = await fetch(url, { method: 'OPTIONS' }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 204) return;
    await sleep(100);
  }
  throw failed(`did not answer within ${START_TIMEOUT_MS} ms`);
}

module.exports = { ACCOUNT_SID, AUTH_TOKEN, FLOOR_API_SECRET, startRuntime };
