import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../twilio/http.mjs';
import { TaskRouter } from '../twilio/taskrouter.mjs';
import { decodeMessage, encodeMessage, Twilsock } from '../twilio/twilsock.mjs';
import { VoiceSignalling } from '../twilio/voice-signalling.mjs';
import { World } from '../twilio/world.mjs';
import { until } from './support/until.mjs';

/** A client's end of a socket: what it was sent, and a way to send. */
function socket(t) {
  const closers = [];
  const handlers = [];
  t.after(() => closers.forEach((close) => close()));
  return {
    sent: [],
    send(data) {
      this.sent.push(data);
    },
    onMessage: (handler) => handlers.push(handler),
    onClose: (handler) => closers.push(handler),
    receive: (data) => handlers.forEach((handler) => handler(data)),
  };
}

const workspace = 'https://taskrouter.twilio.com/v1/Workspaces/WS0';

test('whoever calls or is called by default has a number that may get a text', () => {
  const { isCustomerNumber } = createRequire(import.meta.url)(
    '../../plugin-serverless/functions/lib/phone-number.private.js',
  );
  const world = new World();
  for (const { from } of [world.offerCall(), world.callColleague()]) assert.ok(isCustomerNumber(from), from);
  assert.ok(isCustomerNumber(world.dialDirectly().to));
});

test('two calls have nothing in common but the worker', () => {
  const world = new World();
  const [first, second] = [world.offerCall(), world.offerCall()];
  const sids = [first, second].flatMap((task) => [
    task.sid,
    task.reservationSid,
    task.conferenceSid,
    task.callSid,
    task.legs.customer.callSid,
  ]);
  assert.equal(new Set(sids).size, 10);
  for (const sid of sids) assert.match(sid, /^[A-Z]{2}[0-9a-f]{32}$/);
  assert.equal(world.taskOfCall(second.callSid), second);
  world.advance(first, 'accepted');
  world.endCall(first, 'customer');
  world.advance(first, 'completed');
  assert.deepEqual(world.openTasks(), [second]);
});

test('a reservation is taken, wrapped up and completed, and the browser is told each time', (t) => {
  const world = new World();
  const taskrouter = new TaskRouter(world);
  const client = socket(t);
  taskrouter.connect(client);
  const invited = [];
  taskrouter.onConference = (task) => invited.push(task.sid);
  const task = world.offerCall();
  const url = `${workspace}/Workers/${world.worker.sid}/Reservations/${task.reservationSid}`;
  taskrouter.rest({ method: 'POST', url, params: { Instruction: 'conference' } });
  assert.deepEqual(invited, [task.sid]);
  assert.equal(taskrouter.rest({ method: 'GET', url }).payload.reservation_status, 'pending');
  world.advance(task, 'accepted');
  assert.equal(
    taskrouter.rest({ method: 'GET', url: `${workspace}/Tasks/${task.sid}` }).payload.assignment_status,
    'assigned',
  );
  for (const status of ['wrapping', 'completed'])
    taskrouter.rest({ method: 'POST', url, params: { ReservationStatus: status } });
  const events = client.sent.map((message) => JSON.parse(message)).map(({ event_type: type }) => type);
  assert.deepEqual(events, [
    'reservation.created',
    'reservation.accepted',
    'reservation.wrapup',
    'reservation.completed',
  ]);
});

test('the conference is named in the task only once the call is up', () => {
  const world = new World();
  const taskrouter = new TaskRouter(world);
  const task = world.offerCall();
  const attributes = () => JSON.parse(taskrouter.reservation(task).task.attributes);
  assert.equal(attributes().conference, undefined);
  world.advance(task, 'accepted');
  assert.equal(attributes().conference.participants.worker, task.callSid);
});

test('a Twilsock message survives encoding, umlauts included', () => {
  const { header, payload } = decodeMessage(encodeMessage({ method: 'reply', id: 'x' }, { text: 'Grüße' }));
  assert.equal(header.method, 'reply');
  assert.equal(header.payload_size, Buffer.byteLength(JSON.stringify(payload)));
  assert.deepEqual(payload, { text: 'Grüße' });
  assert.equal(decodeMessage(encodeMessage({ method: 'ping' })).payload, undefined);
  assert.equal(decodeMessage('nonsense'), undefined);
});

