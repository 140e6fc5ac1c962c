/** What the Function `calls` keeps of every call, who may write it, and who may read it (rules K1, K2, F1). */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { beat, beatForm, callSid, card, cardsForm } from './support/reports.mjs';
import { TOKEN, WORKER_SID } from './support/requests.mjs';
import twilioModule from './support/twilio/server.cjs';
import worldModule from './support/twilio/world.cjs';

const OTHER_WORKER = 'WK00000000000000000000000000000002';
const WORKSPACE = { TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID };
const KEY = { FLOOR_API_KEY: 'SK00000000000000000000000000000001', FLOOR_API_SECRET: 'a-secret' };
const DAY_MS = 86_400_000;

const workerSid = (n) => `WK${String(1000 + n).padStart(32, '0')}`;
let hosted;
before(async () => {
  const worker = (sid, roles) => ({ worker_sid: sid, roles, realm_user_id: sid, identity: sid });
  hosted = await startHosted({
    tokens: {
      'an-admin': worker(OTHER_WORKER, ['admin']),
      'a-supervisor': worker('WK00000000000000000000000000000003', ['supervisor']),
      'a-visitor': { worker_sid: undefined },
      // Each has a limit of its own.
      ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`agent-${n}`, worker(workerSid(n), ['agent'])])),
    },
  });
});
after(() => hosted?.stop());
beforeEach(() => hosted.reset());

const calls = (event, context = {}) => hosted.ask('calls', event, context);
const itemsOf = (kind) =>
  hosted.twilio.world.floor
    .all()
    .filter(({ uniqueName }) => uniqueName.startsWith(`device-monitoring-${kind}-`))
    .flatMap(({ items }) => [...items.values()]);
const kept = (kind) => itemsOf(kind).map(({ data }) => data);

