/**
 * Twilio answers 200 with something else than what was asked for, an empty object, or something on the way answers with a
 * web page: that is no answer.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { beatForm, callSid, card, cardsForm } from './support/reports.mjs';
import { WORKER_SID } from './support/requests.mjs';

const require = createRequire(import.meta.url);

const SMS = 'send-sms-to-customer';
const ANNOTATE = 'annotate-call';
const UPDATE = 'update-task';
const ADMIN_TOKEN = 'an-admins-token';
const MINUTE_MS = 60_000;

describe("an answer of Twilio's that is something else", () => {
  let hosted;
  let call;
  before(async () => {
    hosted = await startHosted({
      tokens: { [ADMIN_TOKEN]: { roles: ['admin'] } },
      env: {
        SMS_TEXT: 'We are sorry.',
        SMS_FROM: '+12025550100',
        ACTIONS_ENABLED: `${ANNOTATE},${UPDATE}`,
        TASKROUTER_WORKSPACE_SID: 'WS00000000000000000000000000000001',
      },
    });
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call();
  });

  const other = (operation, more = {}) => hosted.twilio.faults.add({ operation, kind: 'other-answer', ...more });
  const page = (operation, status, more = {}) => hosted.twilio.faults.add({ operation, kind: 'page', status, ...more });
  const sent = () => hosted.twilio.world.messages.length;
  const asked = async (action) => {
    const { status, body } = await hosted.report(action, call);
    return [status, body.error ?? body.outcome];
  };

  it('about the claims, the call or its customer has the text sent later, once', async () => {
    for (const [operation, more, error] of [
      // The first, as the service is looked at once in ten minutes.
      ['sync.services.fetch', {}, 'claim-unavailable'],
      ['sync.documents.create', { match: '/Documents', skip: 1 }, 'claim-unavailable'],
      ['sync.documents.create', { match: '/Documents', skip: 2 }, 'claim-unavailable'],
      ['calls.fetch', {}, 'call-lookup-unavailable'],
      ['calls.fetch', { skip: 1 }, 'call-lookup-unavailable'],
    ]) {
      hosted.reset();
      call = hosted.call();
      const fault = other(operation, more);
      const what = `${operation} ${JSON.stringify(more)}`;
      assert.deepEqual(await asked(SMS), [503, error], what);
      assert.equal(fault.hits, 1, what);
      assert.deepEqual(
        [await asked(SMS), await asked(SMS)],
        [
          [200, 'done'],
          [200, 'already-done'],
        ],
        what,
      );
      assert.equal(sent(), 1, what);
      assert.deepEqual(hosted.entries('claims-not-set-up'), [], what);
    }
  });

  it('about a token, or none, does not refuse it', async () => {
    for (const [status, body] of [
      [200, null],
      [200, {}],
      [200, { valid: true }],
      [200, { valid: true, worker_sid: 7, identity: {} }],
      [403, { code: 20403, message: 'Forbidden' }],
      [404, { code: 20404, message: 'The requested resource was not found' }],
      [429, { code: 20429, message: 'Too Many Requests' }],
      [500, { message: 'Internal error' }],
      [502, { message: 'upstream connect error or disconnect/reset before headers' }],
      [503, { message: 'Service is down' }],
      [503, { message: 'certificate has expired' }],
      [503, 'expired'],
    ]) {
      hosted.tokenService.tokens.set('a-token', [status, body]);
      const { status: answered, body: said } = await hosted.report('log-call', call, { Token: 'a-token' });
      assert.deepEqual([answered, said.error], [503, 'token-check-unavailable'], JSON.stringify(body));
    }
    for (const message of ['Invalid Access Token signature', 'Invalid Access Token issuer/subject']) {
      hosted.tokenService.tokens.set('a-token', [200, { valid: false, message }]);
      const { body } = await hosted.report('log-call', call, { Token: 'a-token' });
      assert.equal(body.error, 'token-refused', message);
    }
  });

  it('about a claim that is there changes nothing of it', async () => {
    assert.deepEqual(await asked(SMS), [200, 'done']);
    other('sync.documents.fetch', { match: `device-monitoring-alert-${call.callSid}` });
    assert.deepEqual(await asked(SMS), [503, 'claim-unavailable']);
    assert.deepEqual(await asked(SMS), [200, 'already-done']);
    assert.equal(sent(), 1);
  });

  it('to a text leaves it unknown whether it was sent', async () => {
    other('messages.create');
    assert.deepEqual(
      [await asked(SMS), await asked(SMS)],
      [
        [200, 'unknown'],
        [200, 'unknown'],
      ],
    );
    assert.equal(sent(), 0);
  });

  it('or a web page with a status of refusal, refuses nothing for good', async () => {
    for (const [operation, status] of [
      ['sync.documents.create', 404],
      ['sync.documents.create', 409],
      ['sync.documents.fetch', 404],
    ]) {
      page(operation, status);
      assert.deepEqual(await asked(SMS), [503, 'claim-unavailable'], `${operation} ${status}`);
    }
    assert.deepEqual(hosted.entries('claims-not-set-up'), []);
    page('calls.fetch', 404);
    assert.deepEqual(
      [await asked(SMS), await asked(SMS)],
      [
        [503, 'call-lookup-unavailable'],
        [200, 'done'],
      ],
    );
    page('annotation.update', 403);
    assert.deepEqual(
      [await asked(ANNOTATE), await asked(ANNOTATE)],
      [
        [500, 'action-failed'],
        [200, 'done'],
      ],
    );
    call = hosted.call();
    page('messages.create', 403);
    assert.deepEqual(
      [await asked(SMS), await asked(SMS)],
      [
        [200, 'unknown'],
        [200, 'unknown'],
      ],
    );
  });

  it("or a gateway's error, with its status where Twilio has a number, refuses nothing for good", async () => {
    const error = (operation, status) => hosted.twilio.faults.add({ operation, kind: 'status', status, code: status });
    error('calls.fetch', 404);
    assert.deepEqual(
      [await asked(SMS), await asked(SMS)],
      [
        [503, 'call-lookup-unavailable'],
        [200, 'done'],
      ],
    );
    call = hosted.call();
    error('messages.create', 403);
    assert.deepEqual(await asked(SMS), [200, 'unknown']);
  });

  it('about an annotation keeps what a person has noted', async () => {
    const { annotations } = hosted.twilio.world;
    for (const fault of [() => other('annotation.fetch'), () => page('annotation.fetch', 404)]) {
      call = hosted.call();
      annotations.set(call.callSid, { comment: 'Jo called back' });
      fault();
      assert.deepEqual(
        [await asked(ANNOTATE), await asked(ANNOTATE)],
        [
          [500, 'action-failed'],
          [200, 'done'],
        ],
      );
      assert.equal(annotations.get(call.callSid).comment, 'Jo called back');
    }
  });

  it('about who was in a conference refuses no text for good', async () => {
    for (const operation of ['participants.list', 'insights.participants.list', 'events.list']) {
      for (const status of [401, 403, 404]) {
        hosted.reset();
        call = hosted.call({ endedAgoMs: 46 * MINUTE_MS, inInsights: operation !== 'events.list' });
        page(operation, status);
        assert.deepEqual(
          [await asked(SMS), await asked(SMS)],
          [
            [503, 'call-lookup-unavailable'],
            [200, 'done'],
          ],
          `${operation} ${status}`,
        );
      }
    }
  });

  it('about who was in a conference does not make the caller of another task the customer', async () => {
    const second = hosted.call({ endedAgoMs: 46 * MINUTE_MS, customer: '+12025550177' });
    call = {
      ...hosted.call({ endedAgoMs: 46 * MINUTE_MS }),
      taskSid: second.taskSid,
      conferenceSid: second.conferenceSid,
    };
    page('insights.participants.list', 403, { times: null });
    assert.deepEqual(await asked(SMS), [503, 'call-lookup-unavailable']);
    assert.equal(sent(), 0);
  });

  it('about a task has it updated later', async () => {
    call.taskSid = hosted.twilio.world.addTask({ workerSid: WORKER_SID }).sid;
    other('tasks.fetch');
    assert.deepEqual(
      [await asked(UPDATE), await asked(UPDATE)],
      [
        [500, 'action-failed'],
        [200, 'done'],
      ],
    );
  });

  it('to an annotation, or to the update of a task, has it done later', async () => {
    other('annotation.update');
    assert.deepEqual(
      [await asked(ANNOTATE), await asked(ANNOTATE)],
      [
        [500, 'action-failed'],
        [200, 'done'],
      ],
    );
    assert.ok(hosted.twilio.world.annotations.get(call.callSid).comment);
    call = { ...hosted.call(), taskSid: hosted.twilio.world.addTask({ workerSid: WORKER_SID }).sid };
    other('tasks.update');
    assert.deepEqual(
      [await asked(UPDATE), await asked(UPDATE)],
      [
        [500, 'action-failed'],
        [200, 'done'],
      ],
    );
    assert.ok(hosted.twilio.world.tasks.get(call.taskSid).attributes.includes('deviceMonitoring'));
  });

  it("about the floor's service has the report sent again", async () => {
    for (const fault of [() => other('sync.services.fetch'), () => page('sync.services.fetch', 404)]) {
      fault();
      const { status, body } = await hosted.ask('calls', beatForm());
      assert.deepEqual([status, body.error], [503, 'floor-unavailable']);
    }
    assert.deepEqual(hosted.entries('floor-not-set-up'), []);
  });

  it('to what a supervisor is granted gives no token that reads nothing', async () => {
    const ask = async () => {
      const key = { FLOOR_API_KEY: 'SK00000000000000000000000000000001', FLOOR_API_SECRET: 'a-secret' };
      const { status, body } = await hosted.ask('floor-token', { Token: ADMIN_TOKEN }, key);
      return [status, body.error ?? typeof body.token];
    };
    other('sync.permissions.update');
    assert.deepEqual(
      [await ask(), await ask()],
      [
        [503, 'floor-unavailable'],
        [200, 'string'],
      ],
    );
  });

  it('about what is to be forgotten counts nothing as removed', async () => {
    const forget = async () => {
      const { status, body } = await hosted.ask('forget-worker', { Token: ADMIN_TOKEN, workerSid: WORKER_SID });
      return body.error ?? [status, body.removed];
    };
    for (const fault of [() => other('sync.items.remove'), () => page('sync.items.remove', 404)]) {
      await hosted.ask('calls', cardsForm([card()]));
      fault();
      assert.deepEqual([await forget(), await forget()], ['floor-unavailable', [200, 1]]);
    }
  });

  it('about a card has it sent again, and kept', async () => {
    await hosted.ask('calls', cardsForm([card()]));
    for (const operation of ['sync.items.create', 'sync.items.update']) {
      const one = card({ callSid: callSid(operation.length) });
      if (operation.endsWith('update')) await hosted.ask('calls', cardsForm([one]));
      other(operation);
      const answers = [await hosted.ask('calls', cardsForm([one])), await hosted.ask('calls', cardsForm([one]))];
      assert.deepEqual(
        answers.map(({ status, body }) => body.error ?? status),
        ['floor-unavailable', 200],
        operation,
      );
    }
  });

  it('about the history has the configuration left as it is', async () => {
    const { configurationHistory } = require(globalThis.Runtime.getFunctions()['lib/configuration-history'].path);
    const services = () => ({ syncMaps: () => ({ syncMapItems: { create: async () => ({}) } }) });
    const history = configurationHistory({ sync: { v1: { services } } }, 'IS');
    await assert.rejects(history.begin({ at: 0 }), ({ name }) => name === 'SyncUnavailable');
  });

  it('about what became of a change of the configuration is no note of it', async () => {
    const { configurationHistory } = require(globalThis.Runtime.getFunctions()['lib/configuration-history'].path);
    const items = Object.assign(() => ({ update: async () => ({}) }), { create: async ({ key }) => ({ key }) });
    const services = () => ({ syncMaps: () => ({ syncMapItems: items }) });
    const history = configurationHistory({ sync: { v1: { services } } }, 'IS');
    const close = await history.begin({ at: 0 });
    await assert.rejects(close('written'), ({ name }) => name === 'SyncUnavailable');
  });

  it('about the incidents is not taken for an empty state', async () => {
    const { incidentStore } = require(globalThis.Runtime.getFunctions()['lib/incident-store'].path);
    const fetch = async () => ({ key: undefined, data: undefined });
    const services = () => ({ syncMaps: () => ({ syncMapItems: () => ({ fetch }) }) });
    const store = incidentStore({ sync: { v1: { services } } }, { serviceSid: 'IS', shards: 1 });
    await assert.rejects(store.read('state'), ({ code }) => code === 'ANSWER_IS_SOMETHING_ELSE');
  });

  it('about how calls are is not taken for nobody being in one', async () => {
    const { incidentStore } = require(globalThis.Runtime.getFunctions()['lib/incident-store'].path);
    const list = async () => {
      throw Object.assign(new Error('[HTTP 404] Failed to execute request'), { status: 404 });
    };
    const services = () => ({ syncMaps: () => ({ syncMapItems: { list } }) });
    const store = incidentStore({ sync: { v1: { services } } }, { serviceSid: 'IS', shards: 1 });
    await assert.rejects(store.beatMaps()[0].read(), ({ status }) => status === 404);
  });
});
