/** The Function in the real runtime, `twilio-run`; only Twilio's own servers are stand-ins. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { INSTALLED_ACTIONS } from './support/projects.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import { CALLED, CALLER, IDENTITY, TOKEN, WORKER_SID, alert, form, post } from './support/requests.mjs';
import twilioModule from './support/twilio/server.cjs';

const { ACCOUNT_SID, AUTH_TOKEN, startRuntime } = startRuntimeModule;

describe('respond-to-issue under twilio-run', { concurrency: 2 }, () => {
  let runtime;
  let twilio;
  before(async () => {
    twilio = await twilioModule.startTwilio();
    twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID, callSid: alert().callSid });
    runtime = await startRuntime({
      twilio,
      tokens: {
        [TOKEN]: {},
        'an-expired-token': 'expired',
        'a-token-nobody-answers-for': 'hang',
        'a-token-answered-with-html': 'broken',
      },
    });
  });
  after(async () => {
    await runtime?.stop();
    await twilio?.stop();
  });

  it('an alert with a valid token is acted on, and the answer says so', async () => {
    const { status, body } = await post(runtime, form());
    assert.equal(status, 200);
    assert.deepEqual(body, { action: 'log-call', alertId: alert().id, outcome: 'done', result: { logged: true } });
  });

  it("the token is checked at Twilio with the account's own credentials", async () => {
    await post(runtime, form({ Token: 'a-token-of-its-own' }));
    const request = runtime.tokenService.requests.find(({ token }) => token === 'a-token-of-its-own');
    assert.equal(request.host, 'iam.twilio.com');
    assert.equal(request.path, `/v1/Accounts/${ACCOUNT_SID}/Tokens/validate`);
    assert.equal(request.authorization, `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`);
  });

  it('a POST without a token is refused with 403 and says so', async () => {
    for (const Token of [undefined, '']) {
      const { status, body } = await post(runtime, form({ Token }));
      assert.equal(status, 403);
      assert.equal(body.error, 'token-missing');
      assert.match(body.message, /Token/);
    }
  });

  it('a forged token is refused with 403', async () => {
    const { status, body } = await post(runtime, form({ Token: 'a-forged-token' }));
    assert.equal(status, 403);
    assert.equal(body.error, 'token-refused');
  });

  it("an expired token is told apart from a forged one in the answer's error code", async () => {
    const { status, body } = await post(runtime, form({ Token: 'an-expired-token' }));
    assert.equal(status, 403);
    assert.equal(body.error, 'token-expired');
  });

  it('a token that cannot be a Flex token is refused without asking Twilio', async () => {
    const asked = runtime.tokenService.requests.length;
    for (const Token of ['tökén', 'two\nlines', 'x'.repeat(20_000)]) {
      const { status, body } = await post(runtime, form({ Token }));
      assert.equal(status, 403);
      assert.equal(body.error, 'token-refused');
    }
    const tokens = runtime.tokenService.requests.slice(asked).map(({ token }) => token);
    assert.ok(!tokens.some((token) => /[^\x21-\x7e]/.test(token) || token.length > 1000), 'Twilio was asked');
  });

  it('when Twilio cannot be asked about the token, the answer is 503, neither acceptance nor refusal', async () => {
    for (const Token of ['a-token-nobody-answers-for', 'a-token-answered-with-html']) {
      const { status, body } = await post(runtime, form({ Token }));
      assert.equal(status, 503, Token);
      assert.equal(body.error, 'token-check-unavailable');
    }
  });

  it('a caller without a valid token does not learn which actions are installed', async () => {
    const { text } = await post(runtime, form({ Token: 'a-forged-token', action: 'no-such-action' }));
    assert.doesNotMatch(text, /log-call/);
  });

  it('an unknown action answers 400 and lists the known ones', async () => {
    const { status, body } = await post(runtime, form({ action: 'no-such-action' }));
    assert.equal(status, 400);
    assert.equal(body.error, 'action-unknown');
    assert.deepEqual(body.knownActions, INSTALLED_ACTIONS);
    assert.match(body.message, /log-call/);
  });

  it('a missing action answers 400 and lists the known ones', async () => {
    for (const action of [undefined, '']) {
      const { status, body } = await post(runtime, form({ action }));
      assert.equal(status, 400);
      assert.equal(body.error, 'action-missing');
      assert.deepEqual(body.knownActions, INSTALLED_ACTIONS);
    }
  });

  it('the answer carries CORS headers, also when it is an error', async () => {
    for (const fields of [
      form(),
      form({ Token: undefined }),
      form({ action: 'no-such-action' }),
      form({ alert: '{' }),
    ]) {
      const { headers } = await post(runtime, fields);
      assert.equal(headers.get('access-control-allow-origin'), '*');
      // No page of a third party gets an answer for the cookies of whoever opens it.
      assert.equal(headers.get('access-control-allow-credentials'), null);
      assert.equal(headers.get('set-cookie'), null);
      assert.match(headers.get('content-type'), /^application\/json/);
    }
  });

  it('a token counts in the body only, and neither in a cookie nor in a header', async () => {
    const response = await fetch(`${runtime.url}/respond-to-issue`, {
      method: 'POST',
      headers: { Cookie: `Token=${TOKEN}`, Authorization: `Bearer ${TOKEN}`, Token: TOKEN },
      body: new URLSearchParams(form({ Token: undefined })),
    });
    assert.equal((await response.json()).error, 'token-missing');
  });

  it("a function call with only the 2021 sample's fields is accepted", async () => {
    const { status, body } = await post(
      runtime,
      form({ alert: undefined, issues: 'short call,call ended under warning' }),
    );
    assert.equal(status, 200);
    assert.deepEqual(body, { action: 'log-call', alertId: null, outcome: 'done', result: { logged: true } });
    const line = await runtime.waitForLine((text) => text.includes('short call,call ended under warning'));
    assert.equal(JSON.parse(line).event, 'device-monitoring.alert');
  });

  it('a request with neither reasons nor an alert is a 400', async () => {
    const { status, body } = await post(runtime, form({ alert: undefined, issues: undefined }));
    assert.equal(status, 400);
    assert.equal(body.error, 'issues-missing');
  });

  it('an alert that is no version 1 document is a 400 that says what is wrong with it', async () => {
    const wrong = {
      'is not JSON': ['{', 'nonsense'],
      'is not a JSON object': ['[]', 'null', '1', '"version"'],
      '"version": 1': ['{}', JSON.stringify(alert({ version: 2 })), JSON.stringify(alert({ version: '1' }))],
    };
    for (const [why, texts] of Object.entries(wrong)) {
      for (const text of texts) {
        const { status, body } = await post(runtime, form({ alert: text }));
        assert.equal(status, 400, text);
        assert.equal(body.error, 'alert-invalid');
        assert.ok(body.message.includes(why), `${text}: ${body.message}`);
      }
    }
  });

  it('a field sent twice is a 400, not a guess', async () => {
    const body = new URLSearchParams(form());
    body.append('action', 'no-such-action');
    const response = await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', body });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error, 'field-invalid');
  });

  it('log-call writes one JSON line without phone numbers or token, however often the alert comes', async () => {
    const { agent } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    const sent = alert({ callSid: agent.sid });
    for (const outcome of ['done', 'already-done']) {
      const { status, body } = await post(runtime, form({ alert: JSON.stringify(sent) }));
      assert.deepEqual([status, body.outcome], [200, outcome]);
    }
    const written = (line) => line.includes('device-monitoring.alert') && line.includes(sent.id);
    await runtime.waitForLine(written);
    const lines = runtime.lines.filter(written);
    assert.equal(lines.length, 1);
    const entry = JSON.parse(lines[0]);
    assert.deepEqual([entry.callSid, entry.verified, entry.workerSid], [agent.sid, true, WORKER_SID]);
    assert.deepEqual(entry.reasons, sent.reasons);
    assert.deepEqual(entry.conditions[0].episodes, [{ startMs: 12_000, endMs: 33_000, worst: 812, threshold: 400 }]);
    assert.equal(entry.callerId, '**********23');
    assert.equal(entry.dnis, '**********99');
  });

  it('whatever was answered so far, the log never had a token, a phone number or a secret', async () => {
    await post(runtime, form());
    const log = runtime.lines.join('\n');
    assert.match(log, /device-monitoring\.alert/);
    for (const secret of [TOKEN, CALLER, CALLED, AUTH_TOKEN, 'a-forged-token', 'an-expired-token']) {
      assert.ok(!log.includes(secret.replace('+', '')), `the log has ${secret}`);
    }
  });
});

describe('respond-to-issue on an account that is not set up', () => {
  it("credentials that Twilio does not accept are the operator's fault, not the token's", async (t) => {
    const runtime = await startRuntime({ tokens: { [TOKEN]: {} }, env: { AUTH_TOKEN: 'f'.repeat(32) } });
    t.after(() => runtime.stop());
    const { status, body, text } = await post(runtime, form());
    assert.equal(status, 500);
    assert.equal(body.error, 'not-configured');
    assert.match(body.message, /AUTH_TOKEN/);
    assert.doesNotMatch(text, /f{32}/);
  });

  it('absent credentials are named, and Twilio is not asked', async (t) => {
    const runtime = await startRuntime({ tokens: { [TOKEN]: {} }, env: { AUTH_TOKEN: '' } });
    t.after(() => runtime.stop());
    const { status, body } = await post(runtime, form());
    assert.equal(status, 500);
    assert.match(body.message, /AUTH_TOKEN/);
    assert.equal(runtime.tokenService.requests.length, 0);
  });
});