describe('cards', () => {
  it('are kept with team and site as Twilio has them, whatever the browser says, for as many days as configured', async () => {
    hosted.twilio.world.addWorker({ sid: WORKER_SID, attributes: { team_name: 'Blue', location: 'Lisbon' } });
    const one = card({ team: 'Red', site: 'Mars', callerId: '+12025550123' });
    const { status, body } = await calls(cardsForm([one]), { ...WORKSPACE, FLOOR_DAYS: '7' });
    assert.deepEqual([status, body], [200, { kept: 1, refused: [] }]);
    const [{ data, expires }] = itemsOf('cards');
    const { receivedAt, ...rest } = data;
    const { workerSid: worker, team: _team, site: _site, callerId: _callerId, ...sent } = one;
    assert.deepEqual(rest, { ...sent, worker, team: 'Blue', site: 'Lisbon' });
    assert.ok(Math.abs(Date.now() - receivedAt) < 5_000);
    assert.ok(Math.abs(expires - Date.now() - 7 * DAY_MS) < 5_000);
    assert.ok(Buffer.byteLength(JSON.stringify(data)) < 1_024, 'Sync takes fewer of larger ones');
  });

  it('take the attributes that are configured, and are kept without a place where nobody knows it', async () => {
    hosted.twilio.world.addWorker({ sid: workerSid(1), attributes: { squad: 'Green', office: ' Oslo ' } });
    const names = { FLOOR_TEAM_ATTRIBUTE: 'squad', FLOOR_SITE_ATTRIBUTE: 'office' };
    const of = (n) => cardsForm([card({ workerSid: workerSid(n) })], { Token: `agent-${n}` });
    await calls(of(1), { ...WORKSPACE, ...names });
    await calls(of(2), { ...WORKSPACE, ...names });
    const places = kept('cards').map(({ worker, team, site }) => [worker, team, site]);
    assert.deepEqual(places.sort(), [
      [workerSid(1), 'Green', 'Oslo'],
      [workerSid(2), undefined, undefined],
    ]);
  });

  it('have a place without signs that would turn round what is beside it: agents can change their attributes', async () => {
    hosted.twilio.world.addWorker({
      sid: workerSid(3),
      attributes: { team_name: ' \u202eeulB\u0000\u2028 ', location: '\u202e\u0007' },
    });
    await calls(cardsForm([card({ workerSid: workerSid(3) })], { Token: 'agent-3' }), WORKSPACE);
    const [{ team, site }] = kept('cards');
    assert.deepEqual([team, site], ['eulB', undefined]);
  });

  it('have a place without half a character, which no strict reader of JSON takes', async () => {
    hosted.twilio.world.addWorker({
      sid: workerSid(4),
      attributes: { team_name: `${'A'.repeat(39)}😀B`, location: 'Oslo\ud83d \ude00' },
    });
    await calls(cardsForm([card({ workerSid: workerSid(4) })], { Token: 'agent-4' }), WORKSPACE);
    const [{ team, site }] = kept('cards');
    assert.deepEqual([team, site], [`${'A'.repeat(39)}😀`, 'Oslo']);
  });

  it('have a name for the network in place of the prefix of its address, the same for all who are in it', async () => {
    const of = (n, addressPrefix) =>
      cardsForm([card({ callSid: callSid(n), addressPrefix, network: 'N-of-the-browser' })]);
    await calls(of(1, '198.41.0.0/24'));
    await calls(of(2, '198.41.0.0/24'));
    await calls(of(3, '2001:500:2::/48'));
    await calls(cardsForm([card({ callSid: callSid(4) })]));
    const byCall = new Map(kept('cards').map((data) => [data.callSid, data]));
    const networks = [1, 2, 3, 4].map((n) => byCall.get(callSid(n)).network);
    assert.match(networks[0], /^N-[0-9a-f]{16}$/);
    assert.deepEqual([networks[0] === networks[1], networks[0] === networks[2], networks[3]], [true, false, undefined]);
    assert.doesNotMatch(JSON.stringify(kept('cards')), /198\.41|2001:500|addressPrefix/);
  });

  it('have no name for what is no network of the internet, or is written in another way', async () => {
    for (const [n, addressPrefix] of [
      '10.1.2.0/24',
      '192.0.2.0/24',
      '999.1.2.0/24',
      '198.41.0.77/24',
      '2001:db8::/48',
      '2001:500:2:0::/48',
      'fd00::/48',
      '::/48',
      '1000::/48',
      '4000::/48',
    ].entries()) {
      const { body } = await calls(
        cardsForm([card({ callSid: callSid(n), workerSid: workerSid(56), addressPrefix })], { Token: 'agent-56' }),
      );
      assert.equal(body.kept, 1, addressPrefix);
    }
    assert.deepEqual(
      kept('cards').map(({ network }) => network),
      Array(10).fill(undefined),
    );
  });

  it('have names for ten networks of a worker in a day, so that nobody can try out which network a name is of', async (t) => {
    const of = (n) => card({ callSid: callSid(n), workerSid: workerSid(57), addressPrefix: `198.41.${n}.0/24` });
    const namedOf = async (numbers) => {
      hosted.reset();
      await calls(cardsForm(numbers.map(of), { Token: 'agent-57' }));
      return kept('cards').filter(({ network }) => network).length;
    };
    assert.equal(await namedOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), 10);
    assert.equal(await namedOf([9, 12]), 1);
    const tomorrow = Date.now() + DAY_MS;
    t.mock.method(Date, 'now', () => tomorrow);
    assert.equal(await namedOf([12]), 1);
  });

  it('with a whole address for its prefix, or the name of a headset for its model, are refused', async () => {
    const wrong = [{ addressPrefix: '198.41.0.4' }, { addressPrefix: '2001:500:2::c' }, { headset: "Jane's headset" }];
    const cards = wrong.map((fields, n) => card({ callSid: callSid(n), workerSid: workerSid(9), ...fields }));
    const { body } = await calls(cardsForm(cards, { Token: 'agent-9' }));
    assert.deepEqual([body.kept, body.refused.length], [0, 3]);
  });

  it('with a timeline or evidence of another form are refused, and nothing that a browser made up is told of them', async () => {
    const wrong = [
      { timeline: { 'made-up': [['12', 19]] } },
      { timeline: { 'made-up': [[12]] } },
      { timeline: { 'made-up': [[12, 19, 'made up by a browser']] } },
      { timeline: { 'made-up': [[12, 19, 'wifi', 1]] } },
      { timeline: { 'made-up': 'made-up' } },
      { timeline: { 'made-up': [[-1, 19]] } },
      { timeline: { 'made-up': Array.from({ length: 65 }, () => [1, 1]) } },
      { timeline: ['made-up'] },
      { evidence: { lateMs: 'made-up' } },
      { evidence: { track: 'made up by a browser' } },
      { conditions: { 'made-up': 'made-up' } },
    ];
    const cards = wrong.map((fields, n) => card({ callSid: callSid(n), workerSid: workerSid(8), ...fields }));
    const { body } = await calls(cardsForm(cards, { Token: 'agent-8' }));
    assert.deepEqual([body.kept, body.refused.length], [0, wrong.length]);
    assert.doesNotMatch(JSON.stringify(body.refused.map(({ message }) => message)), /made.up/);
    assert.doesNotMatch(hosted.logText(), /made.up/);
  });

  it('keep a timeline of which the Function does not know every diagnosis, without names of another form', async () => {
    const timeline = { 'new-diagnosis': [[1, 2, 'new-cause']], 'Made up': [[1, 2]] };
    const { body } = await calls(cardsForm([card({ workerSid: workerSid(7), timeline })], { Token: 'agent-7' }));
    assert.deepEqual([body.kept, body.refused], [1, []]);
    assert.deepEqual(kept('cards')[0].timeline, { 'new-diagnosis': [[1, 2, 'new-cause']] });
  });

  it('that come twice are there once, and what was reported later takes the place of what was said before', async () => {
    const one = card();
    await calls(cardsForm([one, card({ callSid: callSid(2) })]));
    await calls(cardsForm([one]));
    assert.equal(itemsOf('cards').length, 2);
    await calls(cardsForm([one, { ...one, agentReport: true }]));
    assert.equal(itemsOf('cards').length, 2);
    assert.equal(kept('cards').find((data) => data.callSid === callSid(1)).agentReport, true);
  });

  it("are refused one by one: another worker's, one of the future, one too old, one that is none", async () => {
    const wrong = [
      card({ callSid: callSid(2), workerSid: OTHER_WORKER }),
      card({ callSid: callSid(3), startedAt: Date.now() + 3_600_000 }),
      card({ callSid: callSid(4), startedAt: Date.now() - 9 * DAY_MS }),
      card({ callSid: callSid(5), durationMs: 'long' }),
      card({ callSid: callSid(6), version: 2 }),
      null,
      [],
      'card',
    ];
    const { status, body } = await calls(cardsForm([card(), ...wrong]));
    assert.deepEqual([status, body.kept, body.refused.length], [200, 1, wrong.length]);
    assert.deepEqual(
      body.refused.slice(0, 3).map(({ id }) => id),
      [2, 3, 4].map((number) => `card-${callSid(number)}`),
    );
    assert.match(body.refused[0].message, /another worker's/);
    assert.deepEqual(
      kept('cards').map((data) => data.callSid),
      [callSid(1)],
    );
    // Once a minute, without anything that the browser has made up.
    assert.equal(hosted.entries('card-refused').length, 1);
  });

  it('of workers who are not to be named have a pseudonym, always the same and never the SID', async () => {
    const { workerSid: _sid, ...unnamed } = card();
    await calls(cardsForm([unnamed, { ...unnamed, callSid: callSid(2) }]));
    const workers = new Set(kept('cards').map(({ worker }) => worker));
    assert.equal(workers.size, 1);
    const [pseudonym] = workers;
    assert.match(pseudonym, /^P-[0-9a-f]{16}$/);
    assert.doesNotMatch(JSON.stringify(itemsOf('cards').map(({ key, data }) => [key, data])), /WK0/);
  });

  it('are all kept in the end when Sync takes no more, and none is there twice', async () => {
    const startedAt = Date.now() - 3_600_000;
    const cards = (n) =>
      Array.from({ length: 10 }, (_, i) => card({ callSid: callSid(100 * n + i), workerSid: workerSid(n), startedAt }));
    const pending = Array.from({ length: 50 }, (_, n) => n);
    let busy = 0;
    // Of the 200 writes in ten seconds that each map takes, others have used most; and a card costs two.
    for (let shard = 0; shard < 8; shard += 1)
      hosted.twilio.world.floor.create(`device-monitoring-cards-${shard}`).writes.spend(170);
    for (let round = 0; pending.length > 0; round += 1) {
      assert.ok(round < 60, 'it does not end');
      const results = await Promise.all(
        pending.map(async (n) => ({
          n,
          answer: await calls(cardsForm(cards(n), { Token: `agent-${n}` }), { FLOOR_SHARDS: '8' }),
        })),
      );
      pending.length = 0;
      for (const { n, answer } of results) {
        if (answer.status === 200) continue;
        // 503: the machine of the test is too busy to answer in time.
        assert.ok([429, 503].includes(answer.status), JSON.stringify(answer.body));
        assert.ok(answer.status === 503 || answer.body.retryAfter > 0);
        busy += answer.status === 429 ? 1 : 0;
        pending.push(n);
      }
      // What the limits count goes by, so that the test does not have to wait for it.
      hosted.twilio.world.floor.forgive();
    }
    assert.ok(busy > 0, 'Sync has refused none: the test has shown nothing');
    assert.equal(itemsOf('cards').length, 500);
  });
});

