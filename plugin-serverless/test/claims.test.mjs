/** Where the notes of what was acted on lie, who can write them, and by which call they are named. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { putInUse, sealed } from './support/sync-documents.mjs';
import { startHosted } from './support/hosted.mjs';
import { CALLER, IDENTITY, WORKER_SID, alert } from './support/requests.mjs';

const SMS = 'send-sms-to-customer';
const AGAIN = 'annotate-call';
const DAY_MS = 86_400_000;
const SECOND_AGENT = {
  identity: 'second_40example_2Ecom',
  realm_user_id: 'second@example.com',
  worker_sid: 'WK00000000000000000000000000000002',
};

describe('the claims', () => {
  let hosted;
  let world;
  let call;
  before(async () => {
    hosted = await startHosted({
      tokens: { second: SECOND_AGENT },
      env: { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', ACTIONS_ENABLED: AGAIN },
    });
    world = hosted.twilio.world;
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call();
  });

  const report = (action, changes = {}, context = {}) => hosted.report(action, { ...call, ...changes }, {}, context);
  const sent = () => world.messages.length;
  const defaultService = () => world.serviceOf('default').documents;
  const asked = (service) =>
    hosted.twilio.requests.filter(({ path }) => path.startsWith(`/v1/Services/${service}`)).length;

  describe('lie in a Sync service of their own', () => {
    const service = (options) =>
      world.addSyncService({
        friendlyName: 'Device Monitoring',
        aclEnabled: true,
        createdAgoMs: 60 * DAY_MS,
        ...options,
      }).sid;

    it('and without one nothing is done that must not be done twice: 503, and the log says what to do', async () => {
      const cases = {
        'is not set': '',
        'is not the SID': 'default',
        'names no Sync service': 'IS99999999999999999999999999999999',
        'without ACL': service({ aclEnabled: false }),
        'default service': world.serviceOf('default').sid,
      };
      for (const [why, SYNC_SERVICE_SID] of Object.entries(cases)) {
        const { status, body, headers } = await report(SMS, {}, { SYNC_SERVICE_SID });
        assert.deepEqual([status, body.error, headers['Retry-After']], [503, 'claims-not-set-up', '600'], why);
        const { message } = hosted.entries('claims-not-set-up').at(-1);
        assert.ok(message.includes(why) && message.includes('npm run set-up'), message);
        assert.equal((await report('log-call', {}, { SYNC_SERVICE_SID })).body.outcome, 'done', why);
      }
      assert.equal(sent(), 0);
    });

    it('and that there is none is logged once a minute, not for every request, which this instance counts by itself', async (t) => {
      const without = (action) =>
        hosted.report(action, hosted.call(), {}, { SYNC_SERVICE_SID: 'IS00000000000000000000000000000000' });
      const start = Date.now() + 3_600_000;
      const clock = t.mock.method(Date, 'now', () => start);
      const lines = () => ['claims-not-set-up', 'sync-unavailable'].map((event) => hosted.entries(event).length);
      for (let round = 0; round < 15; round += 1) {
        assert.equal((await without('log-call')).body.outcome, 'done');
        assert.equal((await without(SMS)).body.error, 'claims-not-set-up');
      }
      assert.deepEqual(lines(), [1, 0]);
      assert.equal((await without('log-call')).body.error, 'too-many-alerts');
      clock.mock.mockImplementation(() => start + 60_000);
      assert.equal((await without('log-call')).body.outcome, 'done');
      assert.deepEqual(lines(), [2, 0]);
    });

    it("and counts of requests lie there too, also where agents' service is set up instead: never in that one", async () => {
      const name = `device-monitoring-rate-${WORKER_SID}`;
      await report('log-call');
      assert.ok(world.documents.get(name).data.code);
      hosted.reset();
      await report('log-call', {}, { SYNC_SERVICE_SID: world.serviceOf('default').sid });
      assert.deepEqual([...defaultService().keys()], []);
    });

    it("and agents' default service is neither written nor asked", async () => {
      for (const action of [SMS, 'log-call']) {
        await report(action);
        await report(action, {}, { SYNC_SERVICE_SID: '' });
      }
      assert.deepEqual([...defaultService().keys()], []);
      assert.equal(asked('default'), 0);
    });

    it('and what an agent writes or deletes in the default service changes nothing', async () => {
      const colleagues = hosted.call({ identity: SECOND_AGENT.identity, workerSid: SECOND_AGENT.worker_sid });
      defaultService().set(`device-monitoring-alert-${colleagues.callSid}`, {
        uniqueName: `device-monitoring-alert-${colleagues.callSid}`,
        revision: 0,
        data: { state: 'done', at: new Date().toISOString(), attempt: 1 },
        expires: Infinity,
      });
      assert.equal(
        (await hosted.report(SMS, { ...colleagues, workerSid: SECOND_AGENT.worker_sid }, { Token: 'second' })).body
          .outcome,
        'done',
      );
      for (let repeat = 0; repeat < 3; repeat += 1) {
        await report(SMS);
        defaultService().clear();
      }
      assert.equal(sent(), 2);
    });

    it('and the service is asked about once in a while, not for every alert', async () => {
      const SYNC_SERVICE_SID = service();
      for (let repeat = 0; repeat < 5; repeat += 1) await hosted.report(SMS, hosted.call(), {}, { SYNC_SERVICE_SID });
      assert.equal(hosted.twilio.requests.filter(({ operation }) => operation === 'sync.services.fetch').length, 1);
      assert.equal(sent(), 5);
    });
  });

  it("and whether the service is still out of browsers' reach is looked at again after ten minutes", async (t) => {
    const SYNC_SERVICE_SID = world.addSyncService({
      friendlyName: 'Device Monitoring',
      aclEnabled: true,
      createdAgoMs: 60 * DAY_MS,
    }).sid;
    const next = () => hosted.report(SMS, hosted.call(), {}, { SYNC_SERVICE_SID });
    assert.equal((await next()).body.outcome, 'done');
    world.services.get(SYNC_SERVICE_SID).aclEnabled = false;
    const now = Date.now();
    const clock = t.mock.method(Date, 'now', () => now + 9 * 60_000);
    assert.equal((await next()).body.outcome, 'done');
    clock.mock.mockImplementation(() => now + 11 * 60_000);
    assert.equal((await next()).body.error, 'claims-not-set-up');
    assert.equal(sent(), 2);
  });

  describe('of an earlier release, in the default service or where it was told to put them,', () => {
    const old = (documents, state, action = SMS) =>
      documents.set(`device-monitoring-${alert(call).id}`, {
        uniqueName: `device-monitoring-${alert(call).id}`,
        revision: 0,
        expires: Infinity,
        data: {
          action,
          fingerprint: '0',
          by: 'somebody',
          state,
          at: new Date(Date.now() - DAY_MS).toISOString(),
          attempt: 1,
        },
      });

    /** A service in which this release has claimed something for so long. */
    const inUseFor = (agoMs) => {
      const { sid } = world.addSyncService({ aclEnabled: true });
      putInUse(world, agoMs, sid);
      return sid;
    };

    it('count for their fourteen days', async () => {
      const previous = world.addSyncService({ friendlyName: "Somebody's" });
      for (const SYNC_SERVICE_SID_BEFORE of ['', previous.sid]) {
        for (const [state, outcome, messages] of [
          ['done', 'already-done', 0],
          ['unknown', 'unknown', 0],
          ['claimed', 'unknown', 0],
          ['failed', 'done', 1],
        ]) {
          call = hosted.call();
          world.messages.length = 0;
          old(world.serviceOf(SYNC_SERVICE_SID_BEFORE || 'default').documents, state);
          const SYNC_SERVICE_SID = inUseFor(14 * DAY_MS);
          assert.equal(
            (await report(SMS, {}, { SYNC_SERVICE_SID, SYNC_SERVICE_SID_BEFORE })).body.outcome,
            outcome,
            state,
          );
          assert.equal(sent(), messages, state);
        }
      }
    });

    it('count where the variable has white space around it, and are waited for where it names no service', async () => {
      const previous = world.addSyncService({ friendlyName: "Somebody's" });
      old(previous.documents, 'done');
      const SYNC_SERVICE_SID = inUseFor(0);
      for (const [SYNC_SERVICE_SID_BEFORE, expected] of [
        ['the service', 'claims-not-set-up'],
        [` ${previous.sid}\n`, 'already-done'],
      ]) {
        const { body } = await report(SMS, {}, { SYNC_SERVICE_SID, SYNC_SERVICE_SID_BEFORE });
        assert.equal(body.error ?? body.outcome, expected);
      }
      assert.equal(sent(), 0);
    });

    it("count for a colleague's alert about the same conversation, if they are of the same action", async () => {
      const SYNC_SERVICE_SID = world.addSyncService({ aclEnabled: true }).sid;
      for (const [action, state, outcome] of [
        [SMS, 'done', 'already-done'],
        [SMS, 'claimed', 'unknown'],
        [AGAIN, 'done', 'done'],
      ]) {
        call = hosted.call();
        const leg = world.addCall({ to: `client:${SECOND_AGENT.identity}` });
        world.conferences.get(call.conferenceSid).callSids.push(leg.sid);
        old(defaultService(), state, action);
        const theirs = { ...call, callSid: leg.sid, workerSid: SECOND_AGENT.worker_sid, taskSid: undefined };
        const { body } = await hosted.report(SMS, theirs, { Token: 'second' }, { SYNC_SERVICE_SID });
        assert.equal(body.outcome, outcome, `${action}, ${state}`);
      }
      assert.equal(sent(), 1);
    });

    it('count as long as a call of theirs is accepted, from the first claim on', async () => {
      const SYNC_SERVICE_SID = inUseFor(8 * DAY_MS - 60_000);
      call = hosted.call({ endedAgoMs: 8 * DAY_MS - 60_000 });
      old(defaultService(), 'done');
      assert.equal((await report(SMS, {}, { SYNC_SERVICE_SID })).body.outcome, 'already-done');
    });

    it('count also where the service was made long before the Function was deployed', async () => {
      const SYNC_SERVICE_SID = world.addSyncService({ aclEnabled: true, createdAgoMs: 60 * DAY_MS }).sid;
      old(defaultService(), 'done');
      assert.equal((await report(SMS, {}, { SYNC_SERVICE_SID })).body.outcome, 'already-done');
      assert.equal(sent(), 0);
    });

    it('count no longer after that', async () => {
      old(defaultService(), 'done');
      const SYNC_SERVICE_SID = inUseFor(15 * DAY_MS + 1_000);
      assert.equal((await report(SMS, {}, { SYNC_SERVICE_SID })).body.outcome, 'done');
      assert.equal(asked('default'), 0);
    });

    it('count for fifteen days from now, if when they ended is not to be believed', async () => {
      const { documents, sid: SYNC_SERVICE_SID } = world.services.get(inUseFor(60 * DAY_MS));
      documents.get('device-monitoring-in-use').data.at -= 1;
      old(defaultService(), 'done');
      assert.equal((await report(SMS, {}, { SYNC_SERVICE_SID })).body.outcome, 'already-done');
      assert.equal(hosted.entries('document-not-authentic').length, 1);
      assert.ok(documents.get('device-monitoring-in-use').data.at > Date.now() - 60_000);
    });

    it('count for every instance from the same time, which is noted once and for ever', async () => {
      const { documents, sid: SYNC_SERVICE_SID } = world.addSyncService({ aclEnabled: true });
      await Promise.all([1, 2, 3].map(() => hosted.report(SMS, hosted.call(), {}, { SYNC_SERVICE_SID })));
      const { revision, expires } = documents.get('device-monitoring-in-use');
      assert.deepEqual([revision, expires], [0, Infinity]);
    });

    it('are waited for while they cannot be read', async () => {
      hosted.twilio.faults.add({
        operation: 'sync.documents.fetch',
        kind: 'status',
        status: 500,
        match: '/default/',
        times: null,
      });
      const SYNC_SERVICE_SID = world.addSyncService({ aclEnabled: true }).sid;
      assert.equal((await report(SMS, {}, { SYNC_SERVICE_SID })).body.error, 'claim-unavailable');
      assert.equal(sent(), 0);
    });
  });

  describe('have a code over their name and content, and', () => {
    const forgeries = {
      'without a code': (data) => {
        delete data.code;
      },
      'changed after it was written': (data) => {
        data.attempt = 0;
      },
      'of another form': (data) => {
        for (const key of Object.keys(data)) delete data[key];
      },
      "written before the account's token changed": (data, name) => {
        Object.assign(data, sealed(name, data, { authToken: 'f'.repeat(32) }));
      },
      'of another service': (data, name) => {
        Object.assign(data, sealed(name, data, { serviceSid: 'IS99999999999999999999999999999999' }));
      },
    };
    for (const [what, forge] of Object.entries(forgeries)) {
      it(`one ${what} is unknown: never acted on again, and logged once`, async () => {
        hosted.twilio.faults.add({ operation: 'messages.create', kind: 'status', status: 429 });
        await report(SMS);
        for (const { uniqueName, data } of hosted.claimsOf(call)) forge(data, uniqueName);
        for (let repeat = 0; repeat < 3; repeat += 1) assert.equal((await report(SMS)).body.outcome, 'unknown');
        assert.equal(sent(), 0);
        assert.equal(hosted.entries('document-not-authentic').length, 1);
      });
    }

    it('one that was copied from another call is unknown as well', async () => {
      await report(SMS);
      const [, { data }] = hosted.claimsOf(call);
      call = hosted.call();
      const uniqueName = `device-monitoring-alert-${call.callSid}`;
      world.documents.set(uniqueName, { uniqueName, revision: 0, data, expires: Infinity });
      assert.equal((await report(SMS)).body.outcome, 'unknown');
    });

    it("one of the customer's call is as well, for every leg of it", async () => {
      await report(SMS);
      const [customer] = hosted.claimsOf(call);
      customer.data.state = 'failed';
      world.documents.delete(`device-monitoring-alert-${call.callSid}`);
      assert.equal((await report(SMS)).body.outcome, 'unknown');
      assert.equal(sent(), 1);
    });

    it("counts of requests that are not the Function's begin anew, logged once, and no alert fails over them", async () => {
      const name = `device-monitoring-rate-${WORKER_SID}`;
      for (const data of [null, [], 'text', { at: 'no list' }, { at: Array(30).fill(Date.now()) }]) {
        hosted.reset();
        await hosted.report('log-call', hosted.call());
        world.documents.get(name).data = data;
        for (let repeat = 0; repeat < 2; repeat += 1)
          assert.equal((await hosted.report('log-call', hosted.call())).status, 200, JSON.stringify(data));
        assert.equal(hosted.entries('document-not-authentic').length, 1);
      }
    });
  });

  describe('are named by what Twilio answers, and', () => {
    const customerLeg = () => world.conferences.get(call.conferenceSid).callSids[0];
    /** A leg of the second agent's in the conversation. */
    const listener = () => {
      const leg = world.addCall({ to: `client:${SECOND_AGENT.identity}`, endedAgoMs: null, durationMs: 4_000 });
      world.conferences.get(call.conferenceSid).callSids.push(leg.sid);
      return { ...call, callSid: leg.sid, workerSid: SECOND_AGENT.worker_sid, taskSid: undefined };
    };

    it('five calls of one customer are five texts', async () => {
      for (let calls = 0; calls < 5; calls += 1)
        assert.equal((await hosted.report(SMS, hosted.call())).body.outcome, 'done');
      assert.deepEqual(
        world.messages.map(({ to }) => to),
        Array(5).fill(CALLER),
      );
    });

    it('a second leg of the same conversation is the same text: "already-done"', async () => {
      assert.equal((await report(SMS)).body.outcome, 'done');
      const { status, body } = await hosted.report(SMS, listener(), { Token: 'second' });
      assert.deepEqual([status, body.outcome], [200, 'already-done']);
      assert.equal(sent(), 1);
      assert.ok(world.documents.has(`device-monitoring-customer-${customerLeg()}`));
    });

    it("so is the agent's own alert after that of somebody who listened", async () => {
      assert.equal((await hosted.report(SMS, listener(), { Token: 'second' })).body.outcome, 'done');
      for (let repeat = 0; repeat < 2; repeat += 1) assert.equal((await report(SMS)).body.outcome, 'already-done');
      assert.equal(sent(), 1);
    });

    it('two legs at the same moment are one text', async () => {
      hosted.twilio.faults.add({ operation: 'messages.create', kind: 'slow', delayMs: 200 });
      const answers = await Promise.all([report(SMS), hosted.report(SMS, listener(), { Token: 'second' })]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      const [done] = answers.filter(({ status }) => status === 200);
      assert.equal(done.body.outcome, 'done');
      for (const answer of [await report(SMS), await hosted.report(SMS, listener(), { Token: 'second' })])
        assert.equal(answer.body.outcome, 'already-done');
      assert.equal(sent(), 1);
    });

    it('what the first leg could not have done, the second does', async () => {
      hosted.twilio.faults.add({ operation: 'messages.create', kind: 'status', status: 429 });
      assert.equal((await report(SMS)).status, 503);
      assert.equal((await hosted.report(SMS, listener(), { Token: 'second' })).body.outcome, 'done');
      assert.equal((await report(SMS)).body.outcome, 'already-done');
      assert.equal(sent(), 1);
    });

    it('what one leg has died over, nobody does again', async () => {
      await report(SMS);
      for (const { uniqueName } of hosted.claimsOf(call)) {
        hosted.rewrite(uniqueName, (data) =>
          Object.assign(data, { state: 'claimed', at: new Date(Date.now() - 31_000).toISOString() }),
        );
      }
      assert.equal((await hosted.report(SMS, listener(), { Token: 'second' })).body.outcome, 'unknown');
      assert.equal((await report(SMS)).body.outcome, 'unknown');
      assert.equal(sent(), 1);
    });

    it("actions that need no customer are each leg's own", async () => {
      assert.equal((await report(AGAIN)).body.outcome, 'done');
      assert.equal((await hosted.report(AGAIN, listener(), { Token: 'second' })).body.outcome, 'done');
    });

    it('a CallSid in another spelling is no other call, even if Twilio finds it', async () => {
      world.findsAnyCase = true;
      call = hosted.call({ callSid: `CA${'ab'.repeat(16)}` });
      assert.equal((await report(SMS)).body.outcome, 'done');
      for (const callSid of [`CA${'AB'.repeat(16)}`, `CA${'aB'.repeat(16)}`]) {
        const { status, body } = await report(SMS, { callSid });
        assert.deepEqual([status, body.error], [400, 'alert-invalid']);
      }
      assert.equal(sent(), 1);
    });

    it('a SID that Twilio answers in another spelling than it was asked counts as answered', async () => {
      world.findsAnyCase = true;
      const answered = `CA${'AB'.repeat(16)}`;
      const leg = world.addCall({ sid: answered, to: `client:${IDENTITY}` });
      assert.equal(
        (await hosted.report('log-call', { callSid: leg.sid.toLowerCase().replace('ca', 'CA') })).body.outcome,
        'done',
      );
      assert.ok(world.documents.has(`device-monitoring-alert-${answered}`));
    });
  });
});
