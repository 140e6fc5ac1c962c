/** What the Function `call-outcome` tells of what was done about a call. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { TOKEN } from './support/requests.mjs';

const ADMIN = 'WK00000000000000000000000000000002';
let hosted;
before(async () => {
  const worker = (sid, roles) => ({ worker_sid: sid, roles, realm_user_id: sid, identity: sid });
  hosted = await startHosted({
    tokens: {
      'an-admin': worker(ADMIN, ['admin']),
      'a-supervisor': worker('WK00000000000000000000000000000003', ['supervisor']),
    },
  });
});
after(() => hosted?.stop());
beforeEach(() => hosted.reset());

const outcome = (Token, callSid) => hosted.ask('call-outcome', { Token, callSid });

describe('what was done about a call', () => {
  it('is told with its action and time, to admins and supervisors', async () => {
    const call = hosted.call();
    assert.equal((await hosted.report('log-call', call)).status, 200);
    for (const Token of ['an-admin', 'a-supervisor']) {
      const { status: answered, body } = await outcome(Token, call.callSid);
      assert.equal(answered, 200, JSON.stringify(body));
      const [{ action, state, at }] = body.alerts;
      assert.deepEqual([body.alerts.length, action, state], [1, 'log-call', 'done']);
      assert.ok(Math.abs(Date.now() - Date.parse(at)) < 10_000);
      assert.deepEqual(Object.keys(body.alerts[0]), ['action', 'state', 'at']);
    }
  });

  it('is nothing where no alert came', async () => {
    const { status, body } = await outcome('an-admin', `CA${'0'.repeat(32)}`);
    assert.deepEqual([status, body], [200, { alerts: [] }]);
  });

  it('is not told to agents or strangers, nor for what is no call', async () => {
    for (const Token of [TOKEN, 'forged']) assert.equal((await outcome(Token, `CA${'0'.repeat(32)}`)).status, 403);
    for (const callSid of [undefined, '', 'in-use', `CA${'0'.repeat(32)}-report`, ['CA']])
      assert.equal((await outcome('an-admin', callSid)).status, 400, String(callSid));
  });
});