test('a browser that follows the conference is told of hold, and one that does not is not', async (t) => {
  const world = new World();
  const twilsock = new Twilsock(world);
  const [client, other] = [socket(t), socket(t)];
  twilsock.connect(client);
  twilsock.connect(other);
  const task = world.offerCall();
  const ask = (path, method = 'GET', payload = undefined) => {
    client.receive(encodeMessage({ method: 'message', id: 'r', http_request: { method, path } }, payload));
    return decodeMessage(client.sent.at(-1));
  };
  assert.equal(ask(`/v3/Maps/${task.sid}.CS`).header.http_status.code, 404, 'no conference before the call');
  world.advance(task, 'accepted');
  const map = ask(`/v3/Maps/${task.sid}.CS`).payload;
  const participants = ask(`/v3/Maps/${map.sid}/Items`).payload.items.map(({ data }) => data.participant_type);
  assert.deepEqual(participants, [undefined, 'customer', 'worker']);
  ask('/v4/Subscriptions', 'POST', {
    action: 'establish',
    correlation_id: 4,
    requests: [{ object_sid: map.sid, object_type: 'map' }],
  });
  const isSubscribed = () => decodeMessage(client.sent.at(-1)).payload?.event_type === 'subscription_established';
  await until('the subscription', isSubscribed);
  world.updateParticipant(task, 'customer', { hold: true });
  const { payload } = decodeMessage(client.sent.at(-1));
  assert.equal(payload.event_type, 'map_item_updated');
  assert.equal(payload.event.item_key, task.legs.customer.callSid);
  assert.equal(payload.event.item_data.hold, true);
  assert.deepEqual(other.sent, []);
});

test("a supervisor sees the colleague's calls, asks to monitor one and is in its conference, muted, until they hang up", (t) => {
  const world = new World();
  const taskrouter = new TaskRouter(world);
  const twilsock = new Twilsock(world);
  const client = socket(t);
  twilsock.connect(client);
  const ask = (index, query) => {
    client.receive(
      encodeMessage(
        { method: 'message', id: 'r', http_request: { method: 'POST', path: `/v3/Insights/${index}/Items` } },
        { query_string: query },
      ),
    );
    return decodeMessage(client.sent.at(-1)).payload;
  };
  const { sid: colleague } = world.colleague;
  assert.deepEqual(
    ask('tr-worker', '').items.map(({ data }) => data.worker_sid),
    [colleague],
  );
  assert.deepEqual(ask('tr-worker', `data.worker_sid == "${world.worker.sid}"`).items, []);
  const { query_id: reservations } = ask('tr-reservation', `data.worker_sid == "${colleague}"`);
  const task = world.callColleague();
  const { event_type: type, event } = decodeMessage(client.sent.at(-1)).payload;
  assert.deepEqual(
    [type, event.query_id, event.item_data.task_sid, event.item_data.status],
    ['live_query_item_updated', reservations, task.sid, 'accepted'],
  );
  assert.deepEqual(world.openTasks(), [], 'it is not offered to the supervisor');

  let call;
  taskrouter.onSupervise = (supervised) => {
    call = world.superviseCall(supervised);
  };
  taskrouter.rest({
    method: 'POST',
    url: `${workspace}/Tasks/${task.sid}/Reservations/${task.reservationSid}`,
    params: { Instruction: 'supervise' },
  });
  assert.equal(world.taskOfCall(call.callSid), call);
  world.joinMonitored(call);
  const { type: kind, status, muted, workerSid } = task.legs[call.callSid];
  assert.deepEqual([kind, status, muted, workerSid], ['supervisor', 'joined', true, world.worker.sid]);
  world.endCall(call, 'agent');
  assert.equal(task.legs[call.callSid].status, 'left');
  assert.equal(task.legs.worker.status, 'joined', 'the colleague goes on');
  world.endColleaguesCall(task);
  assert.equal(decodeMessage(client.sent.at(-1)).payload.event.item_data.status, 'wrapup');
});

