/** What somebody may try who holds an agent's token, or none: each row of the table in docs/security.md. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { CALLED, CALLER, TOKEN, WORKER_SID, alert, form } from './support/requests.mjs';
import worldModule from './support/twilio/world.cjs';

const SMS = 'send-sms-to-customer';
const ENV = {
  SMS_TEXT: 'We are sorry.',
  SMS_FROM: '+12025550100',
  ACTIONS_ENABLED: 'annotate-call',
  TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID,
  FLEX_INSIGHTS_MEASURE: 'conversation_measure_1',
  WEBHOOK_SECRET: 'a-secret-of-the-function-and-nobody-else',
};
const TOKENS = {
  'an-expired-token': 'expired',
  'a-token-of-another-account': 'another-account',
  'a-token-answered-with-html': 'broken',
  'a-visitors-token': { worker_sid: null, roles: ['visitor'] },
  'a-token-of-a-strange-name': { identity: 'jane_40example_2Ecom', realm_user_id: 'jane_40example_2Ecom' },
};
const FORM = 'application/x-www-form-urlencoded';
const document = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

/** A call of the agent's of which Twilio says something else than that it was answered and is over. */
function unanswered(hosted, changes) {
  const call = hosted.call();
  Object.assign(hosted.twilio.world.calls.get(call.callSid), changes);
  return call;
}

/** A call that the agent made, and that the customer's end has not taken. */
function customerUnanswered(hosted, changes) {
  const call = hosted.call({ outbound: true });
  const [customer] = hosted.twilio.world.conferences.get(call.conferenceSid).callSids;
  Object.assign(hosted.twilio.world.calls.get(customer), { startTime: null, endTime: null, ...changes });
  return call;
}

