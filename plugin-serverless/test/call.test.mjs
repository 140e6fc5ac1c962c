/** Whose call it was and who the customer was, Twilio says (rule A5); nothing that a browser says can change it. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { CALLER, IDENTITY, TOKEN, WORKER_SID, alert, form } from './support/requests.mjs';

const SMS = 'send-sms-to-customer';
const OTHER_ACCOUNT = 'AC00000000000000000000000000000009';
const NOT_A_CALL = 'CA99999999999999999999999999999999';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OUTBOUND = 'outbound-dial';

describe('the call of an alert', () => {
  let hosted;
  let world;
  before(async () => {
    const tokens = {
      'a-plain-identity': { identity: 'jane.döe@example.com', worker_sid: WORKER_SID },
      'no-identity': { identity: null },
      jane: { identity: 'jane_40example_2Ecom', realm_user_id: 'jane@example.com', worker_sid: WORKER_SID },
      'jane-unescaped': { identity: 'jane@example.com', realm_user_id: 'jane@example.com', worker_sid: WORKER_SID },
      'named-like-an-address': {
        identity: 'jane_40example_2Ecom',
        realm_user_id: 'jane_40example_2Ecom',
        worker_sid: WORKER_SID,
      },
      'named-like-an-address-escaped': {
        identity: 'jane_5F40example_5F2Ecom',
        realm_user_id: 'jane_40example_2Ecom',
        worker_sid: WORKER_SID,
      },
      visitor: { worker_sid: null, roles: ['visitor'] },
      'nobody-in-particular': { worker_sid: undefined },
    };
    hosted = await startHosted({
      tokens,
      env: { SMS_TEXT: 'We are sorry.', SMS_FROM: 'MG00000000000000000000000000000001' },
    });
    world = hosted.twilio.world;
  });
  after(() => hosted?.stop());
  beforeEach(() => hosted.reset());

  const sms = (changes, fields) => hosted.report(SMS, changes, fields);
  const numbers = () => world.messages.map(({ to }) => to);
  const refused = async (changes, status, error, fields) => {
    const { status: answered, body } = await sms(changes, fields);
    assert.deepEqual([answered, body.error], [status, error], body.message);
    assert.deepEqual(numbers(), []);
    return body;
  };

  it("is the agent's, and its customer gets the message, whatever numbers the browser says", async () => {
    const { status, body } = await sms({
      ...hosted.call({ customer: '+12025550144' }),
      callerId: CALLER,
      dnis: CALLER,
    });
    assert.deepEqual([status, body.outcome], [200, 'done']);
    assert.deepEqual(
      world.messages.map(({ to, messagingServiceSid, body: text }) => [to, messagingServiceSid, text]),
      [['+12025550144', 'MG00000000000000000000000000000001', 'We are sorry.']],
    );
  });

  it('has a customer who was called as well as one who calls', async () => {
    await sms(hosted.call({ outbound: true, customer: '+12025550145' }));
    assert.deepEqual(numbers(), ['+12025550145']);
  });

  it('may still go on, and then its conference says who is there', async () => {
    await sms(hosted.call({ live: true, inInsights: false }));
    assert.deepEqual(numbers(), [CALLER]);
  });

  it('is found in its conference by the task alone, and by the conference alone', async () => {
    await sms({ ...hosted.call({ customer: '+12025550146' }), conferenceSid: undefined });
    await sms({ ...hosted.call({ customer: '+12025550147' }), taskSid: undefined });
    assert.deepEqual(numbers(), ['+12025550146', '+12025550147']);
  });

  it('without a conference has the customer at its other end', async () => {
    const parent = world.addCall({ direction: 'inbound', from: '+12025550148', to: '+12025550199' });
    const child = world.addCall({ to: `client:${IDENTITY}`, direction: OUTBOUND, parentCallSid: parent.sid });
    await sms({ callSid: child.sid, taskSid: undefined, conferenceSid: undefined });
    const made = world.addCall({ direction: 'inbound', from: `client:${IDENTITY}`, to: '' });
    world.addCall({ direction: OUTBOUND, to: '+12025550149', parentCallSid: made.sid });
    await sms({ callSid: made.sid, taskSid: undefined, conferenceSid: undefined });
    assert.deepEqual(numbers(), ['+12025550148', '+12025550149']);
  });

  it("is the agent's under an identity that Flex writes out as its address", async () => {
    const call = hosted.call({ identity: 'jane_2Ed_C3_B6e_40example_2Ecom' });
    assert.equal((await sms(call, { Token: 'a-plain-identity' })).status, 200);
  });

  it("that does not exist, is another account's or a colleague's is refused with the same words", async () => {
    const foreign = hosted.call({ accountSid: OTHER_ACCOUNT });
    const colleagues = hosted.call({ identity: 'other_40example_2Ecom' });
    // The customer's own leg is no agent's.
    const customers = [...world.calls.values()].find(({ direction }) => direction === 'inbound').sid;
    const messages = [];
    for (const changes of [{ callSid: NOT_A_CALL }, foreign, colleagues, { callSid: customers }]) {
      messages.push((await refused(changes, 403, 'not-your-call')).message);
    }
    assert.equal(new Set(messages).size, 1);
    await refused(hosted.call(), 403, 'not-your-call', { Token: 'no-identity' });
  });

  it('whose conference is said to be another than it was in gives nobody away', async () => {
    const colleagues = hosted.call({ identity: 'other_40example_2Ecom', customer: '+12025550150' });
    const own = hosted.call();
    await refused({ ...colleagues, callSid: own.callSid }, 503, 'customer-not-known-yet');
    const old = hosted.call({ endedAgoMs: 46 * MINUTE_MS });
    await refused({ ...colleagues, callSid: old.callSid }, 422, 'customer-unknown');
  });

  it('is waited for until Twilio has the record of its conference, and no longer', async () => {
    const { retryAfter } = await refused(hosted.call({ inInsights: false }), 503, 'customer-not-known-yet');
    assert.ok(retryAfter >= 60, `${retryAfter} s`);
    await refused(hosted.call({ inInsights: false, endedAgoMs: 46 * MINUTE_MS }), 422, 'customer-unknown');
    hosted.twilio.faults.add({ operation: 'insights.participants.list', kind: 'status', status: 403, times: null });
    await refused(hosted.call({ endedAgoMs: 46 * MINUTE_MS }), 422, 'customer-unknown');
  });

  it('with two others on a telephone, none, or a withheld number has no customer for certain', async () => {
    const three = hosted.call();
    world.conferences.get(three.conferenceSid).callSids.push(world.addCall({ to: '+12025550151' }).sid);
    await refused(three, 422, 'customer-unknown');
    const internal = hosted.call();
    world.conferences.get(internal.conferenceSid).callSids = [
      internal.callSid,
      world.addCall({ to: 'client:other_40example_2Ecom' }).sid,
    ];
    await refused(internal, 422, 'customer-unknown');
    const withheld = [
      'anonymous',
      '+266696687',
      '+1266696687',
      '+17378742833',
      '+18656696',
      '+18628245225',
      '+447748283',
    ];
    for (const customer of [...withheld, '+10000000000', 'sip:jane@example.com', ''])
      await refused(hosted.call({ customer }), 422, 'customer-unknown');
  });

  it('with more others than are looked at has no customer for certain: somebody else may be among the rest', async () => {
    const crowded = hosted.call();
    const { callSids } = world.conferences.get(crowded.conferenceSid);
    while (callSids.length < 20) callSids.push(world.addCall({ to: 'client:other_40example_2Ecom' }).sid);
    callSids.push(world.addCall({ to: '+12025550177' }).sid);
    await refused(crowded, 422, 'customer-unknown');

    const agent = world.addCall({ direction: 'inbound', from: `client:${IDENTITY}`, to: '' });
    for (let child = 0; child < 20; child += 1)
      world.addCall({ to: child === 0 ? CALLER : 'client:other_40example_2Ecom', parentCallSid: agent.sid });
    world.addCall({ to: '+12025550177', parentCallSid: agent.sid });
    await refused({ callSid: agent.sid, taskSid: undefined, conferenceSid: undefined }, 422, 'customer-unknown');
  });

  it('that goes on has for its customer who is there at that moment', async () => {
    const live = hosted.call({ live: true });
    world.conferences.get(live.conferenceSid).callSids = [
      live.callSid,
      world.addCall({ to: '+12025550151', endedAgoMs: null }).sid,
    ];
    assert.equal((await sms(live)).status, 200);
    assert.deepEqual(numbers(), ['+12025550151']);
  });

  it('whose customer shows no number has nobody else for a customer', async () => {
    for (const customer of ['anonymous', '', '+17378742833', 'sip:jane@example.com']) {
      const consulted = hosted.call({ customer });
      world.conferences.get(consulted.conferenceSid).callSids.push(world.addCall({ to: '+12025550151' }).sid);
      await refused(consulted, 422, 'customer-unknown');
    }
  });

  it('with a colleague at a SIP telephone has one customer all the same', async () => {
    const consulted = hosted.call();
    world.conferences.get(consulted.conferenceSid).callSids.push(world.addCall({ to: 'sip:desk@example.com' }).sid);
    await sms(consulted);
    assert.deepEqual(numbers(), [CALLER]);
  });

  it('that nobody has answered is refused, however long ago it was', async () => {
    for (const [status, error, expected] of [
      [422, 'call-not-answered', 'no-answer'],
      [422, 'call-not-answered', 'busy'],
      [422, 'call-not-answered', 'failed'],
      [422, 'call-not-answered', 'canceled'],
      [503, 'call-not-answered-yet', 'ringing'],
      [503, 'call-not-answered-yet', 'queued'],
    ]) {
      const parent = world.addCall({ direction: 'inbound', from: CALLER, to: '+12025550199' });
      const leg = world.addCall({
        to: `client:${IDENTITY}`,
        direction: OUTBOUND,
        parentCallSid: parent.sid,
        status: expected,
      });
      await refused({ callSid: leg.sid, taskSid: undefined, conferenceSid: undefined }, status, error);
    }
  });

  it('without the time of its end is as old as its beginning, and without either is refused', async () => {
    const bridged = (endTime, startTime) => {
      const parent = world.addCall({ direction: 'inbound', from: CALLER, to: '+12025550199' });
      const leg = world.addCall({ to: `client:${IDENTITY}`, direction: OUTBOUND, parentCallSid: parent.sid });
      Object.assign(leg, { endTime, startTime });
      return { callSid: leg.sid, taskSid: undefined, conferenceSid: undefined };
    };
    const ago = (days) => new Date(Date.now() - days * DAY_MS);
    await refused(bridged(null, ago(60)), 422, 'call-too-old');
    await refused(bridged('', ago(60)), 422, 'call-too-old');
    await refused(bridged(null, null), 422, 'call-not-answered');
    await refused(bridged('', ''), 422, 'call-not-answered');
    const live = bridged(null, ago(9));
    world.calls.get(live.callSid).status = 'in-progress';
    await refused(live, 422, 'call-too-old');
    assert.equal((await sms(bridged(null, ago(1)))).status, 200);
  });

  it('without the time of its end is not waited for without end', async () => {
    const call = hosted.call({ inInsights: false });
    Object.assign(world.calls.get(call.callSid), { endTime: null, startTime: new Date(Date.now() - 46 * MINUTE_MS) });
    await refused(call, 422, 'customer-unknown');
  });

  it("is one user's, whose name may look like another's address", async () => {
    const jane = () => hosted.call({ identity: 'jane_40example_2Ecom' });
    for (const Token of ['jane', 'jane-unescaped']) assert.equal((await sms(jane(), { Token })).status, 200, Token);
    world.messages.length = 0;
    for (const Token of ['named-like-an-address', 'named-like-an-address-escaped'])
      await refused(jane(), 403, 'not-your-call', { Token });
    const named = () => hosted.call({ identity: 'jane_5F40example_5F2Ecom' });
    for (const Token of ['named-like-an-address', 'named-like-an-address-escaped'])
      assert.equal((await sms(named(), { Token })).status, 200, Token);
    world.messages.length = 0;
    await refused(named(), 403, 'not-your-call', { Token: 'jane' });
  });

  it("is no visitor's: a token without a worker is refused, whatever the action", async () => {
    for (const Token of ['visitor', 'nobody-in-particular']) {
      await refused(hosted.call(), 403, 'token-without-worker', { Token });
      const { status, body } = await hosted.report('log-call', hosted.call(), { Token });
      assert.deepEqual([status, body.error], [403, 'token-without-worker']);
    }
    assert.deepEqual(hosted.entries(), []);
  });

  it('with a colleague listening in has one customer all the same', async () => {
    const listened = hosted.call();
    world.conferences
      .get(listened.conferenceSid)
      .callSids.push(world.addCall({ to: 'client:other_40example_2Ecom' }).sid);
    await sms(listened);
    assert.deepEqual(numbers(), [CALLER]);
  });

  it('that is older than any outbox, and perhaps than the memory of what was done, is refused', async () => {
    await refused(hosted.call({ endedAgoMs: 9 * DAY_MS }), 422, 'call-too-old');
    assert.equal((await sms(hosted.call({ endedAgoMs: 6 * DAY_MS }))).status, 200);
  });

  it('is asked about again later when Twilio does not answer', async () => {
    for (const operation of ['calls.fetch', 'conferences.list', 'participants.list', 'insights.participants.list']) {
      for (const [kind, more] of [
        ['status', { status: 429, retryAfter: 11 }],
        ['status', { status: 500 }],
        ['reset', {}],
      ]) {
        hosted.reset();
        hosted.twilio.faults.add({ operation, kind, ...more });
        const { retryAfter } = await refused(hosted.call(), 503, 'call-lookup-unavailable');
        assert.ok(more.retryAfter ? retryAfter === 11 : retryAfter > 0, `${retryAfter} s`);
      }
    }
  });

  it('must be named for an action that needs one; a call that never learnt its name is logged', async () => {
    await refused({ callSid: undefined }, 422, 'call-unknown');
    await refused({}, 422, 'call-unknown', { alert: undefined });
    assert.equal((await hosted.report('log-call', { callSid: undefined })).body.outcome, 'done');
    assert.equal((await hosted.report('log-call', { callSid: undefined })).body.outcome, 'already-done');
    assert.equal((await hosted.send(form({ alert: undefined }))).body.outcome, 'done');
  });

  it("that is not the agent's, or that Twilio says nothing of, is logged as such, and takes no claim from the agent whose it is", async () => {
    const colleagues = hosted.call({ identity: 'other_40example_2Ecom' });
    hosted.twilio.faults.add({ operation: 'calls.fetch', kind: 'status', status: 500, skip: 1 });
    for (const [why, call] of [
      ['not-your-call', colleagues],
      ['call-lookup-unavailable', hosted.call()],
    ]) {
      assert.equal((await hosted.report('log-call', call)).status, 200);
      const { verified, why: told, callSid } = hosted.entries('alert').at(-1);
      assert.deepEqual([verified, told, callSid], [false, why, call.callSid]);
    }
    assert.ok(![...world.documents.keys()].some((name) => /alert-CA|customer-/.test(name)), 'there is a claim');
  });

  it("of another worker than the token's is refused, even for the log", async () => {
    const { status, body } = await hosted.report('log-call', {
      ...hosted.call(),
      workerSid: 'WK00000000000000000000000000000009',
    });
    assert.deepEqual([status, body.error], [403, 'not-your-alert']);
    assert.deepEqual(hosted.entries('alert'), []);
  });

  it('names its alert', async () => {
    const call = hosted.call();
    for (const id of [`alert-${NOT_A_CALL}`, `alert-${WORKER_SID}-1795327609127`]) {
      const { message } = await refused({ ...call, id }, 400, 'alert-invalid');
      assert.match(message, /\/id/);
    }
    const { callSid: _callSid, ...nameless } = alert(call);
    await refused({}, 400, 'alert-invalid', { alert: JSON.stringify(nameless), Token: TOKEN });
  });
});
