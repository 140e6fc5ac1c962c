/** The caller of a task by TaskRouter's events, where Twilio has no record of the conference: off unless the workspace is named. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { CALLER } from './support/requests.mjs';
import worldModule from './support/twilio/world.cjs';

const SMS = 'send-sms-to-customer';
const COLLEAGUE = { identity: 'other_40example_2Ecom', workerSid: 'WK00000000000000000000000000000009' };
const ON = { TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID };

describe('the event task.created', () => {
  let hosted;
  let world;
  let call;
  before(async () => {
    hosted = await startHosted({ env: { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100' } });
    world = hosted.twilio.world;
  });
  after(() => hosted?.stop());
  beforeEach(() => {
    hosted.reset();
    call = hosted.call({ inInsights: false, endedAgoMs: 60_000 });
  });

  const report = (changes = {}, context = ON) => hosted.report(SMS, { ...call, ...changes }, {}, context);
  const numbers = () => world.messages.map(({ to }) => to);
  const created = (taskSid = call.taskSid) =>
    world.events.find((event) => event.eventType === 'task.created' && event.taskSid === taskSid);
  const caller = () => world.calls.get(JSON.parse(created().data.task_attributes).call_sid);
  const notBelieved = async (changes) => {
    const { status, body } = await report(changes);
    assert.deepEqual([status, body.error, numbers()], [503, 'customer-not-known-yet', []], body.message);
  };

  it('names the caller of an inbound call, at once and without Advanced Features', async () => {
    hosted.twilio.faults.add({ operation: 'insights.participants.list', kind: 'status', status: 403, times: null });
    assert.equal((await report()).body.outcome, 'done');
    assert.deepEqual(numbers(), [CALLER]);
    assert.equal((await report()).body.outcome, 'already-done');
  });

  it('is not asked unless the workspace is named', async () => {
    for (const context of [{}, { TASKROUTER_WORKSPACE_SID: '' }, { TASKROUTER_WORKSPACE_SID: 'the workspace' }]) {
      assert.equal((await report({}, context)).body.error, 'customer-not-known-yet');
    }
    assert.ok(
      !hosted.twilio.requests.some(({ operation, path }) => operation === 'events.list' || path.includes('/Events')),
    );
  });

  it('is missed where the workspace is none, and the text goes out once an admin has mended the variable', async () => {
    for (const wrong of ['the workspace', 'WS00000000000000000000000000000007']) {
      hosted.reset();
      // Long ago, so that no record of the conference is to come.
      call = hosted.call({ inInsights: false, endedAgoMs: 3_600_000 });
      const { status, body } = await report({}, { TASKROUTER_WORKSPACE_SID: wrong });
      assert.deepEqual([status, body.error], [500, 'not-configured'], wrong);
      assert.match(body.message, /TASKROUTER_WORKSPACE_SID/);
      assert.equal((await report()).body.outcome, 'done');
      assert.deepEqual(numbers(), [CALLER]);
    }
    assert.ok(!hosted.logText().includes('WS00000000000000000000000000000007'));
  });

  it('is found where the variable has white space around it', async () => {
    const { body } = await report({}, { TASKROUTER_WORKSPACE_SID: `\t${worldModule.WORKSPACE_SID} \n` });
    assert.equal(body.outcome, 'done');
  });

  it('of a call of hours ago is found too', async () => {
    call = hosted.call({ inInsights: false, endedAgoMs: 6 * 3_600_000 });
    assert.equal((await report()).body.outcome, 'done');
  });

  it('has the number of the call that it names, whatever attributes say', async () => {
    const attributes = { ...JSON.parse(created().data.task_attributes), from: '+12025550177', phone: '+12025550177' };
    created().data.task_attributes = JSON.stringify(attributes);
    world.tasks.get(call.taskSid).attributes = attributes;
    await report();
    assert.deepEqual(numbers(), [CALLER]);
  });

  it('is not believed where a worker has made the task, or nobody says who', async () => {
    for (const actorType of ['worker', 'Worker', 'workers', '', null]) {
      created().actorType = actorType;
      await notBelieved();
    }
  });

  it('is not believed of a task that the agent has not accepted', async () => {
    const colleagues = hosted.call({ ...COLLEAGUE, inInsights: false, customer: '+12025550150' });
    await notBelieved({ taskSid: colleagues.taskSid });
    world.events = world.events.filter(({ eventType }) => eventType !== 'reservation.accepted');
    await notBelieved();
  });

  it("is not believed of a task of the agent's whose caller was not there during the call", async () => {
    const earlier = hosted.call({ inInsights: false, endedAgoMs: 3_600_000, customer: '+12025550150' });
    await notBelieved({ taskSid: earlier.taskSid });
  });

  it("is not believed of a task whose conference was without the agent's call: another of the agent's at the same time", async () => {
    const other = hosted.call({ customer: '+12025550150', endedAgoMs: 60_000 });
    const { callSids } = world.conferences.get(other.conferenceSid);
    assert.ok(callSids.includes(other.callSid));
    await notBelieved({ taskSid: other.taskSid });
    await notBelieved({ taskSid: other.taskSid, conferenceSid: undefined });
  });

  it('is believed of a conference that goes on without the agent, who has passed the call on', async () => {
    const conference = world.conferences.get(call.conferenceSid);
    conference.status = 'in-progress';
    conference.callSids = conference.callSids.filter((sid) => sid !== call.callSid);
    assert.equal((await report()).body.outcome, 'done');
    assert.deepEqual(numbers(), [CALLER]);
  });

  it('is not believed of an outbound call, one that nobody answered, one without a number, or none', async () => {
    const spoil = [
      () => Object.assign(caller(), { direction: 'outbound-api', to: CALLER, from: '+12025550199' }),
      () => Object.assign(caller(), { status: 'no-answer' }),
      () => Object.assign(caller(), { startTime: null, endTime: null }),
      () => Object.assign(caller(), { accountSid: 'AC00000000000000000000000000000009' }),
      () => {
        created().data.task_attributes = JSON.stringify({ call_sid: call.callSid });
      },
      () => {
        created().data.task_attributes = JSON.stringify({ call_sid: '../Accounts' });
      },
      () => {
        created().data.task_attributes = 'no JSON';
      },
      () => {
        created().data = {};
      },
      () => world.events.push({ ...created() }),
      () => {
        world.events = [];
      },
    ];
    for (const spoilt of spoil) {
      hosted.reset();
      call = hosted.call({ inInsights: false });
      spoilt();
      await notBelieved();
    }
    hosted.reset();
    call = hosted.call({ inInsights: false, customer: 'anonymous' });
    assert.equal((await report()).body.error, 'customer-unknown');
  });

  it('comes after what the conference says, and is asked again later when TaskRouter does not answer', async () => {
    const known = hosted.call();
    assert.equal((await hosted.report(SMS, known, {}, ON)).status, 200);
    assert.ok(!hosted.twilio.requests.some(({ operation }) => operation === 'events.list'));
    hosted.twilio.faults.add({ operation: 'events.list', kind: 'status', status: 500 });
    assert.equal((await report()).body.error, 'call-lookup-unavailable');
    assert.equal((await report()).status, 200);
  });

  it('and the conference name the same call: one text', async () => {
    await report();
    world.conferences.get(call.conferenceSid).inInsights = true;
    const colleagues = world.addCall({ to: `client:${COLLEAGUE.identity}` });
    world.conferences.get(call.conferenceSid).callSids.push(colleagues.sid);
    hosted.tokenService.tokens.set('colleague', {
      identity: COLLEAGUE.identity,
      realm_user_id: 'other@example.com',
      worker_sid: COLLEAGUE.workerSid,
    });
    const { body } = await hosted.report(
      SMS,
      { ...call, callSid: colleagues.sid, workerSid: COLLEAGUE.workerSid },
      { Token: 'colleague' },
    );
    assert.equal(body.outcome, 'already-done');
    assert.equal(numbers().length, 1);
  });
});
