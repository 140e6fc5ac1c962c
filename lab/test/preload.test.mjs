import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { paths } from '../paths.mjs';
import { startIam } from '../twilio/iam.mjs';
import { World } from '../twilio/world.mjs';

const PRELOAD = path.join(paths.lab, 'function', 'preload.cjs');

/** Runs a script in a Node that is loaded as twilio-run is. */
async function run(script, port) {
  const env = { ...process.env, LAB_STAND_INS: JSON.stringify({ 'iam.twilio.com': port }), LAB_PID: String(process.pid) };
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', PRELOAD, '-e', script], { env });
  return stdout.trim();
}

test('a request to IAM reaches the stand-in with its method, headers and body', async (t) => {
  const world = new World();
  const iam = await startIam(world);
  t.after(() => iam.close());
  const { token } = world.issueToken();
  const options = {
    hostname: 'iam.twilio.com', port: 443, method: 'POST', path: `/v1/Accounts/${world.sids.account}/Tokens/validate`,
    headers: { Authorization: `Basic ${Buffer.from(`${world.sids.account}:${world.authToken}`).toString('base64')}` },
  };
  const script = `require('https').request(${JSON.stringify(options)}, (r) => r.pipe(process.stdout)).end(${JSON.stringify(JSON.stringify({ token }))})`;
  assert.equal(JSON.parse(await run(script, iam.port)).identity, world.worker.identity);
});

test('a request to any other server of Twilio is refused instead of leaving the machine', async () => {
  const script = "try { require('https').request('https://api.twilio.com/2010-04-01'); console.log('sent'); } catch (error) { console.log(error.message); }";
  assert.equal(await run(script, 1), 'the lab has no stand-in for api.twilio.com');
});
