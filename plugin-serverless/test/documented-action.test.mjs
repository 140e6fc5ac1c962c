/** The action that docs/actions.md shows, as it is written there, with a server that takes its tickets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyOfProject } from './support/projects.mjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import twilioModule from './support/twilio/server.cjs';

const { startRuntime } = startRuntimeModule;

describe('the action open-ticket of docs/actions.md', () => {
  let project;
  let server;
  let runtime;
  let twilio;
  let answer;
  const tickets = [];
  before(async () => {
    project = await copyOfProject();
    const document = await readFile(new URL('../../docs/actions.md', import.meta.url), 'utf8');
    const [, code, file] = /```js\n(\/\/ plugin-serverless\/(\S+)[^]*?)```/.exec(document);
    await writeFile(path.join(project.folder, file), code);
    server = http
      .createServer(async (req, res) => {
        let body = '';
        for await (const chunk of req.setEncoding('utf8')) body += chunk;
        tickets.push(JSON.parse(body));
        res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer.body));
      })
      .listen(0, '127.0.0.1');
    await once(server, 'listening');
    const env = { TICKETS_URL: `http://127.0.0.1:${server.address().port}/tickets` };
    twilio = await twilioModule.startTwilio();
    runtime = await startRuntime({ twilio, project: project.folder, tokens: { [TOKEN]: {} }, env });
  });
  after(async () => {
    await runtime?.stop();
    await twilio?.stop();
    server?.close();
    await project?.remove();
  });

  /** An alert about a call of its own. */
  const report = () => {
    const { agent } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    const sent = alert({ callSid: agent.sid });
    const send = () => post(runtime, form({ action: 'open-ticket', alert: JSON.stringify(sent) }));
    return { sent, send };
  };

  it('opens one ticket and gives back its number', async () => {
    answer = { status: 201, body: { id: 'T-7' } };
    const { sent, send } = report();
    const { status, body } = await send();
    assert.equal(status, 200);
    assert.deepEqual(body.result, { ticket: 'T-7' });
    assert.equal((await send()).body.outcome, 'already-done');
    assert.deepEqual(tickets, [{ title: form().issues, call: sent.callSid, agent: WORKER_SID, reasons: sent.reasons }]);
  });

  it('opens none while the other side is busy, and one when it comes again', async () => {
    answer = { status: 429, body: {} };
    const { send } = report();
    const { status, body } = await send();
    assert.deepEqual([status, body.error], [503, 'action-not-done']);
    answer = { status: 201, body: { id: 'T-8' } };
    assert.deepEqual((await send()).body.result, { ticket: 'T-8' });
  });

  it('says that nobody knows when the other side failed, and does not come again', async () => {
    answer = { status: 500, body: {} };
    const { send } = report();
    assert.equal((await send()).body.outcome, 'unknown');
    answer = { status: 201, body: { id: 'T-9' } };
    assert.equal((await send()).body.outcome, 'unknown');
  });
});