/** Every attempt of docs/security.md: [its sentence there, status, error, (hosted) → answer]. */
const ATTEMPTS = [
  ['a forged token', 403, 'token-refused', (hosted) => hosted.report(SMS, hosted.call(), { Token: 'a-forged-token' })],
  [
    'an expired token',
    403,
    'token-expired',
    (hosted) => hosted.report(SMS, hosted.call(), { Token: 'an-expired-token' }),
  ],
  [
    'a token of another account',
    403,
    'token-refused',
    (hosted) => hosted.report(SMS, hosted.call(), { Token: 'a-token-of-another-account' }),
  ],
  ['no token', 403, 'token-missing', (hosted) => hosted.report(SMS, hosted.call(), { Token: undefined })],
  [
    'a call of another account',
    403,
    'not-your-call',
    (hosted) => hosted.report(SMS, hosted.call({ accountSid: 'AC00000000000000000000000000000009' })),
  ],
  [
    "a colleague's call",
    403,
    'not-your-call',
    (hosted) => hosted.report(SMS, hosted.call({ identity: 'other_40example_2Ecom' })),
  ],
  [
    "a colleague's call, for an annotation",
    403,
    'not-your-call',
    (hosted) => hosted.report('annotate-call', hosted.call({ identity: 'other_40example_2Ecom' })),
  ],
  [
    "an alert in a colleague's name",
    403,
    'not-your-alert',
    (hosted) => hosted.report(SMS, { ...hosted.call(), workerSid: 'WK00000000000000000000000000000009' }),
  ],
  [
    "an id with a colleague's name in it",
    403,
    'not-your-alert',
    (hosted) =>
      hosted.report('log-call', {
        callSid: undefined,
        workerSid: undefined,
        id: 'alert-WK00000000000000000000000000000009-1795327609127',
      }),
  ],
  [
    "one's own call with a colleague's conference or task",
    503,
    'customer-not-known-yet',
    (hosted) =>
      hosted.report(SMS, {
        ...hosted.call({ identity: 'other_40example_2Ecom', workerSid: 'WK00000000000000000000000000000009' }),
        callSid: hosted.call().callSid,
      }),
  ],
  ['an alert about no call', 422, 'call-unknown', (hosted) => hosted.report(SMS, { callSid: undefined })],
  ['the fields of 2021 alone', 422, 'call-unknown', (hosted) => hosted.report(SMS, {}, { alert: undefined })],
  [
    'a call of last month',
    422,
    'call-too-old',
    (hosted) => hosted.report(SMS, hosted.call({ endedAgoMs: 30 * 86_400_000 })),
  ],
  [
    'a call that nobody answered',
    422,
    'call-not-answered',
    (hosted) => hosted.report(SMS, unanswered(hosted, { status: 'no-answer' })),
  ],
  [
    "a call without a beginning and an end in Twilio's record",
    422,
    'call-not-answered',
    (hosted) => hosted.report(SMS, unanswered(hosted, { startTime: null, endTime: null })),
  ],
  [
    'a call that began two months ago and has no end',
    422,
    'call-too-old',
    (hosted) =>
      hosted.report(SMS, unanswered(hosted, { startTime: new Date(Date.now() - 60 * 86_400_000), endTime: null })),
  ],
  [
    'a customer who was called and did not answer',
    422,
    'call-not-answered',
    (hosted) => hosted.report(SMS, customerUnanswered(hosted, { status: 'no-answer' })),
  ],
  [
    'a customer whose telephone still rings',
    503,
    'call-not-answered-yet',
    (hosted) => hosted.report(SMS, customerUnanswered(hosted, { status: 'ringing' })),
  ],
  [
    'a CallSid in capitals',
    400,
    'alert-invalid',
    (hosted) =>
      hosted.report(SMS, { ...hosted.call({ callSid: `CA${'ab'.repeat(16)}` }), callSid: `CA${'AB'.repeat(16)}` }),
  ],
  [
    "a visitor's token",
    403,
    'token-without-worker',
    (hosted) => hosted.report(SMS, hosted.call(), { Token: 'a-visitors-token' }),
  ],
  [
    "a user whose name looks like a colleague's address",
    403,
    'not-your-call',
    (hosted) =>
      hosted.report(SMS, hosted.call({ identity: 'jane_40example_2Ecom' }), { Token: 'a-token-of-a-strange-name' }),
  ],
  [
    'a caller whose number was withheld',
    422,
    'customer-unknown',
    (hosted) => hosted.report(SMS, hosted.call({ customer: '+17378742833' })),
  ],
  [
    'a caller who shows a premium-rate number',
    422,
    'customer-unknown',
    (hosted) => hosted.report(SMS, hosted.call({ customer: '+449098790123' })),
  ],
  [
    'no Sync service for the claims',
    503,
    'claims-not-set-up',
    (hosted) => hosted.report(SMS, hosted.call(), {}, { SYNC_SERVICE_SID: '' }),
  ],
  [
    'the default Sync service, which agents can use, for the claims',
    503,
    'claims-not-set-up',
    (hosted) =>
      hosted.report(SMS, hosted.call(), {}, { SYNC_SERVICE_SID: hosted.twilio.world.serviceOf('default').sid }),
  ],
  [
    'the id of another call',
    400,
    'alert-invalid',
    (hosted) => hosted.report(SMS, { ...hosted.call(), id: `alert-CA${'9'.repeat(32)}` }),
  ],
  ['an action that is switched off', 403, 'action-disabled', (hosted) => hosted.report('webhook', hosted.call())],
  ['a file that is no action', 400, 'action-unknown', (hosted) => hosted.report('../lib/log', hosted.call())],
  [
    'a telephone number as the name of one of several actions',
    400,
    'field-invalid',
    (hosted) => hosted.report(SMS, hosted.call(), { actions: `${SMS},${CALLER}` }),
  ],
  [
    'more than 64 KB',
    413,
    'request-too-large',
    (hosted) => hosted.report(SMS, hosted.call(), { more: 'x'.repeat(65_536) }),
  ],
  [
    'more than 64 KB, announced',
    413,
    'request-too-large',
    (hosted) => hosted.send({ ...form(), request: { headers: { 'content-length': '65537' } } }),
  ],
  [
    'more than 64 KB in a field `request`',
    413,
    'request-too-large',
    (hosted) => hosted.send({ ...form(), request: { headers: { 'content-type': FORM, more: 'x'.repeat(65_536) } } }),
  ],
  [
    'a field `request` in the place of the headers',
    400,
    'field-invalid',
    (hosted) =>
      hosted.send({
        ...form(),
        request: { headers: { 'content-type': FORM, 'content-length': { toString: 1, valueOf: 1 } } },
      }),
  ],
  [
    'a token in the address of a GET',
    415,
    'content-type-unsupported',
    (hosted) => hosted.send({ ...form(), request: { headers: { host: 'example.com' }, cookies: {} } }),
  ],
  [
    'a body that is no form and no JSON',
    415,
    'content-type-unsupported',
    (hosted) => hosted.send({ ...form(), request: { headers: { 'content-type': 'text/plain' } } }),
  ],
  [
    'an alert of more than 16 KB',
    413,
    'alert-too-large',
    (hosted) => hosted.report(SMS, hosted.call(), { alert: ' '.repeat(16_385) }),
  ],
  [
    'JSON nested deeply',
    400,
    'alert-invalid',
    (hosted) => hosted.report(SMS, {}, { alert: `{"version":1,"reasons":${nested(7_000)}}` }),
  ],
  [
    'a field that nobody knows, nested deeply',
    400,
    'alert-invalid',
    (hosted) => hosted.report(SMS, {}, { alert: JSON.stringify(alert()).replace(/}$/, `,"more":${nested(2_450)}}`) }),
  ],
  [
    'a body nested deeply',
    413,
    'request-too-large',
    (hosted) => hosted.send({ ...form(), more: JSON.parse(nested(200_000)) }),
  ],
  [
    'line breaks for a second line in the log',
    400,
    'alert-invalid',
    (hosted) => hosted.report('log-call', { ...hosted.call(), edge: 'a\n{"event":"forged"}' }),
  ],
  [
    'a 31st request in a minute, after 30 that were refused',
    429,
    'too-many-alerts',
    async (hosted) => {
      for (let sent = 0; sent < 30; sent += 1) await hosted.report(SMS, {}, { alert: '{' });
      return hosted.report(SMS, hosted.call());
    },
  ],
  [
    'a token while Twilio does not say whose it is',
    503,
    'token-check-unavailable',
    (hosted) => hosted.report(SMS, hosted.call(), { Token: 'a-token-answered-with-html' }),
  ],
  [
    'a call while Twilio answers a byte at a time',
    503,
    'call-lookup-unavailable',
    (hosted) => {
      hosted.twilio.faults.add({ operation: 'calls.fetch', kind: 'drip' });
      return hosted.report(SMS, hosted.call());
    },
  ],
];

