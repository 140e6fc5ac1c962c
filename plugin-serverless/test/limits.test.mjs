/** What one token can cause in a minute, and how long Twilio may be waited for. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sealed } from './support/sync-documents.mjs';
import { startHosted } from './support/hosted.mjs';
import { WORKER_SID, alert, form } from './support/requests.mjs';

const SMS = 'send-sms-to-customer';
const MAX_PER_MINUTE = 30;
const TOKENS = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`token-${index}`, { worker_sid: `WK${String(index).padStart(32, '7')}` }]),
);
const ENV = { SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100', ACTIONS_ENABLED: 'annotate-call' };

describe('one token', { timeout: 120_000 }, () => {
  let hosted;
  before(async () => {
    hosted = await startHosted({
      env: ENV,
      tokens: { ...TOKENS, 'a-token-answered-with-html': 'broken', 'a-token-never-answered': 'hang' },
    });
  });
  after(() => hosted?.stop());
  beforeEach(() => hosted.reset());

  const fault = (operation, kind, more) => hosted.twilio.faults.add({ operation, kind, ...more });
  const count = (workerSid = WORKER_SID) => hosted.twilio.world.documents.get(`device-monitoring-rate-${workerSid}`);
  /** A minute passes. */
  const nextWindow = () =>
    hosted.rewrite(count().uniqueName, (data) => {
      data.at = data.at.map((at) => at - 60_000);
      data.loggedAt -= 60_000;
    });
  const supplement = (callSid) => {
    const { id } = alert({ callSid });
    return { callSid, id: `${id}-report`, supplements: id, agentReports: [{ atMs: 90_000 }] };
  };
  const several = async (times, request) => {
    const answers = [];
    for (let sent = 0; sent < times; sent += 1) answers.push(await request());
    return answers.map(({ status }) => status);
  };

  const KINDS = {
    'alerts that are done': [200, () => hosted.report('log-call', hosted.call())],
    'supplements that are only noted': [200, () => hosted.report(SMS, supplement(`CA${'8'.repeat(32)}`))],
    'alerts that are not JSON': [400, () => hosted.report('log-call', {}, { alert: '{' })],
    'actions that are not there': [400, () => hosted.report('no-such-action')],
    "alerts in a colleague's name": [
      403,
      () => hosted.report('log-call', { workerSid: 'WK00000000000000000000000000000009' }),
    ],
    'alerts about no call': [422, () => hosted.report(SMS, { callSid: undefined })],
    'actions without their settings': [500, () => hosted.report(SMS, hosted.call(), {}, { SMS_TEXT: '' })],
  };
  for (const [what, [status, request]] of Object.entries(KINDS)) {
    it(`is refused after ${MAX_PER_MINUTE} requests in a minute, with ${what}, and each costs one read from then on`, async () => {
      const answered = await several(MAX_PER_MINUTE + 10, request);
      assert.deepEqual(answered, [...Array(MAX_PER_MINUTE).fill(status), ...Array(10).fill(429)]);
      hosted.twilio.requests.length = 0;
      assert.deepEqual(await several(5, request), Array(5).fill(429));
      assert.deepEqual(
        hosted.twilio.requests.map(({ operation }) => operation),
        Array(5).fill('sync.documents.fetch'),
      );
    });
  }

  it('has nothing asked of Twilio beside the count before that has let it through', async () => {
    await several(MAX_PER_MINUTE, () => hosted.report('log-call', {}, { alert: '{' }));
    hosted.twilio.requests.length = 0;
    await hosted.report(SMS, hosted.call());
    assert.deepEqual(
      hosted.twilio.requests.map(({ operation }) => operation),
      ['sync.documents.fetch'],
    );
  });

  it('has one line of refusals in a minute, of whatever kind, and one in the next', async () => {
    for (const [, request] of Object.values(KINDS)) await several(10, request);
    assert.deepEqual(
      hosted.entries('refused').map(({ error }) => error),
      ['alert-invalid'],
    );
    nextWindow();
    await several(70, () => hosted.report(SMS, { callSid: undefined }));
    assert.deepEqual(
      hosted.entries('refused').map(({ error }) => error),
      ['alert-invalid', 'call-unknown'],
    );
  });

  it('has what is wrong with the Function itself logged once a minute, not for every request', async (t) => {
    const start = Date.now() + 7_200_000;
    const clock = t.mock.method(Date, 'now', () => start);
    const without = (name) => hosted.report(SMS, hosted.call(), {}, { [name]: 'x'.repeat(2_000) });
    await several(10, () => without('SMS_FROM'));
    await several(10, () => without('SMS_TEXT'));
    assert.deepEqual(
      hosted.entries('not-configured').map(({ message }) => message.split(' ')[2]),
      ['SMS_FROM', 'SMS_TEXT'],
    );
    clock.mock.mockImplementation(() => start + 60_000);
    await without('SMS_TEXT');
    assert.equal(hosted.entries('not-configured').length, 3);

    const { path } = hosted.functions['actions/log-call'];
    hosted.functions['actions/log-call'].path = `${path}-is-not-there`;
    t.after(() => {
      hosted.functions['actions/log-call'].path = path;
    });
    await several(5, () => hosted.report('log-call', hosted.call()));
    assert.equal(hosted.entries('action-failed').length, 1);
  });

  it('has no more text in one line of the log than docs/security.md says, whatever the alert is full of', async () => {
    const text = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const most = 1_024 * Number(/written into the log, up to (\d+) KB at a time/.exec(text)[1]);
    // What is longer in the log than in an alert: marks that are escaped there, and figures.
    const marks = '\u202e'.repeat(200);
    const figures = { startMs: 'BIG', endMs: 'BIG', raisedMs: 0, clearedMs: 0, worst: 'BIG', threshold: 'BIG' };
    const condition = (episodes) => ({
      name: 'a',
      side: 'a',
      direction: null,
      episodes: Array(episodes).fill(figures),
    });
    const filled = (episodes) =>
      JSON.stringify(
        alert({
          callerId: undefined,
          dnis: undefined,
          reasons: Array(5).fill({ rule: 'a', value: 'BIG', threshold: 'BIG', text: marks }),
          conditions: [...Array(Math.floor(episodes / 10)).fill(condition(10)), condition(episodes % 10)],
          metrics: {},
          browser: undefined,
          edge: undefined,
        }),
      ).replaceAll('"BIG"', '-1e12');
    let episodes = 0;
    while (Buffer.byteLength(filled(episodes + 1)) <= 16_384) episodes += 1;
    const { status } = await hosted.send(form({ alert: filled(episodes), issues: marks }));
    assert.equal(status, 200);
    const longest = Buffer.byteLength(hosted.logText());
    assert.ok(longest <= most && longest > 0.8 * most, `${longest} bytes with ${episodes} episodes`);
  });

  it('that did nothing wrong before has a line that says it is refused beyond the limit', async () => {
    await several(MAX_PER_MINUTE + 3, () => hosted.report('log-call', hosted.call()));
    assert.deepEqual(
      hosted.entries('refused').map(({ error, workerSid }) => [error, workerSid]),
      [['too-many-alerts', WORKER_SID]],
    );
  });

  it('has one line of refusals also when they come at the same moment', async () => {
    await hosted.report('log-call', hosted.call());
    await Promise.all(Array.from({ length: 6 }, () => hosted.report('log-call', {}, { alert: '{' })));
    assert.equal(hosted.entries('refused').length, 1);
  });

  it('has one line of refusals also when Sync has enough of its requests in between, and afterwards', async () => {
    for (const [Token, skips] of [
      ['token-3', [1, 1]],
      ['token-4', [0, 1]],
    ]) {
      hosted.reset();
      for (const skip of skips) {
        fault('sync.documents.fetch', 'status', { status: 429, skip });
        await several(2, () => hosted.report('log-call', {}, { Token, alert: '{' }));
      }
      assert.deepEqual(hosted.entries('refused').length, 1, Token);
    }
  });

  it('of one worker does not use up what another may do, nor hide that it is refused', async () => {
    await several(MAX_PER_MINUTE + 1, () => hosted.report('log-call', {}, { alert: '{' }));
    assert.equal((await hosted.report('log-call', { workerSid: undefined }, { Token: 'token-1' })).status, 200);
    assert.equal((await hosted.report('log-call', {}, { Token: 'token-1', alert: '{' })).status, 400);
    assert.equal(hosted.entries('refused').length, 2);
  });

  it('is limited by each instance by itself while Sync does not answer, which is logged once a minute', async (t) => {
    const later = Date.now() + 3_600_000;
    t.mock.method(Date, 'now', () => later);
    fault('sync.documents.fetch', 'status', { status: 500, times: null });
    const Token = 'token-2';
    const own = { workerSid: undefined };
    assert.deepEqual(await several(MAX_PER_MINUTE + 5, () => hosted.report('log-call', own, { Token })), [
      ...Array(MAX_PER_MINUTE).fill(200),
      ...Array(5).fill(429),
    ]);
    assert.deepEqual(await several(3, () => hosted.report('log-call', {}, { Token, alert: '{' })), Array(3).fill(429));
    assert.equal(hosted.entries('refused').length, 1);
    assert.equal(hosted.entries('sync-unavailable').length, 1);
  });

  it('is not refused because of a count that is not of the expected form', async () => {
    const future = Date.now() + 3_600_000;
    const own = [
      {},
      { at: 'no list' },
      { at: 7 },
      { at: [null, 'a', {}, 1e308] },
      { at: Array(40).fill(future), loggedAt: future },
    ].map((data) => sealed(`device-monitoring-rate-${WORKER_SID}`, data));
    for (const data of [...own, null, {}, { at: Array(40).fill(Date.now()) }, [], 'text']) {
      hosted.reset();
      await hosted.report('log-call', hosted.call());
      count().data = data;
      assert.equal((await hosted.report('log-call', hosted.call())).status, 200, JSON.stringify(data));
      assert.equal(count().data.at.length, 1);
      count().data = data;
      await hosted.report('log-call', {}, { alert: '{' });
      assert.equal(hosted.entries('refused').length, 1, JSON.stringify(data));
    }
  });

  describe('with a supplement that is only noted', () => {
    const noted = () => hosted.entries('outcome').at(-1);

    it('has the call looked up', async () => {
      const { callSid } = hosted.call();
      assert.deepEqual((await hosted.report(SMS, supplement(callSid))).body, {
        action: SMS,
        alertId: `alert-${callSid}-report`,
        outcome: 'noted',
      });
      assert.deepEqual([noted().outcome, noted().verified, noted().why], ['noted', true, undefined]);
    });

    it("has a colleague's call, one that is not there and none at all marked as not verified", async () => {
      const { callSid } = hosted.call({ identity: 'other_40example_2Ecom' });
      for (const sid of [callSid, `CA${'8'.repeat(32)}`]) {
        await hosted.report(SMS, supplement(sid));
        assert.deepEqual([noted().outcome, noted().verified, noted().why], ['noted', false, 'not-your-call'], sid);
      }
      const { id } = alert({ callSid: undefined });
      await hosted.report(SMS, { callSid: undefined, id: `${id}-report`, supplements: id });
      assert.deepEqual([noted().outcome, noted().verified], ['noted', false]);
    });
  });

  it('that Twilio has not confirmed writes nothing into the log, whatever Twilio answers or fails to', async () => {
    const strangers = [
      [503, { Token: 'a-token-answered-with-html' }, {}],
      [500, { Token: 'a-forged-token' }, { AUTH_TOKEN: 'f'.repeat(32) }],
      [500, { Token: 'a-forged-token' }, { AUTH_TOKEN: '' }],
      [500, { Token: 'a-forged-token' }, { TWILIO_REGION: 7 }],
      [503, { Token: 'a-token-never-answered' }, {}],
      [403, { Token: 'a-forged-token' }, {}],
    ];
    for (const [status, fields, context] of strangers) {
      const asked = hosted.tokenService.requests.length;
      assert.equal((await hosted.send(form(fields), context)).status, status, JSON.stringify([fields, context]));
      assert.ok(hosted.tokenService.requests.length <= asked + 1, 'one question for each token');
    }
    assert.deepEqual(hosted.entries(), []);
    assert.deepEqual(hosted.twilio.requests, []);
  });

  it("costs what a server of Twilio's that drips may cost, and no more", async () => {
    fault('*', 'drip', { times: null });
    const answers = await Promise.all([hosted.report('log-call', hosted.call()), hosted.report(SMS, hosted.call())]);
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.error]),
      [
        [200, undefined],
        [503, 'call-lookup-unavailable'],
      ],
    );
    hosted.reset();

    fault('messages.create', 'drip');
    assert.equal((await hosted.report(SMS, hosted.call())).body.outcome, 'unknown');
  });
});
