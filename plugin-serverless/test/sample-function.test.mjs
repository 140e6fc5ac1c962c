/** Functions written for the 2021 sample get what they were written for. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { copyOfProject } from './support/projects.mjs';
import { CALLED, CALLER, TOKEN, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';

it("a Function of the 2021 sample's shape works with what the plugin posts", async (t) => {
  const project = await copyOfProject();
  t.after(() => project.remove());
  await cp(
    new URL('./support/sample-function.js', import.meta.url),
    path.join(project.folder, 'functions', 'respond-to-issue.js'),
  );
  const runtime = await startRuntimeModule.startRuntime({ project: project.folder, tokens: { [TOKEN]: {} } });
  t.after(() => runtime.stop());
  const { status, body } = await post(
    runtime,
    form({ action: 'email-the-team', issues: 'short call, call ended under warning' }),
  );
  assert.equal(status, 200);
  assert.deepEqual(body, { subject: `Bad call from ${CALLER} to ${CALLED}: short call and call ended under warning` });
  const refused = await fetch(`${runtime.url}/respond-to-issue`, {
    method: 'POST',
    body: new URLSearchParams(form({ Token: 'a-forged-token' })),
  });
  assert.equal(refused.status, 403);
});
