/** Actions that a user adds, in the real runtime: a copy of this project with one file more. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { INSTALLED_ACTIONS, copyOfProject } from './support/projects.mjs';
import { CALLER, TOKEN, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';

const { startRuntime } = startRuntimeModule;

const ACTIONS = {
  'added-as-a-file.private.js': `
    exports.policy = 'at-least-once';
    exports.run = async ({ alert, worker, context }) => ({
      ticket: context.TICKET_PREFIX + alert.reasons[0].rule, worker: worker.workerSid, roles: worker.roles,
    });`,
  'says-nothing.private.js': 'exports.policy = "at-least-once"; exports.run = () => {};',
  'fails.private.js': `
    exports.policy = 'at-least-once';
    exports.run = async ({ callerId }) => {
      throw Object.assign(new Error('The number ' + callerId + ' is not a valid phone number'), { name: 'RestException', status: 400, code: 21211 });
    };`,
  'has-no-run.private.js': 'exports.handler = () => {};',
  'has-an-odd-policy.private.js': 'exports.policy = "sometimes"; exports.run = () => {};',
  'does-not-parse.private.js': 'exports.run = (=> {};',
  'says-no-policy.private.js': 'exports.run = () => {};',
  'answers-a-cycle.private.js':
    'exports.policy = "at-least-once"; exports.run = () => { const a = {}; a.a = a; return a; };',
  'throws-nothing.private.js': 'exports.policy = "at-least-once"; exports.run = () => Promise.reject();',
  'has-the-old-policy.private.js': 'exports.policy = "again"; exports.run = () => Promise.reject(new Error("late"));',
  'calls-the-customer-back.private.js':
    'exports.policy = "at-least-once"; exports.needs = "customer"; exports.run = () => ({ called: true });',
  'added-as-a-file/priorities.private.js': 'exports.run = () => {};',
};

describe("actions of one's own under twilio-run", { concurrency: 2 }, () => {
  let project;
  let runtime;
  before(async () => {
    project = await copyOfProject();
    for (const [name, text] of Object.entries(ACTIONS)) {
      const file = path.join(project.folder, 'functions', 'actions', name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    runtime = await startRuntime({
      project: project.folder,
      tokens: { [TOKEN]: { roles: ['agent', 'supervisor'] } },
      env: { TICKET_PREFIX: 'ticket-for-' },
    });
  });
  after(async () => {
    await runtime?.stop();
    await project?.remove();
  });

  it('an action added as a file is found without any other change, and gets the alert, the worker and the context', async () => {
    const { status, body } = await post(runtime, form({ action: 'added-as-a-file' }));
    assert.equal(status, 200);
    assert.deepEqual(body, {
      action: 'added-as-a-file',
      alertId: alert().id,
      outcome: 'done',
      result: {
        ticket: 'ticket-for-warningDurPct',
        worker: 'WK00000000000000000000000000000001',
        roles: ['agent', 'supervisor'],
      },
    });
  });

  it('an action that needs the customer is not run for a supervisor who listened in, whichever alert of the call it is', async () => {
    const first = alert({ monitoring: true });
    for (const sent of [first, { ...first, id: `${first.id}-report`, supplements: first.id }]) {
      const { status, body } = await post(
        runtime,
        form({ action: 'calls-the-customer-back', alert: JSON.stringify(sent) }),
      );
      assert.deepEqual([status, body.outcome], [200, 'noted']);
    }
  });

  it('an action without a result is a success', async () => {
    const { status, body } = await post(runtime, form({ action: 'says-nothing' }));
    assert.equal(status, 200);
    assert.equal(body.result, null);
  });

  it('the known actions are those that have a file; files in folders below are helpers', async () => {
    const { body } = await post(runtime, form({ action: 'priorities' }));
    assert.deepEqual(
      body.knownActions,
      [
        ...new Set([
          ...INSTALLED_ACTIONS,
          'added-as-a-file',
          'calls-the-customer-back',
          'answers-a-cycle',
          'does-not-parse',
          'fails',
          'has-an-odd-policy',
          'has-no-run',
          'has-the-old-policy',
          'says-no-policy',
          'says-nothing',
          'throws-nothing',
        ]),
      ].sort(),
    );
  });

  it('an action that says nothing of being repeated is not run for a call without a name: there could be any number of them', async () => {
    const { status, body } = await post(
      runtime,
      form({ action: 'says-no-policy', alert: JSON.stringify(alert({ callSid: undefined })) }),
    );
    assert.deepEqual([status, body.error], [422, 'call-unknown']);
  });

  it("a failing action answers 500 as JSON, without the error's own words", async () => {
    const { status, headers, body, text } = await post(runtime, form({ action: 'fails' }));
    assert.equal(status, 500);
    assert.equal(body.error, 'action-failed');
    assert.match(body.message, /"fails"/);
    assert.equal(headers.get('access-control-allow-origin'), '*');
    assert.doesNotMatch(text, /5550123|21211|valid phone number/);
  });

  it("the log says which action failed, how and where, but not the error's own words", async () => {
    await post(runtime, form({ action: 'fails' }));
    const entry = JSON.parse(
      await runtime.waitForLine((line) => line.includes('action-failed') && line.includes('"fails"')),
    );
    assert.equal(entry.error, 'RestException');
    assert.equal(entry.code, 21211);
    assert.equal(entry.status, 400);
    assert.match(entry.where, /^actions\/fails:\d+$/);
    assert.ok(!runtime.lines.join('\n').includes(CALLER.slice(1)));
  });

  it("a policy's old name, again, is understood as at-least-once: after an error the browser sends the alert again", async () => {
    const { status, body } = await post(runtime, form({ action: 'has-the-old-policy' }));
    assert.deepEqual([status, body.error], [500, 'action-failed']);
  });

  it('an action whose result is not JSON has been carried out all the same; the log says that the result is left out', async () => {
    const { status, body } = await post(runtime, form({ action: 'answers-a-cycle' }));
    assert.deepEqual([status, body.outcome, body.result], [200, 'done', { omitted: 'not JSON' }]);
    const line = await runtime.waitForLine((text) => text.includes('device-monitoring.result-not-json'));
    assert.equal(JSON.parse(line).action, 'answers-a-cycle');
  });

  it('a broken action file fails by itself and leaves the others alone', async () => {
    for (const action of ['has-no-run', 'has-an-odd-policy', 'does-not-parse', 'throws-nothing']) {
      const { status, body } = await post(runtime, form({ action }));
      assert.equal(status, 500, action);
      assert.equal(body.error, 'action-failed', action);
    }
    const line = await runtime.waitForLine((text) => text.includes('does-not-parse') && text.includes('SyntaxError'));
    assert.match(JSON.parse(line).where, /^actions\/does-not-parse:1$/);
    assert.equal((await post(runtime, form())).status, 200);
  });
});
