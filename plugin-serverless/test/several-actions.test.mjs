/** An alert for several actions: each is done once, by itself, whatever becomes of the others. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { alert } from './support/requests.mjs';

const require = createRequire(import.meta.url);

const SMS = 'send-sms-to-customer';
const ANNOTATE = 'annotate-call';
const LOG = 'log-call';
const UNKNOWN = 'no-such-action';
const OFF = 'update-task';

describe('an alert for several actions', () => {
  let hosted;
  let call;
  before(async () => {
    hosted = await startHosted({
      tokens: { 'an-admin': { worker_sid: 'WK00000000000000000000000000000002', roles: ['admin'] } },
      env: { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', ACTIONS_ENABLED: ANNOTATE },
    });
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call();
  });

  const report = (actions, changes = {}) =>
    hosted.report(actions[0], { ...call, ...changes }, actions.length > 1 ? { actions: actions.join(',') } : {});
  const done = () => ({
    sent: hosted.twilio.world.messages.length,
    annotated: hosted.twilio.requests.filter(({ operation }) => operation === 'annotation.update').length,
    logged: hosted.entries('alert').length,
  });
  const fault = (operation, kind, more) => hosted.twilio.faults.add({ operation, kind, ...more });
  const outcomes = ({ actions }) => actions.map(({ action, outcome, error }) => [action, outcome ?? error]);

  it('has each of them done, and the answer has an outcome for each, in their order', async () => {
    const { status, body } = await report([SMS, LOG, ANNOTATE]);
    assert.equal(status, 200);
    assert.equal(body.alertId, alert(call).id);
    assert.deepEqual(outcomes(body), [
      [SMS, 'done'],
      [LOG, 'done'],
      [ANNOTATE, 'done'],
    ]);
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 1 });
    assert.deepEqual(
      hosted
        .entries('outcome')
        .map(({ action, outcome }) => [action, outcome])
        .sort(),
      [
        [ANNOTATE, 'done'],
        [SMS, 'done'],
      ],
    );
  });

  it('has each of them done once, in whatever order and company they come again', async () => {
    await report([SMS, LOG, ANNOTATE]);
    for (const again of [[ANNOTATE, SMS], [SMS], [LOG, ANNOTATE, SMS], [ANNOTATE]]) {
      const { status, body } = await report(again);
      assert.equal(status, 200);
      const all = body.actions ?? [body];
      assert.ok(
        all.every(({ outcome }) => outcome === 'already-done'),
        JSON.stringify(body),
      );
    }
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 1 });
  });

  it('that two instances get at the same moment has each of them done by one', async () => {
    fault('messages.create', 'slow', { delayMs: 200 });
    fault('annotation.update', 'slow', { delayMs: 200 });
    await Promise.all([report([SMS, ANNOTATE]), report([ANNOTATE, SMS]), report([SMS, ANNOTATE])]);
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 0 });
    assert.equal((await report([SMS, ANNOTATE])).status, 200);
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 0 });
  });

  it('of which one could not be done, with nothing done, has that one alone tried again', async () => {
    fault('messages.create', 'status', { status: 429, retryAfter: 7 });
    const { status, body, headers } = await report([ANNOTATE, SMS]);
    assert.deepEqual([status, body.error, body.retryAfter, headers['Retry-After']], [503, 'action-not-done', 7, '7']);
    assert.ok(body.message.startsWith(`${SMS}: `), body.message);
    assert.deepEqual(outcomes(body), [
      [ANNOTATE, 'done'],
      [SMS, 'action-not-done'],
    ]);
    assert.equal(body.actions[0].error, undefined);
    const again = await report([SMS]);
    assert.deepEqual([again.status, again.body.outcome], [200, 'done']);
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 0 });
  });

  it('has the others done where one is not installed, is switched off or lacks a setting, and says so', async () => {
    for (const [missing, status, error] of [
      [UNKNOWN, 400, 'action-unknown'],
      [OFF, 403, 'action-disabled'],
    ]) {
      for (const actions of [
        [missing, SMS],
        [SMS, missing],
      ]) {
        hosted.reset();
        call = hosted.call();
        const answer = await report(actions);
        assert.deepEqual([answer.status, answer.body.error], [status, error]);
        const expected = actions.map((name) => [name, name === SMS ? 'done' : error]);
        assert.deepEqual(outcomes(answer.body), expected);
        assert.equal(done().sent, 1);
      }
    }
    const { body } = await hosted.report(SMS, call, { actions: `${SMS},${LOG}` }, { SMS_TEXT: '' });
    assert.equal(body.actions[1].outcome, 'done');
  });

  it('is answered by what can be tried again soonest: for good, only when nothing else is left', async () => {
    const refusedForGood = () => fault('messages.create', 'status', { status: 400, code: 21211 });
    const failsForNow = () => fault('annotation.update', 'status', { status: 503 });
    refusedForGood();
    failsForNow();
    const first = await report([SMS, ANNOTATE, UNKNOWN]);
    assert.deepEqual([first.status, first.body.error], [500, 'action-failed']);
    hosted.twilio.faults.clear();
    refusedForGood();
    const second = await report([SMS, ANNOTATE, UNKNOWN]);
    assert.deepEqual([second.status, second.body.error], [400, 'action-unknown']);
    hosted.twilio.faults.clear();
    refusedForGood();
    const third = await report([SMS, ANNOTATE]);
    assert.deepEqual([third.status, third.body.error], [422, 'action-refused']);
    assert.equal(done().sent, 0);
  });

  it('is not given up for what a receiver refuses, while an admin can still put another action right', async () => {
    const lib = (name) => require(globalThis.Runtime.getFunctions()[`lib/${name}`].path);
    const { Refusal } = lib('refusal');
    const refusals = {
      [OFF]: new Refusal(503, 'receiver-refused', 'The receiver refuses it.', { retryAfter: 600 }),
      [UNKNOWN]: new Refusal(400, 'action-unknown', 'There is no such action.'),
      [LOG]: new Refusal(422, 'action-refused', 'It never will be done.'),
    };
    const answered = (names) =>
      lib('several-actions')
        .actOnEach(names, async (name) => Promise.reject(refusals[name]), { alert: null, worker: { workerSid: 'WK' } })
        .catch(({ code }) => code);
    assert.equal(await answered([OFF, UNKNOWN, LOG]), 'action-unknown');
    assert.equal(await answered([LOG, OFF]), 'receiver-refused');
  });

  it('about which nobody can know whether one was done has that one unknown, and the others done', async () => {
    fault('messages.create', 'lose-answer');
    for (let repeat = 0; repeat < 2; repeat += 1) {
      const { status, body } = await report([SMS, ANNOTATE]);
      assert.equal(status, 200);
      assert.deepEqual(outcomes(body), [
        [SMS, 'unknown'],
        [ANNOTATE, repeat === 0 ? 'done' : 'already-done'],
      ]);
    }
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 0 });
  });

  it("whose claims were written under another token of the account's is unknown for every action", async () => {
    await report([ANNOTATE, SMS]);
    const documents = [...hosted.twilio.world.documents.values()];
    for (const document of documents.filter(({ uniqueName }) => /-(alert|customer)-/.test(uniqueName)))
      document.data = { ...document.data, code: '0'.repeat(64) };
    for (const again of [[SMS], [ANNOTATE, SMS], [LOG, SMS]]) {
      const { body } = await report(again);
      for (const { outcome } of body.actions ?? [body]) assert.equal(outcome, 'unknown');
    }
    assert.deepEqual(done(), { sent: 1, annotated: 1, logged: 0 });
  });

  it('is one alert: with other content, none of its actions is done', async () => {
    await report([ANNOTATE]);
    const { status, body } = await report([LOG, SMS], { durationMs: 1 });
    assert.deepEqual([status, body.error], [422, 'alert-changed']);
    assert.deepEqual(done(), { sent: 0, annotated: 1, logged: 0 });
  });

  it('that supplements another has those done that may be done twice, and the others noted', async () => {
    const { id } = alert(call);
    await report([ANNOTATE, SMS]);
    const supplement = { id: `${id}-report`, supplements: id, agentReports: [{ atMs: 90_000 }] };
    const { body } = await report([SMS, ANNOTATE], supplement);
    assert.deepEqual(outcomes(body), [
      [SMS, 'noted'],
      [ANNOTATE, 'done'],
    ]);
    assert.deepEqual(done(), { sent: 1, annotated: 2, logged: 0 });
  });

  it('asks Twilio about the call and its customer no more often than for one', async () => {
    const lookedUp = () =>
      hosted.twilio.requests.filter(({ operation }) => /^(calls|conferences|tasks)\./.test(operation)).length;
    await report([SMS]);
    const forOne = lookedUp();
    assert.ok(forOne > 0);
    call = hosted.call();
    await report([SMS, ANNOTATE, LOG]);
    assert.equal(lookedUp() - forOne, forOne);
  });

  it('names each once, in the form of a name, no more than eight, and the first in "action" as well: else it is refused', async () => {
    const nine = Array.from({ length: 9 }, (_, index) => `action-${index}`);
    for (const [action, actions] of [
      [LOG, `${LOG},${LOG}`],
      [nine[0], nine.join(',')],
      [LOG, `${ANNOTATE},${LOG}`],
      [LOG, `,${LOG}`],
      ['', `${LOG},${ANNOTATE}`],
      [LOG, `${LOG},+1 202 555 0123`],
      [LOG, `${LOG},`],
      [LOG, `${LOG}, ${ANNOTATE}`],
      [LOG, `${LOG},-${ANNOTATE}`],
      [LOG, `${LOG},${'x'.repeat(65)}`],
    ]) {
      const { status, body } = await hosted.report(action, call, { actions });
      assert.deepEqual([status, body.error], [400, 'field-invalid'], actions);
      for (const wrong of ['202', 'xxx']) assert.ok(!JSON.stringify(body).includes(wrong), 'it is not repeated');
    }
    assert.deepEqual(done(), { sent: 0, annotated: 0, logged: 0 });
  });

  it('is told to admins with the state of each', async () => {
    fault('messages.create', 'status', { status: 429 });
    await report([ANNOTATE, SMS]);
    const { body } = await hosted.ask('call-outcome', { Token: 'an-admin', callSid: call.callSid });
    const states = body.alerts.map(({ action, state }) => [action, state]);
    assert.deepEqual(states.sort(), [
      [ANNOTATE, 'done'],
      [SMS, 'failed'],
    ]);
  });
});
