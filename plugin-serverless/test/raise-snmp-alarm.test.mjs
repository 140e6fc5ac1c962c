/** The example raise-snmp-alarm, installed in a copy of this project as its README says, with a real SNMP receiver. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyOfProject } from './support/projects.mjs';
import { CALLED, CALLER, TOKEN, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';

const { startRuntime } = startRuntimeModule;
const snmp = createRequire(import.meta.url)('net-snmp');

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLE = 'examples/raise-snmp-alarm';
const ACTION = 'raise-snmp-alarm';
const COMMUNITY = 'a-community-of-ours';
const USER = {
  name: 'device-monitoring',
  level: snmp.SecurityLevel.authPriv,
  authProtocol: snmp.AuthProtocols.sha256,
  authKey: 'an-auth-key-of-ours',
  privProtocol: snmp.PrivProtocols.aes,
  privKey: 'a-priv-key-of-ours',
};
// 32473 is the number that RFC 5612 sets aside for examples.
const ENTERPRISE = '1.3.6.1.4.1.32473.7';
const V2C = { SNMP_COMMUNITY: COMMUNITY };
const V3 = { SNMP_USER: USER.name, SNMP_AUTH_KEY: USER.authKey, SNMP_PRIV_KEY: USER.privKey };

const readme = await readFile(path.join(ROOT, EXAMPLE, 'README.md'), 'utf8');

/** A UDP port that nobody listens on at this moment. */
async function freeUdpPort() {
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise((resolve) => {
    socket.close(resolve);
  });
  return port;
}

async function startReceiver() {
  const port = await freeUdpPort();
  const alarms = new EventEmitter();
  const receiver = snmp.createReceiver(
    { port, address: '127.0.0.1', includeAuthentication: true },
    (error, notification) => (error ? alarms.emit('refused', error) : alarms.emit('alarm', notification.pdu)),
  );
  receiver.getAuthorizer().addCommunity(COMMUNITY);
  receiver.getAuthorizer().addUser(USER);
  return {
    port,
    alarms,
    stop: () =>
      new Promise((resolve) => {
        receiver.close(resolve);
      }),
  };
}

