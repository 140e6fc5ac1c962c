/** An alert is acted on once, whatever fails in between; what nobody can know is said to be unknown. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { alert } from './support/requests.mjs';

const require = createRequire(import.meta.url);

const SMS = 'send-sms-to-customer';
const AGAIN = 'annotate-call';
const DEAD_MS = 31_000;
const DAY_S = 86_400;

describe('an alert', () => {
  let hosted;
  let call;
  before(async () => {
    hosted = await startHosted({
      env: { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', ACTIONS_ENABLED: AGAIN },
    });
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call();
  });

  const report = (action, changes = {}) => hosted.report(action, { ...call, ...changes });
  const sent = () => hosted.twilio.world.messages.length;
  const annotated = () => hosted.twilio.requests.filter(({ operation }) => operation === 'annotation.update').length;
  const claim = () => hosted.claimsOf(call)[0];
  const fault = (operation, kind, more) => hosted.twilio.faults.add({ operation, kind, ...more });
  /** As an instance leaves it that ended between its claim and the outcome. */
  const leaveClaim = async (action, age) => {
    fault(action === SMS ? 'messages.create' : 'annotation.update', 'status', { status: 429 });
    await report(action);
    const at = new Date(Date.now() - age).toISOString();
    for (const { uniqueName } of hosted.claimsOf(call))
      hosted.rewrite(uniqueName, (data) => Object.assign(data, { state: 'claimed', at }));
    hosted.twilio.faults.clear();
  };

  it('that comes again is answered "already-done", and nothing is done', async () => {
    assert.deepEqual((await report(SMS)).body.outcome, 'done');
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const { status, body } = await report(SMS);
      assert.equal(status, 200);
      assert.deepEqual(body, { action: SMS, alertId: alert(call).id, outcome: 'already-done' });
    }
    assert.equal(sent(), 1);
  });

  it('that somebody died over is not acted on for whom the agent is connected with later', async () => {
    call = hosted.call({ live: true });
    await leaveClaim(SMS, DEAD_MS);
    const { world } = hosted.twilio;
    // The customer has hung up, and the agent talks to somebody whom they have called.
    const consulted = world.addCall({ to: '+12025550177', endedAgoMs: null });
    world.conferences.get(call.conferenceSid).callSids = [consulted.sid, call.callSid];
    assert.equal((await report(SMS)).body.outcome, 'unknown');
    assert.equal(sent(), 0);
  });

  it('of a supervisor who listened in is noted where the action would need the customer, and acted on where it does not', async () => {
    for (const [action, outcome] of [
      [SMS, 'noted'],
      [AGAIN, 'done'],
    ]) {
      const { status, body } = await report(action, { monitoring: true });
      assert.deepEqual([status, body.outcome], [200, outcome]);
    }
    assert.equal(sent(), 0);
  });

  it('that supplements another is acted on beside it where that may be done twice, and else only noted', async () => {
    for (const [action, outcome] of [
      [AGAIN, 'done'],
      [SMS, 'noted'],
    ]) {
      call = hosted.call();
      const { id } = alert(call);
      assert.equal((await report(action)).body.outcome, 'done');
      const supplement = { id: `${id}-report`, supplements: id, agentReports: [{ atMs: 90_000 }] };
      assert.equal((await report(action, supplement)).body.outcome, outcome);
    }
    assert.deepEqual([annotated(), sent()], [2, 1]);
  });

  it('of a newer plugin is the same one for a Function that is deployed later and knows more of it', async (t) => {
    const told = { agentReports: [{ atMs: 90_000, more: 1 }], more: { of: ['this'] } };
    fault('messages.create', 'status', { status: 429 });
    assert.equal((await report(SMS, told)).status, 503);
    hosted.twilio.faults.clear();

    const { getAssets } = globalThis.Runtime;
    const anotherInstance = () => Object.values(hosted.functions).forEach(({ path }) => delete require.cache[path]);
    t.after(() => {
      globalThis.Runtime.getAssets = getAssets;
      anotherInstance();
    });
    const name = '/alert.schema.json';
    const schema = JSON.parse(getAssets()[name].open());
    schema.properties.more = { type: 'object' };
    globalThis.Runtime.getAssets = () => ({ ...getAssets(), [name]: { open: () => JSON.stringify(schema) } });
    anotherInstance();

    assert.equal((await report(SMS, { ...told, more: { of: ['that'] } })).body.error, 'alert-changed');
    assert.equal((await report(SMS, told)).body.outcome, 'done');
    assert.equal((await report(SMS, told)).body.outcome, 'already-done');
    assert.equal(sent(), 1);
  });

  it('is the same one without its numbers, which the browser forgets first, and in another order', async () => {
    await report(SMS);
    assert.equal((await report(SMS, { callerId: undefined, dnis: undefined })).body.outcome, 'already-done');
    assert.equal((await report(SMS, { endpoint: { addressPrefix: '198.41.0.0/24' } })).body.outcome, 'already-done');
    const { id, ...rest } = alert(call);
    const turned = JSON.stringify({ ...Object.fromEntries(Object.entries(rest).reverse()), id });
    assert.equal((await hosted.report(SMS, call, { alert: turned })).body.outcome, 'already-done');
  });

  it('with a known id and other content is refused for good, and nothing is done by whichever action', async () => {
    await report(SMS);
    for (const action of [SMS, AGAIN]) {
      const { status, body } = await report(action, { durationMs: 1 });
      assert.deepEqual([status, body.error], [422, 'alert-changed']);
    }
    assert.deepEqual([sent(), annotated()], [1, 0]);
  });

  it('for another action is acted on by that one as well, and by each once', async () => {
    for (let repeat = 0; repeat < 2; repeat += 1)
      for (const action of [SMS, AGAIN]) {
        const { body } = await report(action);
        assert.equal(body.outcome, repeat === 0 ? 'done' : 'already-done');
      }
    assert.deepEqual([sent(), annotated()], [1, 1]);
  });

  it('is remembered for longer than the browser keeps it', async () => {
    await report(SMS);
    const left = (claim().expires - Date.now()) / 1000;
    assert.ok(left > 13 * DAY_S && left < 15 * DAY_S, `${left} s`);
  });

  it('that two instances get at the same moment is acted on by one; the other says that it is in progress', async () => {
    fault('messages.create', 'slow', { delayMs: 200 });
    const answers = await Promise.all([report(SMS), report(SMS), report(SMS)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    const { body, headers } = answers.find(({ status }) => status === 409);
    assert.equal(body.error, 'in-progress');
    assert.ok(body.retryAfter >= 1 && body.retryAfter <= 30, `${body.retryAfter} s`);
    assert.equal(headers['Retry-After'], String(body.retryAfter));
    assert.equal(sent(), 1);
  });

  it('whose instance has died is done again where that does no harm', async () => {
    await leaveClaim(AGAIN, DEAD_MS);
    assert.equal((await report(AGAIN)).body.outcome, 'done');
    assert.deepEqual([claim().data.state, claim().data.attempt], ['done', 2]);
  });

  it('whose instance has died is taken over by one of two', async () => {
    await leaveClaim(AGAIN, DEAD_MS);
    const earlier = annotated();
    // So that each has seen the claim earlier the other takes it.
    fault('sync.documents.fetch', 'slow', { match: 'alert-', when: 'after', delayMs: 400, times: null });
    const answers = await Promise.all([report(AGAIN), report(AGAIN)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    assert.equal(annotated() - earlier, 1);
  });

  it('whose instance has died is never done again where that could be the second time; the log says so', async () => {
    await leaveClaim(SMS, DEAD_MS);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      const { status, body } = await report(SMS);
      assert.deepEqual([status, body.outcome], [200, 'unknown']);
    }
    assert.equal(sent(), 0);
    assert.equal(claim().data.state, 'unknown');
    assert.equal(hosted.entries('outcome').filter(({ outcome }) => outcome === 'unknown').length, 2);
  });

  it('whose instance may still be at work is left to it', async () => {
    await leaveClaim(SMS, 5_000);
    const { status, body } = await report(SMS);
    assert.deepEqual([status, body.error], [409, 'in-progress']);
    assert.equal(sent(), 0);
  });

  it('that could not be acted on, with nothing done, is tried again', async () => {
    for (let times = 0; times < 2; times += 1) {
      fault('messages.create', 'status', { status: 429, retryAfter: 7 });
      const { status, body, headers } = await report(SMS);
      assert.deepEqual([status, body.error, body.retryAfter], [503, 'action-not-done', 7]);
      assert.equal(headers['Retry-After'], '7');
      assert.equal(headers['Access-Control-Expose-Headers'], 'Retry-After');
      assert.equal(claim().data.state, 'failed');
    }
    assert.equal((await report(SMS)).body.outcome, 'done');
    assert.deepEqual([sent(), claim().data.attempt], [1, 3]);
  });

  it('that Twilio refuses is refused for good', async () => {
    fault('messages.create', 'status', { status: 400, code: 21211 });
    const { status, body } = await report(SMS);
    assert.deepEqual([status, body.error], [422, 'action-refused']);
  });

  it('whose message was sent but the answer lost is unknown, and no second message follows', async () => {
    fault('messages.create', 'lose-answer');
    assert.equal((await report(SMS)).body.outcome, 'unknown');
    assert.equal((await report(SMS)).body.outcome, 'unknown');
    assert.equal(sent(), 1);
    assert.ok(hosted.entries('outcome').some(({ outcome, attempt }) => outcome === 'unknown' && attempt === 1));
  });

  it('about which Twilio failed, nobody knows how, is unknown too', async () => {
    for (const [kind, more] of [
      ['status', { status: 500 }],
      ['status', { status: 502 }],
      ['status', { status: 503, retryAfter: 7 }],
      ['reset', {}],
    ]) {
      call = hosted.call();
      fault('messages.create', kind, more);
      assert.equal((await report(SMS)).body.outcome, 'unknown', kind);
      assert.equal(claim().data.state, 'unknown');
    }
  });

  it('that may be repeated is, after any failure', async () => {
    for (const kind of ['lose-answer', 'reset']) {
      fault('annotation.update', kind);
      const { status, body } = await report(AGAIN);
      assert.deepEqual([status, body.error], [500, 'action-failed']);
    }
    assert.equal((await report(AGAIN)).body.outcome, 'done');
  });

  it('that may be repeated comes again when Twilio asked for it', async () => {
    fault('annotation.update', 'status', { status: 503, retryAfter: 7 });
    const { status, body } = await report(AGAIN);
    assert.deepEqual([status, body.error, body.retryAfter], [500, 'action-failed', 7]);
    assert.equal((await report(AGAIN)).body.outcome, 'done');
  });

  it('claimed by an instance that did not hear of its own success is acted on by that instance', async () => {
    fault('sync.documents.create', 'lose-answer', { skip: 1 }); // the first is the count of requests
    assert.equal((await report(SMS)).body.outcome, 'done');
    assert.equal(sent(), 1);
    assert.equal(claim().data.state, 'done');
  });

  it('taken over by an instance that did not hear of its own success is acted on by that instance', async () => {
    await leaveClaim(AGAIN, DEAD_MS);
    fault('sync.documents.update', 'lose-answer', { skip: 1 });
    assert.equal((await report(AGAIN)).body.outcome, 'done');
  });

  it('that was acted on stays done when that could be written down only at the second try', async () => {
    await report(AGAIN); // so that the count of requests is there
    for (const kind of ['reset', 'lose-answer']) {
      call = hosted.call();
      fault('sync.documents.update', kind, { skip: 1 });
      assert.equal((await report(SMS)).body.outcome, 'done');
      assert.equal((await report(SMS)).body.outcome, 'already-done', kind);
    }
  });

  it('that was acted on is answered so even when that could not be written down; the log says it', async () => {
    await report(AGAIN);
    call = hosted.call();
    fault('sync.documents.update', 'status', { status: 500, skip: 1, times: null });
    assert.equal((await report(SMS)).body.outcome, 'done');
    assert.equal(hosted.entries('claim-not-closed').length, 1);
  });

  it('waits while Sync is out of reach, but for what may be done twice', async () => {
    fault('sync.documents.fetch', 'status', { status: 500, times: null });
    fault('sync.documents.create', 'reset', { times: null });
    const { status, body } = await report(SMS);
    assert.deepEqual([status, body.error], [503, 'claim-unavailable']);
    assert.ok(body.retryAfter > 0);
    assert.equal((await report('log-call')).status, 200);
    assert.equal(sent(), 0);
    assert.equal(hosted.entries('alert').length, 1);
  });

  it("is logged in time even when every server of Twilio's but the token's hangs", { timeout: 20_000 }, async () => {
    fault('*', 'hang', { times: null });
    const began = Date.now();
    const [logged, waiting] = await Promise.all([report('log-call'), report(SMS)]);
    assert.ok(Date.now() - began < 9_500, `${Date.now() - began} ms`);
    assert.equal(logged.status, 200);
    assert.equal(hosted.entries('alert')[0].verified, false);
    assert.equal(waiting.status, 503);
  });
});
