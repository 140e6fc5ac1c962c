/** Who gets a token for the test call, and what it lets them do; what Twilio is told to do with that call. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import runtimeModule from './support/start-runtime.cjs';
import { TOKEN, WORKER_SID } from './support/requests.mjs';

const { startRuntime, ACCOUNT_SID } = runtimeModule;
const KEY = 'SK00000000000000000000000000000002';
const SECRET = 'the-secret-of-the-test-calls-key';
const APP = 'AP00000000000000000000000000000001';
const SET_UP = { PREFLIGHT_API_KEY: KEY, PREFLIGHT_API_SECRET: SECRET, PREFLIGHT_TWIML_APP_SID: APP };

const ask = async (runtime, fields) => {
  const response = await fetch(`${runtime.url}/preflight-token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: await response.json() };
};
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

describe('a token for the test call', () => {
  let runtime;
  before(async () => {
    runtime = await startRuntime({ tokens: { [TOKEN]: {} }, env: SET_UP });
  });
  after(() => runtime?.stop());

  it('lets its bearer call the TwiML app for two minutes, under an identity of its own that nobody can ring', async () => {
    const { status, body } = await ask(runtime, { Token: TOKEN });
    assert.deepEqual([status, Object.keys(body)], [200, ['token']]);
    const [header, payload, signature] = body.token.split('.');
    assert.equal(createHmac('sha256', SECRET).update(`${header}.${payload}`).digest('base64url'), signature);
    const { iss, sub, iat, exp, grants } = decode(payload);
    assert.deepEqual([iss, sub, exp - iat], [KEY, ACCOUNT_SID, 120]);
    assert.deepEqual(grants, {
      identity: `device_monitoring_preflight_${WORKER_SID}`,
      // What is not named is not allowed.
      voice: { outgoing: { application_sid: APP } },
    });
  });

  it('is given to nobody else, and says nothing of the key', async () => {
    for (const fields of [{}, { Token: 'forged' }, { Token: TOKEN.slice(1) }]) {
      const { status, body } = await ask(runtime, fields);
      assert.equal(status, 403);
      assert.ok(!JSON.stringify(body).includes(SECRET) && !('token' in body));
    }
    assert.ok(!runtime.lines.some((line) => line.includes(SECRET)));
  });

  it('is not given 31 times in a minute', async () => {
    const statuses = [];
    for (let n = 0; n < 30; n += 1) statuses.push((await ask(runtime, { Token: TOKEN })).status);
    assert.equal(statuses.at(-1), 429);
    assert.equal(statuses.filter((status) => status === 200).length, 29);
  });

  it('leads to a call that is answered, dials nobody and ends', async () => {
    const response = await fetch(`${runtime.url}/preflight-call`, { method: 'POST' });
    assert.match(response.headers.get('content-type'), /^text\/xml/);
    assert.equal(
      await response.text(),
      '<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="30"/></Response>',
    );
  });
});

describe('without a key, a secret or a TwiML app', () => {
  for (const missing of Object.keys(SET_UP)) {
    it(`there is none: ${missing}`, async () => {
      const runtime = await startRuntime({ tokens: { [TOKEN]: {} }, env: { ...SET_UP, [missing]: '' } });
      try {
        const { status, body } = await ask(runtime, { Token: TOKEN });
        assert.deepEqual([status, body.error], [503, 'preflight-not-set-up']);
        await runtime.waitForLine((line) => line.includes('device-monitoring.preflight-not-set-up'));
      } finally {
        await runtime.stop();
      }
    });
  }
});