/** A copy of the project after the commands of the example's README, but for npm, whose work is already there. */
async function projectWithExample() {
  const project = await copyOfProject();
  await cp(path.join(ROOT, 'examples'), path.join(project.folder, 'examples'), { recursive: true });
  const [copy, install] = /```bash\n([^`]+)```/
    .exec(readme)[1]
    .trim()
    .split('\n')
    .map((line) => line.trim());
  await promisify(execFile)('sh', ['-c', copy], { cwd: project.folder });
  return { ...project, install };
}

describe('the example raise-snmp-alarm under twilio-run', () => {
  let project;
  let receiver;
  const runtimes = [];
  before(async () => {
    project = await projectWithExample();
    receiver = await startReceiver();
  });
  after(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await receiver?.stop();
    await project?.remove();
  });

  const start = async (env) => {
    const all = { SNMP_HOST: '127.0.0.1', SNMP_PORT: receiver.port, SNMP_ENTERPRISE_OID: ENTERPRISE, ...env };
    const runtime = await startRuntime({ project: project.folder, tokens: { [TOKEN]: {} }, env: all });
    runtimes.push(runtime);
    return runtime;
  };
  const alarm = async () => {
    const [pdu] = await once(receiver.alarms, 'alarm', { signal: AbortSignal.timeout(8_000) });
    return {
      pdu,
      values: Object.fromEntries(
        pdu.varbinds.map(({ oid, value }) => [oid.replace(`${ENTERPRISE}.`, ''), String(value)]),
      ),
    };
  };
  const failure = async (runtime) => {
    const { status, body, text } = await post(runtime, form({ action: ACTION }));
    const line = await runtime.waitForLine((entry) => entry.includes('device-monitoring.action-failed'));
    return { status, body, text, entry: JSON.parse(line) };
  };

  it("the README's commands and variables are those that are needed", async () => {
    const { dependencies, devDependencies } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    assert.equal(
      project.install,
      `npm install --save-prod --save-exact net-snmp@${devDependencies['net-snmp'] ?? dependencies['net-snmp']}`,
    );
    const action = await readFile(path.join(ROOT, EXAMPLE, `${ACTION}.private.js`), 'utf8');
    const used = new Set(action.match(/SNMP_[A-Z_]+/g));
    const documented = new Set(readme.match(/^ *SNMP_[A-Z_]+(?==)/gm).map((name) => name.trim()));
    assert.deepEqual([...documented].sort(), [...used].sort());
  });

  it('an alert becomes an alarm with call, worker, rule, value, threshold and sentence, and success means confirmed', async () => {
    const runtime = await start(V2C);
    const arrived = alarm();
    const { status, body } = await post(runtime, form({ action: ACTION }));
    assert.equal(status, 200);
    assert.deepEqual(body.result, { confirmed: true });
    const { pdu, values } = await arrived;
    assert.equal(pdu.type, snmp.PduType.InformRequest);
    assert.equal(pdu.community, COMMUNITY);
    assert.equal(values['1.3.6.1.6.3.1.1.4.1.0'], `${ENTERPRISE}.0.1`);
    const [reason] = alert().reasons;
    assert.equal(values['1.1.0'], alert().id);
    assert.equal(values['1.2.0'], alert().callSid);
    assert.equal(values['1.3.0'], 'WK00000000000000000000000000000001');
    assert.equal(values['2.1.1.1'], reason.rule);
    assert.equal(values['2.1.2.1'], '35');
    assert.equal(values['2.1.3.1'], '15');
    assert.equal(values['2.1.4.1'], reason.text);
  });

  it('a figure that a browser made up is no phone number in it', async () => {
    const runtime = await start(V2C);
    const arrived = alarm();
    const [reason] = alert().reasons;
    const made = alert({ reasons: [{ ...reason, value: 12_025_550_123, threshold: 12_025_550_123 }] });
    assert.equal((await post(runtime, form({ action: ACTION, alert: JSON.stringify(made) }))).status, 200);
    const { values } = await arrived;
    assert.deepEqual([values['2.1.2.1'], values['2.1.3.1']], ['12025600000', '12025600000']);
  });

  it('SNMP v3 signs and encrypts the same alarm', async () => {
    const runtime = await start(V3);
    const arrived = alarm();
    const { status } = await post(runtime, form({ action: ACTION }));
    assert.equal(status, 200);
    const { pdu, values } = await arrived;
    assert.equal(pdu.type, snmp.PduType.InformRequest);
    assert.equal(pdu.user, USER.name);
    assert.equal(values['1.2.0'], alert().callSid);
  });

  it("a client of the 2021 sample raises an alarm too, and nobody's phone number leaves", async () => {
    const [runtime] = runtimes;
    let arrived = alarm();
    await post(runtime, form({ action: ACTION, alert: undefined, issues: 'short call' }));
    assert.equal((await arrived).values['2.1.4.1'], 'short call');

    arrived = alarm();
    const made = alert({
      reasons: Array(5).fill({ rule: 'shortCall', value: 1, threshold: 10, text: `from ${CALLER} to ${CALLED}` }),
    });
    await post(runtime, form({ action: ACTION, alert: JSON.stringify(made) }));
    const { values } = await arrived;
    assert.doesNotMatch(JSON.stringify(values), /5555550/);
    assert.ok('2.1.4.4' in values && !('2.1.4.5' in values), Object.keys(values).join());
  });

  it('has limits that fit together into the 10 s of a hosted Function, with some to answer in', async () => {
    const limit = async (file, name) =>
      Number(
        new RegExp(`${name} = ([0-9_]+);`).exec(await readFile(path.join(ROOT, file), 'utf8'))[1].replaceAll('_', ''),
      );
    const action = `${EXAMPLE}/${ACTION}.private.js`;
    const whole = await limit(action, 'LIMIT_MS');
    assert.ok((await limit(action, 'WAIT_MS')) * (1 + (await limit(action, 'SECOND_TRIES'))) < whole);
    assert.ok((await limit('functions/respond-to-issue.js', 'LOOKUP_DEADLINE_MS')) + whole <= 9_800);
  });

  it('an alarm system that does not answer is a clear error, by its own time limits, and a log line without secrets or numbers', async () => {
    const silent = [{ ...V2C, SNMP_PORT: await freeUdpPort() }, { SNMP_COMMUNITY: 'not-the-community' }];
    await Promise.all(
      silent.map(async (env) => {
        const runtime = await start(env);
        const { status, body, text, entry } = await failure(runtime);
        assert.equal(status, 500);
        assert.equal(body.error, 'action-failed');
        assert.match(body.message, /"raise-snmp-alarm" failed/);
        assert.equal(entry.error, 'RequestTimedOutError');
        for (const secret of [TOKEN, CALLER.slice(1), CALLED.slice(1), env.SNMP_COMMUNITY]) {
          assert.ok(!`${text}\n${runtime.lines.join('\n')}`.includes(secret), secret);
        }
      }),
    );
  });

  it('a variable that is absent or wrong is named, without its value', async () => {
    const wrong = [
      ['SNMP_HOST', { ...V2C, SNMP_HOST: '' }],
      ['SNMP_COMMUNITY', {}],
      ['SNMP_ENTERPRISE_OID', { ...V2C, SNMP_ENTERPRISE_OID: '1.3.6.1.4.1.<your number>.<what you like>' }],
      ['SNMP_PRIV_KEY', { ...V3, SNMP_PRIV_KEY: 'short' }],
    ];
    for (const [name, env] of wrong) {
      const runtime = await start(env);
      const { status, entry } = await failure(runtime);
      assert.equal(status, 500);
      assert.deepEqual([entry.error, entry.code], ['NotConfigured', name]);
      await runtimes.pop().stop();
    }
  });
});
