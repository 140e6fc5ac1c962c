/** The action that docs/actions.md shows, as it is written there, with a server that takes its tickets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { copyOfProject } from './support/projects.mjs';
import { TOKEN, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';

const { startRuntime } = startRuntimeModule;

describe('the action open-ticket of docs/actions.md', () => {
  let project;
  let server;
  let runtime;
  let answer;
  const tickets = [];
  before(async () => {
    project = await copyOfProject();
    const document = await readFile(new URL('../../docs/actions.md', import.meta.url), 'utf8');
    const [, code, file] = /```js\n(\/\/ plugin-serverless\/(\S+)[^]*?)```/.exec(document);
    await writeFile(path.join(project.folder, file), code);
    server = http.createServer(async (req, res) => {
      let body = '';
      for await (const chunk of req.setEncoding('utf8')) body += chunk;
      tickets.push(JSON.parse(body));
      res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer.body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const env = { TICKETS_URL: `http://127.0.0.1:${server.address().port}/tickets` };
    runtime = await startRuntime({ project: project.folder, tokens: { [TOKEN]: {} }, env });
  });
  after(async () => {
    await runtime?.stop();
    server?.close();
    await project?.remove();
  });

  it('opens a ticket and gives back its number', async () => {
    answer = { status: 201, body: { id: 'T-7' } };
    const { status, body } = await post(runtime, form({ action: 'open-ticket' }));
    assert.equal(status, 200);
    assert.deepEqual(body.result, { ticket: 'T-7' });
    const { callSid: call, reasons, workerSid: agent } = alert();
    assert.deepEqual(tickets, [{ title: form().issues, call, agent, reasons }]);
  });

  it('fails when the other side refuses', async () => {
    answer = { status: 503, body: {} };
    const { status, body } = await post(runtime, form({ action: 'open-ticket' }));
    assert.equal(status, 500);
    assert.equal(body.error, 'action-failed');
  });
});