const withTask = (hosted, attributes) => {
  const call = hosted.call();
  hosted.twilio.world.tasks.get(call.taskSid).attributes = attributes;
  return hosted.report('update-task', call, {}, { ACTIONS_ENABLED: 'update-task' });
};
const webhook = (hosted, host) =>
  hosted.report('webhook', hosted.call(), {}, { ACTIONS_ENABLED: 'webhook', WEBHOOK_URL: `https://${host}/alerts` });
/** What leaves a claim that says `failed`: in the same form. */
const FAILED = [
  [
    'an update of a task whose `conversations` is a text',
    422,
    'action-refused',
    (hosted) => withTask(hosted, '{"conversations":"a text"}'),
  ],
  [
    'an update of a task in which our own attribute comes twice',
    422,
    'action-refused',
    (hosted) => withTask(hosted, '{"deviceMonitoring":1,"deviceMonitoring":2}'),
  ],
  ['a webhook at an address that is not public', 503, 'action-not-done', (hosted) => webhook(hosted, '168.63.129.16')],
  ['a webhook whose receiver answers 401', 503, 'receiver-refused', (hosted) => webhook(hosted, '93.184.216.34')],
];

describe('whoever tries', { timeout: 60_000 }, () => {
  let hosted;
  before(async () => {
    hosted = await startHosted({ tokens: TOKENS, env: ENV });
  });
  after(() => hosted?.stop());
  beforeEach(() => hosted.reset());

  const nothingDone = () => {
    const { messages, annotations, documents } = hosted.twilio.world;
    assert.deepEqual([messages, [...annotations.keys()]], [[], []]);
    assert.ok(![...documents.keys()].some((name) => /alert-|customer-/.test(name)), 'there is a claim');
    assert.deepEqual(hosted.entries('alert'), []);
  };

  for (const [what, status, error, attempt] of ATTEMPTS) {
    it(`${what} is refused with ${status}, and nothing is done`, async () => {
      const { status: answered, body } = await attempt(hosted);
      assert.deepEqual([answered, body.error], [status, error], body.message);
      nothingDone();
      assert.ok(
        document.includes(`| ${what} | ${status} \`${error}\` |`),
        `docs/security.md says nothing of "${what}"`,
      );
    });
  }

  for (const [what, status, error, attempt] of FAILED) {
    it(`${what} fails with ${status}, and nothing is done`, async (t) => {
      const receiver = http.createServer((_req, res) => res.writeHead(401).end()).listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      process.env.STAND_IN_PLACES = JSON.stringify({
        '93.184.216.34': receiver.address().port,
        '168.63.129.16': receiver.address().port,
      });
      t.after(() => {
        delete process.env.STAND_IN_PLACES;
        receiver.closeAllConnections();
        receiver.close();
      });
      const { status: answered, body } = await attempt(hosted);
      assert.deepEqual([answered, body.error], [status, error], body.message);
      assert.ok([...hosted.twilio.world.tasks.values()].every(({ version }) => version === 0));
      const claims = [...hosted.twilio.world.documents].filter(([name]) => name.includes('alert-'));
      assert.deepEqual(
        claims.map(([, { data }]) => data.state),
        ['failed'],
      );
      assert.ok(
        document.includes(`| ${what} | ${status} \`${error}\` |`),
        `docs/security.md says nothing of "${what}"`,
      );
    });
  }

  it('finds each attempt of docs/security.md among these', () => {
    // The attempts on the configuration are in configuration.test.mjs.
    const alerts = document.replace(/^## The configuration\n[^]*?(?=^## )/m, '');
    const told = [...alerts.matchAll(/^\| ([^|]+) \| (\d{3}) `([^`]+)` \|$/gm)].map(([, ...row]) => row.join());
    assert.deepEqual(
      told,
      [...ATTEMPTS, ...FAILED].map(([what, status, error]) => [what, status, error].join()),
    );
  });

  it('a number that was not on the call gets no message, wherever a browser writes it', async () => {
    const other = '+12025550177';
    const call = hosted.call();
    const { status } = await hosted.report(
      SMS,
      { ...call, callerId: other, dnis: other, smsText: 'Click here', to: other },
      { callerId: other, dnis: other, to: other, smsText: 'Click here' },
    );
    assert.equal(status, 200);
    assert.deepEqual(
      hosted.twilio.world.messages.map(({ to, body }) => [to, body]),
      [[CALLER, ENV.SMS_TEXT]],
    );
  });

  it('the same alert over and over sends one message, with other content none', async () => {
    const call = hosted.call();
    for (let repeat = 0; repeat < 5; repeat += 1) assert.equal((await hosted.report(SMS, call)).status, 200);
    const { status, body } = await hosted.report(SMS, { ...call, warningPct: 36 });
    assert.deepEqual([status, body.error], [422, 'alert-changed']);
    assert.equal(hosted.twilio.world.messages.length, 1);
  });

  it('a call whose claim has expired is too old to be claimed again', async () => {
    const call = hosted.call({ endedAgoMs: 7 * 86_400_000 });
    await hosted.report(SMS, call);
    const claims = hosted.claimsOf(call);
    const past = claims[0].expires - Date.now();
    const agent = hosted.twilio.world.calls.get(call.callSid);
    agent.endTime = new Date(agent.endTime - past);
    for (const claim of claims) claim.expires = 0;
    assert.equal((await hosted.report(SMS, call)).body.error, 'call-too-old');
    assert.equal(hosted.twilio.world.messages.length, 1);
  });

  it('nobody can take a claim away from the agent whose call it is', async () => {
    const call = hosted.call({ identity: 'other_40example_2Ecom' });
    for (const action of ['log-call', SMS, 'annotate-call']) await hosted.report(action, call);
    await hosted.report('log-call', {
      callSid: undefined,
      id: 'alert-WK00000000000000000000000000000009-1',
      workerSid: undefined,
    });
    assert.ok(![...hosted.twilio.world.documents.keys()].some((name) => /alert-|customer-/.test(name)));
  });

  it('the 31st alert of a minute has to wait, and says for how long', async () => {
    const answers = [];
    for (let sent = 0; sent < 31; sent += 1) answers.push(await hosted.report('log-call', hosted.call()));
    assert.deepEqual(
      answers.slice(0, 30).map(({ status }) => status),
      Array(30).fill(200),
    );
    const { status, headers, body } = answers[30];
    assert.deepEqual([status, body.error], [429, 'too-many-alerts']);
    assert.ok(body.retryAfter >= 1 && body.retryAfter <= 60, `${body.retryAfter} s`);
    assert.equal(headers['Retry-After'], String(body.retryAfter));
    assert.match(headers['Access-Control-Expose-Headers'], /Retry-After/);
    hosted.rewrite(`device-monitoring-rate-${WORKER_SID}`, (count) => {
      count.at = count.at.map((at) => at - 60_000);
    });
    assert.equal((await hosted.report('log-call', hosted.call())).status, 200);
  });

  it('many requests at the same moment are no way around that, even where Sync itself has enough of them', async () => {
    await hosted.report('log-call', hosted.call());
    hosted.rewrite(`device-monitoring-rate-${WORKER_SID}`, (count) => {
      count.at = Array(25).fill(Date.now());
    });
    const calls = Array.from({ length: 12 }, () => hosted.call());
    const answers = await Promise.all(calls.map((call) => hosted.report('log-call', call)));
    const done = answers.filter(({ status }) => status === 200).length;
    assert.ok(done >= 1 && done <= 5, `${done} of 12`);
    assert.ok(answers.every(({ status }) => status === 200 || status === 429));
    assert.equal(hosted.entries('alert').length, 1 + done);

    hosted.reset();
    hosted.twilio.faults.add({ operation: 'sync.documents.fetch', kind: 'status', status: 429 });
    assert.equal((await hosted.report('log-call', hosted.call())).status, 429);
  });

  it('line breaks in any field make no header and no line', async () => {
    const forged = 'x\r\nX-Forged: 1\r\n\r\n{"event":"forged"}';
    for (const name of ['issues', 'callerId', 'dnis', 'action', 'Token']) {
      const { headers } = await hosted.report('log-call', hosted.call(), { [name]: forged });
      assert.ok(!JSON.stringify(headers).includes('Forged'), name);
    }
    assert.doesNotMatch(hosted.logText().replaceAll('\n{"event":"device-monitoring', ''), /[\r\n]/);
  });

  it('halves of characters in any text are none in the log', async () => {
    const call = hosted.call();
    const reasons = [{ rule: 'shortCall', value: 1, threshold: 10, text: 'x\ud83d' }];
    assert.equal((await hosted.report('log-call', { ...call, reasons }, { issues: '\ude00y' })).status, 200);
    const [line] = hosted.entries('alert');
    assert.deepEqual([line.reasons[0].text, line.issues], ['x\ufffd', '\ufffdy']);
  });

  it('whatever was tried, no token, number, text or secret is in the log', async () => {
    const failing = hosted.call();
    hosted.twilio.faults.add({ operation: 'messages.create', kind: 'status', status: 400, code: 21211 });
    await hosted.report(SMS, failing);
    for (const [, , , attempt] of ATTEMPTS) {
      await attempt(hosted);
      hosted.twilio.world.documents.clear(); // of refusals one a minute is logged; each of these is to be
    }
    await hosted.report(SMS, hosted.call());
    await hosted.report('log-call', hosted.call(), { issues: `short call from ${CALLER}` });
    assert.ok(hosted.entries('refused').length > 5);
    for (const secret of [
      TOKEN,
      ...Object.keys(TOKENS),
      CALLER,
      CALLED,
      ENV.SMS_FROM,
      ENV.SMS_TEXT,
      ENV.WEBHOOK_SECRET,
    ]) {
      assert.ok(!hosted.logText().includes(secret.replace('+', '')), secret);
    }
  });

  it('a stranger writes nothing into the log at all', async () => {
    for (const Token of [undefined, 'a-forged-token', 'an-expired-token']) await hosted.report(SMS, alert(), { Token });
    assert.deepEqual(hosted.entries(), []);
  });
});
