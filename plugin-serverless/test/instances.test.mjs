/** Two real runtimes, as two instances of the hosted Function, before one account; and what is left when one dies. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { claimsOf, rewrite } from './support/sync-documents.mjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form, post } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import twilioModule from './support/twilio/server.cjs';

const SMS = 'send-sms-to-customer';
const ENV = { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', ACTIONS_ENABLED: 'annotate-call' };
const SECOND = {
  identity: 'second_40example_2Ecom',
  realm_user_id: 'second@example.com',
  worker_sid: 'WK00000000000000000000000000000002',
};
const DEAD_MS = 31_000;
const DEPTH = 1_000_000;
const TRIES = 5;

describe('two instances of the Function', () => {
  let twilio;
  let one;
  let other;
  let sent;
  before(async () => {
    twilio = await twilioModule.startTwilio();
    // The process that answers may die, and the one that started it goes on.
    const start = () =>
      startRuntimeModule.startRuntime({
        twilio,
        tokens: { [TOKEN]: {}, second: SECOND },
        env: ENV,
        forks: true,
      });
    [one, other] = await Promise.all([start(), start()]);
  });
  after(async () => {
    await Promise.all([one?.stop(), other?.stop()]);
    await twilio?.stop();
  });
  beforeEach(() => {
    twilio.world.reset();
    twilio.faults.clear();
    const { agent, conference, task } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    sent = alert({ callSid: agent.sid, conferenceSid: conference.sid, taskSid: task.sid });
  });

  /** On a busy machine the Function runs out of its time: 503, nothing has happened. Then it is sent again, as a browser does. */
  const untilTaken = async (send) => {
    let answer;
    for (let tries = 0; tries < TRIES; tries += 1) {
      answer = await send();
      if (answer.status !== 503) break;
    }
    return answer;
  };
  const report = (runtime, action = SMS) =>
    untilTaken(() => post(runtime, form({ action, alert: JSON.stringify(sent) })));
  /** The same, when the Function's process ends before it answers. */
  const die = async (action = SMS) => {
    const body = () => new URLSearchParams(form({ action, alert: JSON.stringify(sent) }));
    const response = await untilTaken(() => fetch(`${one.url}/respond-to-issue`, { method: 'POST', body: body() }));
    assert.equal(response.status, 502);
  };
  const claim = () => claimsOf(twilio.world, sent)[0].data;
  const later = () => {
    const at = new Date(Date.now() - DEAD_MS).toISOString();
    for (const { uniqueName } of claimsOf(twilio.world, sent))
      rewrite(twilio.world, uniqueName, (data) => Object.assign(data, { at }));
  };

  it('that race for the same alert send one message', async () => {
    const answers = await Promise.all([one, other, one, other].map((runtime) => report(runtime)));
    assert.equal(answers.filter(({ body }) => body.outcome === 'done').length, 1);
    for (const { status, body } of answers)
      assert.ok(status === 409 || ['done', 'already-done'].includes(body.outcome), body.message);
    assert.equal((await report(other)).body.outcome, 'already-done');
    assert.equal(twilio.world.messages.length, 1);
  });

  for (const [when, messages] of [
    ['before', 0],
    ['after', 1],
  ]) {
    it(`one of which dies just ${when} its message is sent leave it at ${messages}, and say that nobody knows`, async () => {
      twilio.faults.add({ operation: 'messages.create', kind: 'kill', when });
      await die();
      assert.equal(claim().state, 'claimed');
      assert.equal((await report(other)).status, 409);
      later();
      assert.equal((await report(other)).body.outcome, 'unknown');
      assert.equal(twilio.world.messages.length, messages);
      await other.waitForLine((line) => line.includes(sent.id) && line.includes('"outcome":"unknown"'));
    });
  }

  it('that get the alerts of two agents about one conversation send one message', async () => {
    const listener = twilio.world.addCall({ to: 'client:second_40example_2Ecom' });
    twilio.world.conferences.get(sent.conferenceSid).callSids.push(listener.sid);
    const theirs = alert({
      callSid: listener.sid,
      conferenceSid: sent.conferenceSid,
      taskSid: undefined,
      workerSid: SECOND.worker_sid,
    });
    const [own, second] = await Promise.all([
      report(one),
      untilTaken(() => post(other, form({ Token: 'second', action: SMS, alert: JSON.stringify(theirs) }))),
    ]);
    for (const { status, body } of [own, second])
      assert.ok(status === 409 || ['done', 'already-done'].includes(body.outcome), body.message);
    assert.equal((await report(other)).body.outcome, 'already-done');
    assert.equal(twilio.world.messages.length, 1);
  });

  it('act never again on what only one of them could have noted, and somebody has changed', async () => {
    await report(one);
    for (const { data } of claimsOf(twilio.world, sent)) data.state = 'failed';
    assert.equal((await report(other)).body.outcome, 'unknown');
    await other.waitForLine((line) => line.includes('device-monitoring.document-not-authentic'));
    assert.equal((await report(one)).body.outcome, 'unknown');
    assert.equal(twilio.world.messages.length, 1);
  });

  it('one of which dies over what may be repeated have it repeated by the other', async () => {
    twilio.faults.add({ operation: 'annotation.update', kind: 'kill', when: 'after' });
    await die('annotate-call');
    later();
    assert.equal((await report(other, 'annotate-call')).body.outcome, 'done');
    assert.deepEqual([claim().state, claim().attempt], ['done', 2]);
  });

  it('stand a body of JSON nested a million deep, however it is sent', async () => {
    const bomb = `{"Token":"${TOKEN}","alert":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`;
    const sending = [
      { headers: { 'content-type': 'application/json' }, body: bomb },
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ Token: TOKEN, alert: bomb }).toString(),
      },
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `Token=${TOKEN}&alert${'[a]'.repeat(10_000)}=1`,
      },
    ];
    for (const request of sending) {
      const { status } = await fetch(`${one.url}/respond-to-issue`, { method: 'POST', ...request });
      assert.ok(status >= 400, String(status));
    }
    assert.equal((await report(one, 'log-call')).status, 200);
  });

  it('of which twilio-run itself was killed leave the other at work', async () => {
    twilio.faults.add({ operation: 'messages.create', kind: 'kill', target: 'runtime', when: 'before' });
    await assert.rejects(report(one));
    later();
    assert.equal((await report(other)).body.outcome, 'unknown');
    assert.equal((await report(other, 'log-call')).body.outcome, 'done');
  });
});
