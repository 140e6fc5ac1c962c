/** npm run set-up: the real command against the stand-in. It makes the Sync service for the claims once, whoever runs it when. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import startRuntimeModule from './support/start-runtime.cjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form, post } from './support/requests.mjs';
import twilioModule from './support/twilio/server.cjs';
import worldModule from './support/twilio/world.cjs';

const { ACCOUNT_SID, AUTH_TOKEN, CLAIMS_SERVICE_SID, FLOOR_SERVICE_SID, STANDARD_KEY, startTwilio } = twilioModule;
const { CLAIMS_SERVICE_NAME } = worldModule;
const COMMAND = fileURLToPath(new URL('../set-up.mjs', import.meta.url));
const REDIRECT = fileURLToPath(new URL('./support/redirect.cjs', import.meta.url));
const SAMPLE = await readFile(new URL('../.env.sample', import.meta.url), 'utf8');

describe('npm run set-up', { timeout: 600_000 }, () => {
  let twilio;
  let home;
  let envFile;
  before(async () => {
    twilio = await startTwilio();
    home = await mkdtemp(path.join(tmpdir(), 'device-monitoring-set-up-'));
  });
  after(async () => {
    await twilio?.stop();
    await rm(home, { recursive: true });
  });
  beforeEach(async () => {
    twilio.world.reset();
    twilio.faults.clear();
    // As before the first run.
    twilio.world.services.delete(CLAIMS_SERVICE_SID);
    twilio.world.services.delete(FLOOR_SERVICE_SID);
    envFile = path.join(await mkdtemp(path.join(home, 'project-')), '.env');
  });

  const run = async (
    args = [],
    shell = { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN },
    file = envFile,
  ) => {
    const child = spawn(process.execPath, ['--require', REDIRECT, COMMAND, '--env', file, ...args], {
      env: { PATH: process.env.PATH, HOME: home, TWILIO_STAND_IN_URL: twilio.url, ...shell },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (data) => {
        printed[name] += data;
      });
    const [status] = await once(child, 'close');
    return { status, ...printed };
  };
  const made = () => [...twilio.world.services.values()].filter(({ uniqueName }) => uniqueName !== 'default');
  const creations = () => twilio.requests.filter(({ operation }) => operation === 'sync.services.create').length;
  const variables = async (file = envFile) =>
    Object.fromEntries(
      [...(await readFile(file, 'utf8')).matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );

  it('makes a service with ACL, and writes it where the deployment takes it from', async () => {
    const { status, stdout, stderr } = await run();
    assert.deepEqual([status, stderr], [0, '']);
    const [service] = made();
    assert.deepEqual([made().length, service.aclEnabled], [1, true]);
    assert.equal(
      await readFile(envFile, 'utf8'),
      SAMPLE.replace('SYNC_SERVICE_SID=', `SYNC_SERVICE_SID=${service.sid}`),
    );
    // eslint-disable-next-line no-bitwise -- a file's mode is made of bits
    assert.equal((await stat(envFile)).mode & 0o077, 0, 'others may read the file');
    assert.ok(stdout.includes(service.sid) && stdout.includes(ACCOUNT_SID) && !stdout.includes(AUTH_TOKEN), stdout);
  });

  it('makes what the floor needs as well, when asked to, once, and shows no secret', async () => {
    const { status, stdout, stderr } = await run(['--floor']);
    assert.deepEqual([status, stderr], [0, '']);
    const { SYNC_SERVICE_SID, FLOOR_SYNC_SERVICE_SID, FLOOR_API_KEY, FLOOR_API_SECRET } = await variables();
    assert.notEqual(FLOOR_SYNC_SERVICE_SID, SYNC_SERVICE_SID);
    assert.deepEqual(
      made().map(({ sid, friendlyName, aclEnabled }) => [sid, friendlyName, aclEnabled]),
      [
        [SYNC_SERVICE_SID, 'Device Monitoring', true],
        [FLOOR_SYNC_SERVICE_SID, 'Device Monitoring floor', true],
      ],
    );
    assert.deepEqual(
      twilio.world.keys.map(({ sid }) => sid),
      [FLOOR_API_KEY],
    );
    assert.ok(FLOOR_API_SECRET && !stdout.includes(FLOOR_API_SECRET), stdout);

    const written = await readFile(envFile, 'utf8');
    await run(['--floor']);
    assert.equal(await readFile(envFile, 'utf8'), written);
    assert.deepEqual([made().length, twilio.world.keys.length], [2, 1]);
  });

  it('makes a key anew where the one in .env is of another account, and keeps one of its own', async () => {
    await run(['--floor']);
    const { FLOOR_API_KEY } = await variables();
    await writeFile(envFile, 'FLOOR_API_KEY=SK99999999999999999999999999999999\nFLOOR_API_SECRET=theirs\n');
    assert.equal((await run(['--floor'])).status, 0);
    const now = await variables();
    assert.deepEqual(
      twilio.world.keys.map(({ sid }) => sid),
      [FLOOR_API_KEY, now.FLOOR_API_KEY],
    );
    assert.notEqual(now.FLOOR_API_SECRET, 'theirs');
  });

  it('says what to do where these credentials may not make keys, and keeps what it has made', async () => {
    const { sid: TWILIO_API_KEY, secret: TWILIO_API_SECRET } = STANDARD_KEY;
    const shell = { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET };
    const { status, stderr } = await run(['--floor'], shell);
    assert.equal(status, 1);
    assert.match(stderr, /^Twilio lets a standard API key.*FLOOR_API_SECRET\.\n$/);
    // Once it is there, the standard key does.
    await run(['--floor']);
    assert.equal((await run(['--floor'], shell)).status, 0);
    const { SYNC_SERVICE_SID, FLOOR_SYNC_SERVICE_SID } = await variables();
    assert.deepEqual(
      made().map(({ sid }) => sid),
      [SYNC_SERVICE_SID, FLOOR_SYNC_SERVICE_SID],
    );
  });

  it('goes on where it was interrupted, whatever it was doing', async () => {
    for (const operation of ['sync.services.create', 'sync.services.list', 'keys.create']) {
      twilio.faults.add({ operation, kind: 'kill', when: 'after' });
      assert.equal((await run(['--floor'])).status, null, operation);
    }
    assert.equal((await run(['--floor'])).status, 0);
    const { SYNC_SERVICE_SID, FLOOR_SYNC_SERVICE_SID, FLOOR_API_KEY } = await variables();
    assert.deepEqual(
      made().map(({ sid }) => sid),
      [SYNC_SERVICE_SID, FLOOR_SYNC_SERVICE_SID],
    );
    assert.equal(twilio.world.keys.at(-1).sid, FLOOR_API_KEY);
  });

  it('leaves .env as it was if it is ended in the middle of writing', async () => {
    const text = `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=${AUTH_TOKEN}\n`;
    await writeFile(envFile, text);
    const child = spawn(
      'sh',
      // The system ends whoever writes into a file more than it may.
      [
        '-c',
        'ulimit -c 0; ulimit -f 0; exec "$@"',
        '--',
        process.execPath,
        '--require',
        REDIRECT,
        COMMAND,
        '--env',
        envFile,
      ],
      { env: { PATH: process.env.PATH, HOME: home, TWILIO_STAND_IN_URL: twilio.url }, stdio: 'ignore' },
    );
    const [status] = await once(child, 'close');
    assert.notEqual(status, 0);
    assert.equal(await readFile(envFile, 'utf8'), text);
  });

  it('loses nothing of what another run in the same folder has written meanwhile', async () => {
    let answer;
    const written = new Promise((resolve) => {
      answer = resolve;
    });
    const asked = twilio.faults.add({
      operation: 'sync.services.list',
      kind: 'slow',
      when: 'after',
      until: written,
    });
    const first = run();
    while (asked.hits < 1) await sleep(10);
    await run(['--floor']);
    answer();
    assert.equal((await first).status, 0);
    const { FLOOR_SYNC_SERVICE_SID, FLOOR_API_KEY, FLOOR_API_SECRET } = await variables();
    assert.ok(FLOOR_SYNC_SERVICE_SID && FLOOR_API_SECRET);
    assert.equal(FLOOR_API_KEY, twilio.world.keys[0].sid);
  });

  it('leaves a key in .env with its secret where two make one at the same moment', async () => {
    await run();
    let answer;
    const bothHaveAsked = new Promise((resolve) => {
      answer = resolve;
    });
    const asked = twilio.faults.add({ operation: 'keys.create', kind: 'slow', until: bothHaveAsked, times: 2 });
    const both = Promise.all([run(['--floor']), run(['--floor'])]);
    while (asked.hits < 2) await sleep(10);
    answer();
    assert.deepEqual(
      (await both).map(({ status }) => status),
      [0, 0],
    );
    const { FLOOR_API_KEY, FLOOR_API_SECRET } = await variables();
    assert.ok(FLOOR_API_SECRET && twilio.world.keys.some(({ sid }) => sid === FLOOR_API_KEY));
  });

  it('leaves a link to .env a link, and who may read it as it was', async () => {
    const real = path.join(path.dirname(envFile), 'real.env');
    await writeFile(real, 'SMS_TEXT=hello\n', { mode: 0o640 });
    await symlink('real.env', envFile);
    assert.equal((await run()).status, 0);
    assert.ok((await lstat(envFile)).isSymbolicLink());
    assert.match(await readFile(real, 'utf8'), /^SMS_TEXT=hello\nSYNC_SERVICE_SID=IS[0-9a-f]{32}\n$/);
    // eslint-disable-next-line no-bitwise -- a file's mode is made of bits
    assert.equal((await stat(real)).mode & 0o777, 0o640);
    assert.deepEqual((await readdir(path.dirname(envFile))).sort(), ['.env', 'real.env']);
  });

  it('finds it again by what is in .env, and by its name where nothing is', async () => {
    await run();
    const [{ sid }] = made();
    const written = await readFile(envFile, 'utf8');
    await run();
    assert.equal(await readFile(envFile, 'utf8'), written);
    await rm(envFile);
    await run();
    assert.equal((await variables()).SYNC_SERVICE_SID, sid);
    assert.equal(made().length, 1);
  });

  it('makes one service for two who run it for the first time at the same moment', async () => {
    // Neither hears that there is none before both have asked.
    let answer;
    const bothHaveAsked = new Promise((resolve) => {
      answer = resolve;
    });
    const asked = twilio.faults.add({
      operation: 'sync.services.list',
      kind: 'slow',
      when: 'after',
      until: bothHaveAsked,
      times: 2,
    });
    const files = [envFile, `${envFile}.other`];
    const earlier = creations();
    const running = Promise.all(files.map((file) => run([], undefined, file)));
    while (asked.hits < 2) await sleep(10);
    answer();
    await running;
    assert.equal(creations() - earlier, 2);
    assert.equal(made().length, 1);
    for (const file of files) assert.equal((await variables(file)).SYNC_SERVICE_SID, made()[0].sid);
  });

  it('switches ACL on where somebody has switched it off', async () => {
    await run();
    made()[0].aclEnabled = false;
    await run();
    assert.deepEqual(
      made().map(({ aclEnabled }) => aclEnabled),
      [true],
    );
  });

  it('keeps every other line, and what an earlier release was told to use is remembered for its claims', async () => {
    const theirs = twilio.world.addSyncService({ friendlyName: "Somebody's" });
    const text = `# theirs\r\nACCOUNT_SID=${ACCOUNT_SID}\r\nAUTH_TOKEN="${AUTH_TOKEN}" # secret\nexport SYNC_SERVICE_SID = "${theirs.sid}"  # theirs, too\r\n\n  SMS_TEXT=We're "sorry" = $1, J\xe4ne`;
    await writeFile(envFile, text, 'latin1');
    const { status, stderr } = await run([], {});
    assert.deepEqual([status, stderr], [0, '']);
    const ours = made().find(({ sid }) => sid !== theirs.sid);
    assert.equal(
      await readFile(envFile, 'latin1'),
      `${text.replace(`"${theirs.sid}"`, ours.sid)}\nSYNC_SERVICE_SID_BEFORE=${theirs.sid}\n`,
    );
    assert.equal(theirs.aclEnabled, false, "somebody else's service was changed");
    await run([], {});
    assert.equal((await variables()).SYNC_SERVICE_SID_BEFORE, theirs.sid);
    assert.equal(made().length, 2);
  });

  it('does not take the default service, nor one of another account', async () => {
    for (const stored of [twilio.world.serviceOf('default').sid, 'IS99999999999999999999999999999999', 'default']) {
      await writeFile(envFile, `SYNC_SERVICE_SID=${stored}\n`);
      await run();
      assert.deepEqual(await variables(), { SYNC_SERVICE_SID: made()[0].sid });
    }
    assert.equal(made().length, 1);
    assert.equal(twilio.world.serviceOf('default').aclEnabled, false);
  });

  it("does not take somebody else's service that has ACL, and of several of its own the one that is in .env", async () => {
    const theirs = twilio.world.addSyncService({ friendlyName: "Somebody's", aclEnabled: true });
    const ours = [2_000, 1_000].map((createdAgoMs) =>
      twilio.world.addSyncService({ friendlyName: CLAIMS_SERVICE_NAME, aclEnabled: true, createdAgoMs }),
    );
    for (const [stored, found] of [
      [theirs, ours[0]],
      [ours[1], ours[1]],
    ]) {
      await writeFile(envFile, `SYNC_SERVICE_SID=${stored.sid}\n`);
      await run();
      assert.equal((await variables()).SYNC_SERVICE_SID, found.sid);
    }
  });

  it('takes the account from the profile that is asked for, or from the active one', async () => {
    await mkdir(path.join(home, '.twilio-cli'), { recursive: true });
    const profile = { accountSid: ACCOUNT_SID, apiKey: ACCOUNT_SID, apiSecret: AUTH_TOKEN };
    await writeFile(
      path.join(home, '.twilio-cli', 'config.json'),
      JSON.stringify({ profiles: { flex: profile, wrong: { ...profile, apiSecret: 'x' } }, activeProject: 'flex' }),
    );
    assert.equal((await run([], {})).status, 0);
    assert.equal(
      (await run(['--profile', 'flex'], { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: 'x' })).status,
      0,
    );
    assert.equal((await run(['--profile', 'wrong'])).status, 1);
    const { status, stderr } = await run(['--profile', 'nobody']);
    assert.equal(status, 1);
    assert.match(stderr, /no profile "nobody"/);
    await rm(path.join(home, '.twilio-cli'), { recursive: true });
    assert.match((await run([], {})).stderr, /No account is named/);
  });

  it('takes no line of .env for the value of the empty variable before it', async () => {
    await mkdir(path.join(home, '.twilio-cli'), { recursive: true });
    await writeFile(
      path.join(home, '.twilio-cli', 'config.json'),
      JSON.stringify({
        profiles: { flex: { accountSid: ACCOUNT_SID, apiKey: ACCOUNT_SID, apiSecret: AUTH_TOKEN } },
        activeProject: 'flex',
      }),
    );
    const text = `ACCOUNT_SID=${ACCOUNT_SID}\nAUTH_TOKEN=\nSMS_TEXT=sorry\nSYNC_SERVICE_SID=\nWEBHOOK_URL=\n`;
    await writeFile(envFile, text);
    const { status, stderr } = await run([], {});
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(
      await readFile(envFile, 'utf8'),
      text.replace('SYNC_SERVICE_SID=', `SYNC_SERVICE_SID=${made()[0].sid}`),
    );
    await rm(path.join(home, '.twilio-cli'), { recursive: true });
  });

  it("shows nothing of the file with the CLI's keys, however it is broken", async () => {
    await mkdir(path.join(home, '.twilio-cli'), { recursive: true });
    for (const broken of [
      '{"profiles":{"flex":{"apiSecret":the-secret}}}',
      'the-secret',
      '{"profiles":{"flex":"the-secret"',
      'null',
      '{"profiles":null}',
      '{"profiles":{"flex":null},"activeProject":"flex"}',
    ]) {
      await writeFile(path.join(home, '.twilio-cli', 'config.json'), broken);
      const { status, stdout, stderr } = await run([], {});
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, /^(The file .*config\.json is no JSON|No account is named).*\n$/);
      assert.doesNotMatch(stderr, /the-|secret/);
    }
    await rm(path.join(home, '.twilio-cli'), { recursive: true });
  });

  it('writes nothing into .env of an answer that is something else than what was asked for', async () => {
    for (const operation of ['sync.services.create', 'sync.services.list', 'keys.create']) {
      twilio.faults.add({ operation, kind: 'other-answer' });
      assert.equal((await run(['--floor'])).status, 1, operation);
      assert.doesNotMatch(await readFile(envFile, 'utf8').catch(() => ''), /undefined/, operation);
    }
    // The next run goes on.
    assert.equal((await run(['--floor'])).status, 0);
    const written = await readFile(envFile, 'utf8');
    const { SYNC_SERVICE_SID, FLOOR_API_KEY } = await variables();
    assert.equal(FLOOR_API_KEY, twilio.world.keys[0].sid);
    for (const operation of ['sync.services.fetch', 'sync.services.update', 'keys.fetch']) {
      twilio.world.services.get(SYNC_SERVICE_SID).aclEnabled = false;
      twilio.faults.add({ operation, kind: 'other-answer' });
      const { status, stderr } = await run(['--floor']);
      assert.deepEqual([status, stderr.includes('something else')], [1, true], `${operation}: ${stderr}`);
      assert.equal(await readFile(envFile, 'utf8'), written, operation);
    }
  });

  it('changes nothing when Twilio does not answer', async () => {
    twilio.faults.add({ operation: 'sync.services.list', kind: 'status', status: 500 });
    assert.equal((await run()).status, 1);
    await assert.rejects(readFile(envFile), { code: 'ENOENT' });
    assert.deepEqual(made(), []);
  });

  it('is all that the Function lacks to act on what must not be done twice', async (t) => {
    await run();
    const env = { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100' };
    const { agent, conference } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    const report = async (more) => {
      const runtime = await startRuntimeModule.startRuntime({
        twilio,
        tokens: { [TOKEN]: {} },
        env: { ...env, ...more },
      });
      t.after(() => runtime.stop());
      const fields = form({
        action: 'send-sms-to-customer',
        alert: JSON.stringify(alert({ callSid: agent.sid, conferenceSid: conference.sid })),
      });
      return { ...(await post(runtime, fields)), runtime };
    };
    const without = await report({ SYNC_SERVICE_SID: '' });
    assert.deepEqual([without.status, without.body.error], [503, 'claims-not-set-up']);
    await without.runtime.waitForLine(
      (line) => line.includes('device-monitoring.claims-not-set-up') && line.includes('npm run set-up'),
    );
    assert.deepEqual(twilio.world.messages, []);
    const { status, body } = await report({ SYNC_SERVICE_SID: (await variables()).SYNC_SERVICE_SID });
    assert.deepEqual([status, body.outcome], [200, 'done']);
  });
});
