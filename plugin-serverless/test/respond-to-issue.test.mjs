/** The Function in the real runtime, `twilio-run`; only Twilio's token service is a stand-in. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { INSTALLED_ACTIONS } from './support/projects.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import { CALLED, CALLER, TOKEN, alert, form, post } from './support/requests.mjs';

const { ACCOUNT_SID, AUTH_TOKEN, startRuntime } = startRuntimeModule;

describe('respond-to-issue under twilio-run', { concurrency: 2 }, () => {
  let runtime;
  before(async () => {
    runtime = await startRuntime({
      tokens: { [TOKEN]: {}, 'an-expired-token': 'expired', 'a-token-nobody-answers-for': 'hang', 'a-token-answered-with-html': 'broken' },
    });
  });
  after(() => runtime?.stop());

  it('an alert with a valid token is acted on, and the answer says so', async () => {
    const { status, body } = await post(runtime, form());
    assert.equal(status, 200);
    assert.deepEqual(body, { action: 'log-call', alertId: alert().id, result: { logged: true } });
  });

  it('the token is checked at Twilio with the account\'s own credentials', async () => {
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

  it('an expired token is told apart from a forged one in the answer\'s error code', async () => {
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

  it('nothing but an action\'s file can be named as the action', async () => {
    const names = ['../respond-to-issue', '../shared/log', 'shared/log', '/actions/log-call', 'log-call.private', 'LOG-CALL', 'constructor', '__proto__', 'toString'];
    for (const action of names) {
      const { status, body } = await post(runtime, form({ action }));
      assert.equal(status, 400, action);
      assert.equal(body.error, 'action-unknown', action);
    }
  });

  it('the answer carries CORS headers, also when it is an error', async () => {
    for (const fields of [form(), form({ Token: undefined }), form({ action: 'no-such-action' }), form({ alert: '{' })]) {
      const { headers } = await post(runtime, fields);
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.match(headers.get('content-type'), /^application\/json/);
    }
  });

  it('a function call with only the 2021 sample\'s fields is accepted', async () => {
    const { status, body } = await post(runtime, form({ alert: undefined, issues: 'short call,call ended under warning' }));
    assert.equal(status, 200);
    assert.deepEqual(body, { action: 'log-call', alertId: null, result: { logged: true } });
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

  it('a body with 100 kB of nonsense in alert is a 400', async () => {
    for (const nonsense of ['x'.repeat(100_000), '['.repeat(100_000), JSON.stringify(alert({ reasons: 'y'.repeat(100_000) }))]) {
      const { status, body } = await post(runtime, form({ alert: nonsense }));
      assert.equal(status, 400);
      assert.equal(body.error, 'alert-invalid');
    }
  });

  it('a field sent twice is a 400, not a guess', async () => {
    const body = new URLSearchParams(form());
    body.append('action', 'no-such-action');
    const response = await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', body });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error, 'field-invalid');
  });

  it('log-call writes one JSON line without phone numbers or token', async () => {
    const id = 'one-line-for-this-alert';
    const { status } = await post(runtime, form({ alert: JSON.stringify(alert({ id })) }));
    assert.equal(status, 200);
    await runtime.waitForLine((line) => line.includes(id));
    const lines = runtime.lines.filter((line) => line.includes(id));
    assert.equal(lines.length, 1);
    const entry = JSON.parse(lines[0]);
    assert.equal(entry.callSid, alert().callSid);
    assert.deepEqual(entry.reasons, alert().reasons);
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
  it('credentials that Twilio does not accept are the operator\'s fault, not the token\'s', async (t) => {
    const runtime = await startRuntime({ tokens: { [TOKEN]: {} }, env: { AUTH_TOKEN: 'f'.repeat(32) } });
    t.after(() => runtime.stop());
    const { status, body, text } = await post(runtime, form());
    assert.equal(status, 500);
    assert.equal(body.error, 'not-configured');
    assert.doesNotMatch(text, /f{32}/);
    await runtime.waitForLine((line) => line.includes('device-monitoring.not-configured'));
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
