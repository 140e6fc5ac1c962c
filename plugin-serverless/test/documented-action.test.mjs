/** The action that docs/actions.md shows, as it is written there, with a server that takes its tickets. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyOfProject } from './support/projects.mjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import twilioModule from './support/twilio/server.cjs';

const { startRuntime } = startRuntimeModule;
const run = promisify(execFile);

// Not its name in the document: somebody may have an action of that name, which is not what is tested here.
const ACTION = 'the-documented-example';
const TICKETS = 'https://tickets.example.com';

describe('the action that docs/actions.md shows', () => {
  let project;
  let file;
  let server;
  let runtime;
  let twilio;
  let answer;
  const tickets = [];
  before(async () => {
    project = await copyOfProject();
    const document = await readFile(new URL('../../docs/actions.md', import.meta.url), 'utf8');
    const [, code] = /```js\n(\/\/ plugin-serverless\/functions\/actions\/\S+\.private\.js\n[^]*?)```/.exec(document);
    file = path.join(project.folder, 'functions/actions', `${ACTION}.private.js`);
    await writeFile(file, code);
    server = http
      .createServer(async (req, res) => {
        let body = '';
        for await (const chunk of req.setEncoding('utf8')) body += chunk;
        tickets.push({ key: req.headers['idempotency-key'], ...JSON.parse(body) });
        res
          .writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers })
          .end(JSON.stringify(answer.body));
      })
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    const env = {
      TICKETS_URL: `${TICKETS}/new`,
      STAND_IN_ORIGINS: JSON.stringify({ [TICKETS]: `http://127.0.0.1:${server.address().port}` }),
    };
    twilio = await twilioModule.startTwilio();
    runtime = await startRuntime({ twilio, project: project.folder, tokens: { [TOKEN]: {} }, env });
  });
  after(async () => {
    await runtime?.stop();
    await twilio?.stop();
    server?.close();
    await project?.remove();
  });

  it('has no error of types', async () => {
    const ours = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
    const settings = {
      extends: ours('jsconfig.json'),
      compilerOptions: { incremental: false, typeRoots: ['node_modules/@types', 'node_modules'].map(ours) },
      include: [file, ours('types.d.ts')],
    };
    await writeFile(path.join(project.folder, 'jsconfig.json'), JSON.stringify(settings));
    const { code, stdout } = await run(process.execPath, [
      ours('../js-shim/node_modules/typescript/bin/tsc'),
      '-p',
      path.join(project.folder, 'jsconfig.json'),
    ]).catch((error) => error);
    assert.deepEqual([code, stdout], [undefined, '']);
  });

  /** An alert about a call of its own. */
  const report = () => {
    const { agent } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    const sent = alert({ callSid: agent.sid });
    const send = () => post(runtime, form({ action: ACTION, alert: JSON.stringify(sent) }));
    return { sent, send };
  };

  it('opens one ticket and gives back its number', async () => {
    answer = { status: 201, body: { id: 'T-7' } };
    const { sent, send } = report();
    const { status, body } = await send();
    assert.equal(status, 200);
    assert.deepEqual(body.result, { ticket: 'T-7' });
    assert.equal((await send()).body.outcome, 'already-done');
    const reasons = sent.reasons.map(({ text }) => text);
    assert.deepEqual(tickets, [{ key: sent.id, title: form().issues, call: sent.callSid, agent: WORKER_SID, reasons }]);
  });

  it('opens none while the other side is busy, and one when it comes again', async () => {
    answer = { status: 429, body: {} };
    const { send } = report();
    const { status, body } = await send();
    assert.deepEqual([status, body.error], [503, 'action-not-done']);
    answer = { status: 201, body: { id: 'T-8' } };
    assert.deepEqual((await send()).body.result, { ticket: 'T-8' });
  });

  for (const status of [500, 503])
    it(`says that nobody knows after a ${status}, which may come when a ticket exists, and opens no second one`, async () => {
      answer = { status, body: {} };
      const { send } = report();
      assert.equal((await send()).body.outcome, 'unknown');
      answer = { status: 201, body: { id: 'T-9' } };
      assert.equal((await send()).body.outcome, 'unknown');
    });

  it('follows no redirect to an address that nobody has configured', async () => {
    answer = { status: 307, headers: { Location: '/elsewhere' }, body: {} };
    const known = tickets.length;
    assert.equal((await report().send()).body.outcome, 'unknown');
    assert.equal(tickets.length, known + 1);
  });

  it('takes no address without TLS', async () => {
    const env = { TICKETS_URL: 'http://tickets.example.com/new' };
    const plain = await startRuntime({ twilio, project: project.folder, tokens: { [TOKEN]: {} }, env });
    try {
      const { agent } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
      const sent = form({ action: ACTION, alert: JSON.stringify(alert({ callSid: agent.sid })) });
      const { status, body } = await post(plain, sent);
      assert.deepEqual([status, body.error], [500, 'not-configured']);
      assert.match(body.message, /TICKETS_URL/);
    } finally {
      await plain.stop();
    }
  });
});