describe('a beat', () => {
  it('tells how a call is now, in place of what was told of it before, and is gone after minutes', async () => {
    const startedAt = Date.now() - 60_000;
    assert.equal((await calls(beatForm({ startedAt }))).status, 200);
    await calls(beatForm({ startedAt, conditions: undefined, since: undefined, diagnosis: undefined, ended: true }));
    const [{ data, expires }, ...others] = itemsOf('beats');
    assert.equal(others.length, 0);
    assert.deepEqual([data.ended, data.diagnosis, data.worker], [true, undefined, WORKER_SID]);
    assert.ok(expires - Date.now() <= 120_000);
  });

  it('says what it has in common with others, and a name in place of its network', async () => {
    const keys = ['vpn', null, '0b0e:0245', 'chrome/142', '2.12.3', '0.2.0', 'of a newer plugin'.slice(0, 16)];
    const { status } = await calls(beatForm({ keys, addressPrefix: '198.41.0.0/24', network: 'N-of-the-browser' }));
    assert.equal(status, 200);
    const [data] = kept('beats');
    assert.deepEqual([data.keys, data.addressPrefix], [keys, undefined]);
    assert.match(data.network, /^N-[0-9a-zA-Z_-]+$/);
    assert.notEqual(data.network, 'N-of-the-browser');
  });

  it('is written when Sync was busy for a moment, and else the browser is told when to try again', async () => {
    const map = 'sync.items.update';
    hosted.twilio.faults.add({ operation: map, kind: 'status', status: 429 });
    assert.equal((await calls(beatForm({ startedAt: 1 + Date.now() }))).status, 200);
    for (let n = 0; n < 3; n += 1) hosted.twilio.faults.add({ operation: map, kind: 'status', status: 429 });
    const { status, body } = await calls(beatForm());
    assert.deepEqual([status, body.error], [429, 'floor-busy']);
    assert.ok(body.retryAfter > 0);
  });

  it('is written when Sync failed for a moment, before or after it had done so', async () => {
    const startedAt = Date.now() - 60_000;
    // Each worker may send so many reports a minute, and others of these tests are the default agent's.
    const tell = (changes) => calls(beatForm({ workerSid: workerSid(57), ...changes }, { Token: 'agent-57' }));
    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'status', status: 503 }, { kind: 'reset' }]) {
      hosted.twilio.faults.add({ operation: 'sync.items.update', ...fault });
      const at = Date.now();
      assert.equal((await tell({ startedAt, at })).status, 200, JSON.stringify(fault));
      assert.deepEqual(
        kept('beats').map((data) => data.at),
        [at],
      );
    }
    hosted.twilio.faults.add({ operation: 'sync.items.create', kind: 'lose-answer' });
    assert.equal((await tell({ startedAt: startedAt - 1 })).status, 200);
    assert.equal(kept('beats').length, 2);
  });

  it("of another worker's call is refused, and so is what is none", async () => {
    for (const changes of [
      { workerSid: OTHER_WORKER },
      { version: 2 },
      { conditions: ['high-rtt', 7] },
      { at: 'now' },
      { keys: ['a text that is far too long'] },
      { keys: [{}] },
      { addressPrefix: 'Lisbon' },
      { startedAt: Date.now() - 9 * DAY_MS },
    ]) {
      const { status, body } = await calls(beatForm(changes));
      assert.deepEqual([status, body.error], [400, 'beat-invalid'], JSON.stringify(changes));
    }
    assert.deepEqual(itemsOf('beats'), []);
  });
});