test('a browser hears of what happened between its reading of the conference and its subscription', async (t) => {
  const world = new World();
  const twilsock = new Twilsock(world);
  const client = socket(t);
  twilsock.connect(client);
  const task = world.offerCall();
  world.advance(task, 'accepted');
  const send = (path, method, payload) =>
    client.receive(encodeMessage({ method: 'message', id: 'r', http_request: { method, path } }, payload));
  send(`/v3/Maps/${task.sid}.CS`, 'GET');
  const map = decodeMessage(client.sent.at(-1)).payload;
  world.updateParticipant(task, 'customer', { hold: true });
  send('/v4/Subscriptions', 'POST', {
    action: 'establish',
    correlation_id: 4,
    requests: [{ object_sid: map.sid, object_type: 'map', last_event_id: map.last_event_id }],
  });
  const told = () => client.sent.map((data) => decodeMessage(data).payload);
  await until('what was missed', () => told().at(-1)?.event_type === 'map_item_updated');
  const [established, missed] = told().slice(-2);
  assert.equal(established.event_type, 'subscription_established');
  assert.equal(missed.event.item_data.hold, true);
});

test('holding the customer in Flex holds the leg of that call only', () => {
  const world = new World();
  const taskrouter = new TaskRouter(world);
  const [held, other] = [world.offerCall(), world.offerCall()];
  taskrouter.rest({
    method: 'POST',
    url: `${workspace}/Workers/${world.worker.sid}/CustomerParticipant`,
    params: { TaskSid: held.sid, Hold: true },
  });
  assert.equal(held.legs.customer.hold, true);
  assert.equal(held.legs.worker.hold, false);
  assert.equal(other.legs.customer.hold, false);
});

test('a call is signalled: invite, answer, ICE restart, hang-up by either side', async (t) => {
  const world = new World();
  const heard = [];
  const farEnd = {
    offer: async () => 'offer',
    answered: async (task, sdp) => heard.push([task.sid, sdp]),
    renegotiate: async () => 'new answer',
  };
  const voice = new VoiceSignalling(world, farEnd);
  const client = socket(t);
  voice.connect(client);
  const say = (type, payload) => client.receive(JSON.stringify({ type, payload }));
  const ask = async (type, payload) => {
    const before = client.sent.length;
    say(type, payload);
    await until(`what ${type} is answered`, () => client.sent.length > before);
    return JSON.parse(client.sent.at(-1));
  };
  assert.equal((await ask('listen', world.makeToken())).type, 'connected');
  assert.equal((await ask('register', {})).type, 'ready');
  const task = world.offerCall({ from: '+12025550150' });
  await voice.invite(task);
  const invite = JSON.parse(client.sent.at(-1));
  assert.equal(invite.payload.parameters.From, '+12025550150');
  assert.equal(invite.payload.callsid, task.callSid);
  say('answer', { callsid: task.callSid, sdp: 'answer' });
  await until('the call', () => task.reservationStatus === 'accepted');
  assert.deepEqual(heard, [[task.sid, 'answer']]);
  assert.equal((await ask('reinvite', { callsid: task.callSid, sdp: 'offer' })).payload.sdp, 'new answer');
  say('hangup', { callsid: task.callSid });
  await until("the call's end", () => task.reservationStatus === 'wrapping');

  const second = world.offerCall();
  world.advance(second, 'accepted');
  world.endCall(second, 'customer');
  const last = JSON.parse(client.sent.at(-1));
  assert.deepEqual([last.type, last.payload.callsid], ['hangup', second.callSid]);
});

test("a client's answer to a keepalive is not answered: the client would answer that too, for ever", async (t) => {
  const voice = new VoiceSignalling(new World(), {});
  const client = socket(t);
  voice.connect(client);
  client.receive('\n');
  await sleep(5);
  assert.deepEqual(client.sent, []);
});

test('a call that the browser makes rings under a CallSid of its own before it is answered', async (t) => {
  const world = new World();
  const voice = new VoiceSignalling(world, { answer: async () => 'answer' });
  const client = socket(t);
  voice.connect(client);
  client.receive(
    JSON.stringify({
      type: 'invite',
      payload: { callsid: 'TJ1', sdp: 'offer', twilio: { params: 'To=%2B12025550124' } },
    }),
  );
  await until('the answer', () => client.sent.length > 1);
  const [call] = world.directCalls;
  assert.equal(call.to, '+12025550124');
  assert.deepEqual(
    client.sent.map((text) => JSON.parse(text)).map(({ type, payload }) => [type, payload]),
    [
      ['ringing', { callsid: call.callSid }],
      ['answer', { callsid: call.callSid, sdp: 'answer' }],
    ],
  );
  client.receive(JSON.stringify({ type: 'hangup', payload: { callsid: call.callSid } }));
  await until("the call's end", () => call.reservationStatus === 'completed');
});

