/** What the tests here and the lab rely on: a runtime that leaves nothing behind, sees no secrets and asks no real Twilio. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import './support/redirect.cjs';
import { copyOfProject } from './support/projects.mjs';
import { TOKEN, form, post } from './support/requests.mjs';

const STARTER = fileURLToPath(new URL('./support/start-runtime.cjs', import.meta.url));
const GONE_LIMIT_MS = 5_000;

const ACTIONS = {
  'tells.private.js': `
    exports.policy = 'at-least-once';
    exports.run = ({ context }) => ({ environment: Object.keys(process.env), context: Object.keys(context) });`,
  'never-ends.private.js': `
    exports.policy = 'at-least-once';
    exports.run = () => new Promise(() => {
      setInterval(() => {}, 1000);
      console.log('never-ends runs as process ' + process.pid + '.');
    });`,
};

/** A process of its own that starts the runtime and prints the address and the runtime's log. What it leaves behind when killed lies in the project. */
const startedElsewhere = (project) =>
  spawn(
    process.execPath,
    [
      '-e',
      `
  const { startRuntime } = require(${JSON.stringify(STARTER)});
  startRuntime({ project: ${JSON.stringify(project)}, tokens: { ${JSON.stringify(TOKEN)}: {} }, onLine: console.log })
    .then(({ url }) => console.log('url ' + url));
`,
    ],
    { env: { ...process.env, TMPDIR: project, SECRET_OF_THE_SHELL: 'a secret' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );

async function gone(isThere) {
  for (const deadline = Date.now() + GONE_LIMIT_MS; Date.now() < deadline; await sleep(50))
    if (!(await isThere())) return true;
  return false;
}

describe('a runtime', () => {
  let project;
  let starter;
  let lines;
  let runtime;
  const printed = async (pattern) => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`the starter ended without ${pattern}`);
      const found = pattern.exec(value[0]);
      if (found) return found[1];
    }
  };
  before(async () => {
    project = await copyOfProject();
    for (const [name, text] of Object.entries(ACTIONS))
      await writeFile(path.join(project.folder, 'functions', 'actions', name), text);
    starter = startedElsewhere(project.folder);
    lines = on(readline.createInterface({ input: starter.stdout }), 'line', { close: ['close'] });
    runtime = { url: await printed(/^url (.*)/) };
  });
  after(async () => {
    starter?.kill('SIGKILL');
    await project?.remove();
  });

  it("sees its own variables and none of the shell's", async () => {
    const { body } = await post(runtime, form({ action: 'tells' }));
    assert.ok(body.result.context.includes('ACCOUNT_SID'));
    for (const names of [body.result.environment, body.result.context])
      assert.ok(!names.includes('SECRET_OF_THE_SHELL'));
  });

  it('leaves with the process that started it, even when that is killed, and takes a Function that still runs along', async () => {
    post(runtime, form({ action: 'never-ends' })).catch(() => {});
    const pid = Number(await printed(/never-ends runs as process (\d+)\./));
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    assert.ok(
      await gone(() =>
        fetch(runtime.url).then(
          () => true,
          () => false,
        ),
      ),
      'twilio-run still answers',
    );
    assert.ok(await gone(() => isAlive(pid)), 'the Function still runs');
  });
});

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('without a stand-in', () => {
  it("no address of Twilio's is looked up, whatever asks for it", async () => {
    await assert.rejects(
      fetch('https://api.twilio.com/2010-04-01'),
      ({ cause }) => cause.message === 'there is no stand-in for api.twilio.com',
    );
    for (const ask of [https.get, https.request]) {
      const [error] = await once(ask({ hostname: 'iam.twilio.com' }), 'error').catch((reason) => [reason]);
      assert.equal(error.message, 'there is no stand-in for iam.twilio.com');
    }
  });
});