describe('a request', () => {
  it('needs the token of a worker', async () => {
    for (const [Token, error] of [
      [undefined, 'token-missing'],
      ['forged', 'token-refused'],
      ['a-visitor', 'token-without-worker'],
    ]) {
      const { status, body } = await calls(cardsForm([card()], { Token }));
      assert.deepEqual([status, body.error], [403, error]);
    }
    assert.deepEqual(itemsOf('cards'), []);
  });

  it('has Twilio asked about the same token once a minute only', async () => {
    const asked = () => hosted.tokenService.requests.filter(({ token }) => token === 'agent-51').length;
    for (let n = 0; n < 3; n += 1) await calls(beatForm({ workerSid: workerSid(51) }, { Token: 'agent-51' }));
    assert.equal(asked(), 1);
  });

  it('that is too large, no JSON, nested, or a list of too many is refused, and nothing is kept', async () => {
    const many = Array.from({ length: 21 }, (_, n) => ({ n }));
    for (const [fields, status] of [
      [{ cards: 'x'.repeat(16_385) }, 413],
      [{ cards: '{"cards": 1}' }, 400],
      [{ cards: '[' }, 400],
      [{ cards: '[]' }, 400],
      [{ cards: JSON.stringify(many) }, 400],
      [{ cards: `${'['.repeat(8000)}${']'.repeat(8000)}` }, 200],
      [{ cards: ['a', 'b'] }, 400],
      [{ cards: undefined, beat: `{"version":1,"x":"${'x'.repeat(600)}"}` }, 413],
      [{ cards: undefined }, 400],
      [{ cards: '[{"__proto__": {"polluted": true}, "version": 1}]' }, 200],
    ]) {
      const answer = await calls({ ...cardsForm([card()]), Token: 'agent-53', ...fields });
      assert.equal(answer.status, status, `${JSON.stringify(fields).slice(0, 60)}: ${JSON.stringify(answer.body)}`);
    }
    assert.deepEqual(itemsOf('cards'), []);
    assert.equal({}.polluted, undefined);
  });

  it('has no more than the beginning of a long name in its answer', async () => {
    const { body } = await calls(
      cardsForm([{ version: 2 }, { version: 2 }], { Token: 'agent-57', ids: `0,${'1'.repeat(9_999)}` }),
    );
    assert.deepEqual(
      body.refused.map(({ id }) => id),
      ['0', '1'.repeat(40)],
    );
  });

  it('is one of at most thirty a minute', async () => {
    const startedAt = Date.now();
    const once = () => calls(beatForm({ workerSid: workerSid(52), startedAt }, { Token: 'agent-52' }));
    for (let n = 0; n < 30; n += 1) assert.equal((await once()).status, 200);
    const { status, body } = await once();
    assert.deepEqual([status, body.error], [429, 'too-many-reports']);
    assert.ok(body.retryAfter >= 1);
  });

  it('says what has to be set up, and logs it once', async () => {
    hosted.twilio.world.addSyncService({ sid: 'IS0000000000000000000000000000000f', aclEnabled: false });
    for (const FLOOR_SYNC_SERVICE_SID of [
      '',
      'the service',
      'IS0000000000000000000000000000000e',
      'IS0000000000000000000000000000000f',
      twilioModule.CLAIMS_SERVICE_SID,
    ]) {
      const { status, body } = await calls(cardsForm([card({ workerSid: workerSid(54) })], { Token: 'agent-54' }), {
        FLOOR_SYNC_SERVICE_SID,
      });
      assert.deepEqual([status, body.error], [503, 'floor-not-set-up'], FLOOR_SYNC_SERVICE_SID);
    }
    const messages = hosted.entries('floor-not-set-up').map(({ message }) => message);
    assert.equal(new Set(messages).size, messages.length);
  });

  it('leaves nothing of itself in the log', async () => {
    await calls(cardsForm([card({ callSid: '+12025550123' })], { Token: 'agent-55' }));
    assert.doesNotMatch(hosted.logText(), /2025550123|agent-55/);
  });
});