test('who shows a token of an API key may call its TwiML app, is never rung, and is refused if the token is not good', async (t) => {
  const world = new World();
  const apps = { account: world.sids.account, key: 'SK1', secret: 'secret', app: 'AP1', voiceUrl: () => voiceUrl };
  const twiml = '<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/></Response>';
  const server = http.createServer((_request, response) => response.end(twiml)).listen(0);
  await once(server, 'listening');
  t.after(() => server.close());
  const voiceUrl = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const voice = new VoiceSignalling(world, { answer: async () => 'answer', offer: async () => 'offer' }, { apps });
  const tokenOf = (claims, secret = 'secret') => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const grants = { identity: 'somebody', voice: { outgoing: { application_sid: 'AP1' } } };
    const exp = Math.round(Date.now() / 1000) + 60;
    const text = `${part({ alg: 'HS256' })}.${part({ iss: 'SK1', sub: world.sids.account, exp, grants, ...claims })}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const told = (client) => client.sent.map((text) => JSON.parse(text)).map(({ type, payload }) => [type, payload]);
  const client = socket(t);
  const say = (to, type, payload) => to.receive(JSON.stringify({ type, payload }));

  for (const token of ['', 'x.y.z', tokenOf({}, 'other'), tokenOf({ exp: 1 }), tokenOf({ iss: 'SK2' })]) {
    const stranger = socket(t);
    voice.connect(stranger);
    say(stranger, 'listen', { token });
    await until('the refusal', () => stranger.sent.length > 0);
    assert.deepEqual(
      told(stranger).map(([type, { error }]) => [type, error.code]),
      [['error', 20101]],
    );
  }

  voice.connect(client);
  say(client, 'listen', { token: tokenOf({}) });
  say(client, 'register', {});
  await voice.invite(world.offerCall());
  await until('the registration', () => client.sent.length > 1);
  assert.deepEqual(
    told(client).map(([type]) => type),
    ['connected', 'ready'],
  );
  assert.equal(told(client)[0][1].token.identity, 'somebody');

  say(client, 'invite', { callsid: 'TJ1', sdp: 'offer' });
  await until("the call's end", () => world.directCalls[0]?.reservationStatus === 'completed');
  const [call] = world.directCalls;
  assert.deepEqual([call.from, call.to], ['client:somebody', 'AP1']);
  assert.deepEqual(told(client).slice(2), [
    ['answer', { callsid: call.callSid, sdp: 'answer' }],
    ['hangup', { callsid: call.callSid }],
  ]);
});

test('while registrations are held, a Device waits for its own', async (t) => {
  const voice = new VoiceSignalling(new World(), {});
  const client = socket(t);
  voice.connect(client);
  voice.holdRegistrations();
  client.receive(JSON.stringify({ type: 'register', payload: {} }));
  await sleep(5);
  assert.deepEqual(client.sent, []);
  voice.releaseRegistrations();
  assert.equal(JSON.parse(client.sent[0]).type, 'ready');
});

test('Flex gets its configuration with the attributes it was given, and an unknown host gets no answer', () => {
  const world = new World();
  const taskrouter = new TaskRouter(world);
  const service = {
    attributes: { DeviceMonitoringPlugin: { alertAgent: 'true' } },
    uiAttributes: {},
    flexVersion: '2.17.1',
    plugins: [{ name: 'p', version: '1', src: 's' }],
  };
  const get = (url) => answer(world, taskrouter, { method: 'GET', url }, service);
  const configuration = JSON.parse(get('https://flex-api.twilio.com/v1/Configuration').body);
  assert.equal(configuration.attributes.DeviceMonitoringPlugin.alertAgent, 'true');
  assert.equal(configuration.account_sid, world.sids.account);
  assert.equal(JSON.parse(get('https://flex.twilio.com/plugins').body)[0].src, 's');
  assert.equal(get('https://example.com/'), undefined);
});