describe('who may read', () => {
  const token = (Token, context = KEY) => hosted.ask('floor-token', { Token }, context);
  const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));

  it('is an admin or a supervisor, for an hour, read only, in that service only', async () => {
    for (const [name, sid] of [
      ['an-admin', OTHER_WORKER],
      ['a-supervisor', 'WK00000000000000000000000000000003'],
    ]) {
      const { status, body } = await token(name);
      assert.equal(status, 200, JSON.stringify(body));
      const { grants, exp, iat } = claimsOf(body.token);
      const identity = `device-monitoring-floor-${sid}`;
      assert.deepEqual(grants, { identity, data_sync: { service_sid: twilioModule.FLOOR_SERVICE_SID } });
      assert.equal(exp - iat, 3_600);
      assert.equal(body.beats.length + body.cards.length, 16);
      for (const map of [...body.beats, ...body.cards]) {
        const { permissions } = hosted.twilio.world.floor.find(map);
        assert.deepEqual(permissions.get(identity), { read: true, write: false, manage: false });
      }
      assert.ok(Math.abs(body.now - Date.now()) < 5_000);
    }
  });

  it('is never an agent, nor whoever says that they are more', async () => {
    for (const event of [
      { Token: TOKEN },
      { Token: TOKEN, roles: ['admin'], TokenResult: { roles: ['admin'] } },
      { Token: 'a-visitor' },
      { Token: 'forged' },
    ]) {
      const { status, body } = await hosted.ask('floor-token', event, KEY);
      assert.equal(status, 403);
      assert.equal(body.token, undefined);
    }
    assert.deepEqual(hosted.twilio.world.floor.all(), []);
  });

  it('is told what has to be set up', async () => {
    const { status, body } = await token('an-admin', {});
    assert.deepEqual([status, body.error], [503, 'floor-not-set-up']);
  });
});

describe('"delete everything about this worker"', () => {
  const forget = (fields) => hosted.ask('forget-worker', fields);
  // One whose requests of this minute are not used up.
  const [Token, sid] = ['agent-49', workerSid(49)];

  it('removes their cards, under their SID and under their pseudonym, and no others', async () => {
    const mine = Array.from({ length: 120 }, (_, n) =>
      card({ workerSid: sid, callSid: callSid(n), startedAt: Date.now() - n * 1000 }),
    );
    for (let n = 0; n < mine.length; n += 20) {
      const batch = mine.slice(n, n + 20);
      if (n >= 100) batch.forEach((one) => delete one.workerSid);
      await calls(cardsForm(batch, { Token }));
      hosted.twilio.world.floor.forgive();
    }
    await calls(cardsForm([card({ workerSid: workerSid(56) })], { Token: 'agent-56' }));
    assert.equal(itemsOf('cards').length, 121);
    let removed = 0;
    for (let next; next !== null;) {
      const { status, body } = await forget({ Token: 'an-admin', workerSid: sid, ...(next && { next }) });
      assert.equal(status, 200, JSON.stringify(body));
      ({ next } = body);
      removed += body.removed;
      hosted.twilio.world.floor.forgive();
    }
    assert.equal(removed, 120);
    assert.deepEqual(
      kept('cards').map(({ worker }) => worker),
      [workerSid(56)],
    );
  });

  it('removes what is kept under a pseudonym, by that alone, and says and logs nothing of whose it is', async () => {
    const { workerSid: _sid, ...unnamed } = card();
    await calls(cardsForm([unnamed, card({ workerSid: sid, callSid: callSid(2) })], { Token }));
    await calls(cardsForm([{ ...unnamed, callSid: callSid(3) }], { Token: 'agent-58' }));
    const pseudonym = kept('cards').find((data) => data.callSid === callSid(1)).worker;
    const { status, body } = await forget({ Token: 'an-admin', pseudonym });
    assert.deepEqual([status, body], [200, { removed: 1, next: null }]);
    const left = kept('cards').map((data) => data.callSid);
    assert.deepEqual(left.sort(), [callSid(2), callSid(3)]);
    const [{ pseudonym: logged, by, workerSid: named }] = hosted.entries('worker-forgotten');
    assert.deepEqual([logged, by, named], [pseudonym, OTHER_WORKER, undefined]);
  });

  it('is an admin alone who may say so', async () => {
    const pseudonym = 'P-0123456789abcdef';
    for (const other of [Token, 'a-supervisor', 'forged']) {
      assert.equal((await forget({ Token: other, workerSid: WORKER_SID })).status, 403);
      assert.equal((await forget({ Token: other, pseudonym })).status, 403);
    }
    for (const wrong of [{}, { pseudonym: WORKER_SID }, { pseudonym, workerSid: WORKER_SID }, { workerSid: pseudonym }])
      assert.equal((await forget({ Token: 'an-admin', ...wrong })).status, 400, JSON.stringify(wrong));
    assert.equal((await forget({ Token: 'an-admin', workerSid: "WK' or 1" })).status, 400);
    assert.equal((await forget({ Token: 'an-admin', workerSid: WORKER_SID, next: '../x' })).status, 400);
  });
});

describe('the stand-in of Sync', () => {
  it('refuses what Twilio would: too many writes of one map, an item that is too large', async () => {
    const { floor } = hosted.twilio.world;
    floor.create('one');
    const write = (n, bytes) => floor.createItem('one', { key: `${n}`, text: JSON.stringify('x'.repeat(bytes)) });
    for (let n = 0; n < 200; n += 1) write(n, 100);
    assert.throws(() => write(200, 100), { status: 429 });
    floor.forgive();
    for (let n = 300; n < 319; n += 1) write(n, 10_300);
    assert.throws(() => write(320, 10_300), { status: 429 });
    floor.forgive();
    assert.throws(() => write(400, 16_384), { status: 413 });
    assert.ok(beat());
  });
});
