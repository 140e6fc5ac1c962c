/** What the Function `configuration` reads and writes, for whom, and what it says when something fails (rule S1). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { TOKEN } from './support/requests.mjs';

const OURS = 'DeviceMonitoringPlugin';
const HISTORY = 'device-monitoring-configuration';
const { edits, changes } = JSON.parse(await readFile(new URL('configuration-cases.json', import.meta.url), 'utf8'));
const document = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');

const workerSid = (n) => `WK${String(2000 + n).padStart(32, '0')}`;
const user = (n, roles) => ({
  worker_sid: workerSid(n),
  roles,
  realm_user_id: `person-${n}@example.com`,
  identity: `person-${n}_40example_2Ecom`,
});
// Each has a limit of its own.
const ADMINS = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`admin-${n}`, user(n, ['admin'])]));

let hosted;
let admins = 0;
before(async () => {
  hosted = await startHosted({
    tokens: {
      ...ADMINS,
      'a-supervisor': user(100, ['supervisor']),
      'a-second-supervisor': user(102, ['supervisor']),
      'no-roles': user(101, undefined),
      'a-visitor': { worker_sid: null, roles: ['admin'] },
      'an-expired-token': 'expired',
      'a-token-of-another-account': 'another-account',
    },
  });
});
after(() => hosted?.stop());
beforeEach(() => {
  hosted.reset();
  admins += 1;
});

const token = () => `admin-${admins}`;
const ask = (fields = {}, context = {}) => hosted.ask('configuration', { Token: token(), ...fields }, context);
const put = (text, place = 'attributes') => hosted.twilio.world.flexConfiguration.set(place, text);
const there = (place = 'attributes') => hosted.twilio.world.flexConfiguration.get(place);
const writes = () => hosted.twilio.requests.filter(({ operation }) => operation === 'configuration.update');
const entries = () => [...(hosted.twilio.world.claimsMaps.find(HISTORY)?.items.values() ?? [])].map(({ data }) => data);

/** Reads, and writes a block. */
async function change(block, fields = {}) {
  const { body } = await ask({ place: fields.place, ...(fields.Token && { Token: fields.Token }) });
  const { version } = body.places[fields.place ?? 'attributes'];
  return ask({ block: JSON.stringify(block), seen: JSON.stringify(version), ...fields });
}

describe('what is written', () => {
  for (const { name, before: was, block, after: is } of edits) {
    it(`leaves every other byte: ${name}`, async () => {
      put(was);
      put(was === 'null' ? '{}' : was, 'ui_attributes');
      const { status, body } = await change(block);
      assert.deepEqual([status, body.state], [200, 'written'], JSON.stringify(body));
      assert.equal(there(), is);
      assert.equal(there('ui_attributes'), was === 'null' ? '{}' : was);
      assert.deepEqual(JSON.parse(body.places.attributes.block), block);
    });
  }

  it('is there in time where the block came thousands of times', async () => {
    // The whole was read again for each of them, which ended the Function.
    put(`{"a":1,${Array(10_000).fill(`"${OURS}":{}`)}}`);
    assert.equal((await change({ alertAgent: true })).body.state, 'written');
    assert.equal(there(), `{"a":1,"${OURS}":{"alertAgent":true}}`);
  });

  it('can be in ui_attributes', async () => {
    put('{"a":1.0}');
    put('{"theme": {}}', 'ui_attributes');
    assert.equal((await change({ alertAgent: true }, { place: 'ui_attributes' })).status, 200);
    assert.equal(there('ui_attributes'), `{"theme": {},"${OURS}": {"alertAgent":true}}`);
    assert.equal(there(), '{"a":1.0}');
  });

  it('is nothing where there is no difference', async () => {
    put(`{"${OURS}":{"highRttThreshold":4e2}}`);
    const { status, body } = await change({ highRttThreshold: 400 });
    assert.deepEqual([status, body.state, writes().length, entries().length], [200, 'unchanged', 0, 0]);
  });
});

describe('a change of somebody else since it was read', () => {
  for (const { name, read, now, changed } of changes) {
    it(`${changed.length ? 'is noticed' : 'is none'}: ${name}`, async () => {
      put(read);
      const { body } = await ask();
      put(now);
      const block = { highJitterThreshold: 31 };
      const seen = JSON.stringify(body.places.attributes.version);
      const answer = await ask({ block: JSON.stringify(block), seen });
      if (changed.length === 0) {
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        return;
      }
      assert.deepEqual([answer.status, answer.body.error], [409, 'configuration-changed']);
      assert.deepEqual([...answer.body.changed].sort(), [...changed].sort());
      assert.equal(answer.body.state, 'not-written');
      assert.equal(there(), now);
      assert.deepEqual([writes(), entries()], [[], []]);
      // With what is there now it can be tried again.
      const again = JSON.stringify(answer.body.places.attributes.version);
      assert.equal((await ask({ block: JSON.stringify(block), seen: again })).status, 200);
    });
  }

  it('is noticed when two admins write at once: one has written, the other is told so', async () => {
    put('{"other":1.50}');
    const { body } = await ask();
    const seen = JSON.stringify(body.places.attributes.version);
    const answers = await Promise.all(
      [1, 2].map((n) => ask({ Token: `admin-${110 + n}`, block: JSON.stringify({ noticesPerShift: n }), seen })),
    );
    const [first, second] = answers.sort((one, other) => one.status - other.status);
    assert.deepEqual([first.status, second.status], [200, 409]);
    assert.match(second.body.error, /^configuration-(busy|changed)$/);
    assert.equal(writes().length, 1);
    assert.equal(there(), `{"other":1.50,"${OURS}": ${first.body.places.attributes.block}}`);
  });
});

describe('writes', () => {
  it('take turns: of several at once one is done, and the others are told that somebody is writing', async () => {
    put('{}');
    const { body } = await ask();
    const seen = JSON.stringify(body.places.attributes.version);
    const answers = await Promise.all([1, 2, 3].map((n) => ask({ block: `{"highRttThreshold":${400 + n}}`, seen })));
    const ends = answers.map(({ body: { error, state } }) => error ?? state);
    assert.equal(ends.filter((end) => end === 'written').length, 1, `${ends}`);
    // On a busy machine one may come when the first has written.
    assert.ok(
      ends.every((end) => ['written', 'configuration-busy', 'configuration-changed'].includes(end)),
      `${ends}`,
    );
    assert.equal(writes().length, 1);
  });

  it('do not wait for an instance that has died while its clock was wrong', async () => {
    put('{}');
    assert.equal((await change({ alertAgent: true })).status, 200);
    const isHeldFor = (ms) => hosted.rewrite(HISTORY, (lock) => Object.assign(lock, { until: Date.now() + ms }));
    isHeldFor(14_000);
    assert.equal((await change({ alertAgent: false })).body.error, 'configuration-busy');
    isHeldFor(3_600_000);
    assert.equal((await change({ alertAgent: false })).body.state, 'written');
  });
});

describe('when something fails, the answer says what state things are in', () => {
  const block = { enabled: false };
  const NOT_WRITTEN = { state: 'not-written', isThere: false };
  /** [what fails, the fault, status, error, state, whether it is there afterwards] */
  const FAILURES = [
    [
      'reading',
      { operation: 'configuration.fetch', kind: 'status', status: 500, skip: 1 },
      503,
      'configuration-unavailable',
      NOT_WRITTEN,
    ],
    [
      'reading, by a cut connection',
      { operation: 'configuration.fetch', kind: 'reset', skip: 1 },
      503,
      'configuration-unavailable',
      NOT_WRITTEN,
    ],
    [
      'reading, without end',
      { operation: 'configuration.fetch', kind: 'drip', skip: 1 },
      503,
      'configuration-unavailable',
      NOT_WRITTEN,
    ],
    [
      'reading, by another protocol',
      { operation: 'configuration.fetch', kind: 'upgrade', skip: 1 },
      503,
      'configuration-unavailable',
      NOT_WRITTEN,
    ],
    [
      'the history',
      { operation: 'sync.items.create', kind: 'status', status: 503 },
      503,
      'history-unavailable',
      NOT_WRITTEN,
    ],
    [
      'the lock',
      { operation: 'sync.documents.fetch', match: HISTORY, kind: 'status', status: 503 },
      503,
      'history-unavailable',
      NOT_WRITTEN,
    ],
    [
      'writing, by a refusal',
      { operation: 'configuration.update', kind: 'status', status: 400 },
      502,
      'configuration-refused',
      NOT_WRITTEN,
    ],
    [
      'writing, as it is too often',
      { operation: 'configuration.update', kind: 'status', status: 429, retryAfter: 7 },
      503,
      'configuration-unavailable',
      NOT_WRITTEN,
    ],
    [
      'writing, by a failure of Twilio',
      { operation: 'configuration.update', kind: 'status', status: 500 },
      502,
      'configuration-unknown',
      { state: 'unknown', isThere: false },
    ],
    [
      'writing, by another protocol',
      { operation: 'configuration.update', kind: 'upgrade' },
      502,
      'configuration-unknown',
      { state: 'unknown', isThere: false },
    ],
    [
      'writing, without an answer',
      { operation: 'configuration.update', kind: 'hang' },
      502,
      'configuration-unknown',
      { state: 'unknown', isThere: false },
    ],
    [
      'the answer to the writing, in whose place a gateway refuses',
      { operation: 'configuration.update', kind: 'page', status: 403 },
      502,
      'configuration-unknown',
      { state: 'unknown', isThere: false },
    ],
    [
      'the answer to the writing, which is then read back',
      { operation: 'configuration.update', kind: 'lose-answer' },
      200,
      undefined,
      { state: 'written', isThere: true },
    ],
    [
      'reading back',
      { operation: 'configuration.fetch', kind: 'status', status: 500, skip: 2, times: null },
      502,
      'configuration-unverified',
      { state: 'unverified', isThere: true },
    ],
    [
      'reading back once',
      { operation: 'configuration.fetch', kind: 'slow', delayMs: 300, skip: 2 },
      200,
      undefined,
      { state: 'written', isThere: true },
    ],
    [
      'the note that it was written',
      { operation: 'sync.items.update', kind: 'status', status: 503 },
      200,
      undefined,
      { state: 'written', isThere: true },
    ],
  ];
  for (const [what, fault, status, error, { state, isThere }] of FAILURES) {
    it(`${what}: ${state}`, async () => {
      put('{"other":1.50}');
      hosted.twilio.faults.add(fault);
      const { status: said, body } = await change(block);
      assert.deepEqual([said, body.error, body.state], [status, error, state], JSON.stringify(body));
      assert.equal(there(), isThere ? `{"other":1.50,"${OURS}": {"enabled":false}}` : '{"other":1.50}');
      if (fault.retryAfter) assert.equal(body.retryAfter, fault.retryAfter);
      // Whatever failed, the next one can write.
      hosted.twilio.faults.clear();
      assert.equal((await change({ enabled: true }, { Token: token() })).status, 200);
    });
  }

  it('both writing and reading back: nobody knows', async () => {
    hosted.twilio.faults.add({ operation: 'configuration.update', kind: 'lose-answer' });
    hosted.twilio.faults.add({ operation: 'configuration.fetch', kind: 'status', status: 500, skip: 2, times: null });
    const { status, body } = await change(block);
    assert.deepEqual([status, body.error, body.state], [502, 'configuration-unknown', 'unknown']);
    assert.deepEqual(
      entries().map(({ state }) => state),
      ['unknown'],
    );
  });

  it('somebody who writes at the very moment, past this Function: what is there differs', async () => {
    put('{"other":1}');
    const { flexConfiguration } = hosted.twilio.world;
    const update = flexConfiguration.update.bind(flexConfiguration);
    flexConfiguration.update = (text) => {
      const answer = update(text);
      flexConfiguration.set('attributes', '{"other":2}');
      return answer;
    };
    const { status, body } = await change(block);
    assert.deepEqual([status, body.error, body.state], [502, 'configuration-differs', 'differs']);
    assert.deepEqual(body.changed.sort(), [OURS, 'other'].sort());
    assert.equal(body.places.attributes.block, null);
    assert.deepEqual(
      entries().map(({ state }) => state),
      ['differs'],
    );
  });

  it('a Function that died while it wrote leaves a note that says so', async () => {
    hosted.twilio.faults.add({ operation: 'sync.items.update', kind: 'status', status: 503 });
    await change(block);
    const { body } = await ask();
    assert.deepEqual(
      body.history.map(({ state }) => state),
      ['writing'],
    );
  });
});

describe('the history', () => {
  it('says who, when and what, the newest first, and what was put back', async () => {
    put(`{"${OURS}": {"highRttThreshold": 4e2}}`);
    const started = Date.now();
    await change({ highRttThreshold: 500 });
    const { body } = await change(null);
    const [second, first] = body.history;
    assert.deepEqual(
      [first.before, first.after, second.before, second.after],
      ['{"highRttThreshold": 4e2}', '{"highRttThreshold":500}', '{"highRttThreshold":500}', null],
    );
    assert.deepEqual(first.by, { workerSid: workerSid(admins), name: `person-${admins}@example.com` });
    assert.deepEqual([first.state, first.place], ['written', 'attributes']);
    assert.ok(first.at >= started && first.at <= second.at && second.at <= Date.now());

    const restored = await change(JSON.parse(first.before), { restores: first.id });
    assert.equal(restored.status, 200);
    assert.equal(there(), `{"${OURS}": {"highRttThreshold":400}}`);
    assert.equal(restored.body.history[0].restores, first.id);
  });

  it('has the last fifty', async () => {
    const maps = hosted.twilio.world.claimsMaps;
    maps.create(HISTORY);
    const old = (n) => ({
      key: `${1_700_000_000_000 + n}-0000abcd`,
      text: JSON.stringify({ at: n, state: 'written' }),
    });
    for (let n = 0; n < 60; n += 1) maps.createItem(HISTORY, old(n));
    const { body } = await change({ noticesPerShift: 7 });
    assert.equal(body.history.length, 50);
    assert.equal(body.history[0].after, '{"noticesPerShift":7}');
    assert.equal(body.history[1].at, 59);
    assert.equal(entries().length, 50);
  });

  it('is not given where Sync is not set up, and nothing is written then', async () => {
    const context = { SYNC_SERVICE_SID: '' };
    const { status, body } = await ask({}, context);
    assert.deepEqual([status, body.history], [200, null]);
    const seen = JSON.stringify(body.places.attributes.version);
    const written = await ask({ block: '{}', seen }, context);
    assert.deepEqual(
      [written.status, written.body.error, written.body.state],
      [503, 'history-unavailable', 'not-written'],
    );
    assert.deepEqual(writes(), []);
  });
});

describe('the log', () => {
  it('has who changed which property, without values, tokens and anything of others', async () => {
    put('{"AnotherPlugin":{"apiKey":"their-secret-key"}}');
    await change({ action: 'send-sms-to-customer' });
    put('{"AnotherPlugin":{"apiKey":"their-other-secret"}}');
    await ask({ block: '{"enabled":false}', seen: '{}' });
    assert.deepEqual(hosted.entries('configuration'), [
      {
        event: 'device-monitoring.configuration',
        workerSid: workerSid(admins),
        place: 'attributes',
        state: 'written',
        properties: ['action'],
      },
    ]);
    assert.deepEqual(hosted.entries('configuration-refused'), [
      {
        event: 'device-monitoring.configuration-refused',
        code: 'configuration-changed',
        workerSid: workerSid(admins),
        place: 'attributes',
        state: 'not-written',
      },
    ]);
    assert.doesNotMatch(hosted.logText(), /send-sms|secret|admin-|person-|AnotherPlugin|0123456789abcdef/);
  });
});

describe('whoever may not, or sends what no page sends', () => {
  const write = (block, fields) => () => ask({ block, seen: '{}', ...fields });
  const nested = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  /** Every attempt of docs/security.md: [its sentence there, status, error, () → answer]. */
  const ATTEMPTS = [
    ["an agent's token", 403, 'not-an-admin', write('{}', { Token: TOKEN })],
    ["a supervisor's token", 403, 'not-an-admin', write('{}', { Token: 'a-supervisor' })],
    ["an agent's token, to read", 403, 'not-an-admin', () => ask({ Token: TOKEN })],
    ['a token without roles', 403, 'not-an-admin', write('{}', { Token: 'no-roles' })],
    [
      "roles in the request beside an agent's token",
      403,
      'not-an-admin',
      write('{}', { Token: TOKEN, roles: ['admin'], TokenResult: { valid: true, roles: ['admin'] } }),
    ],
    ["a visitor's token that says it is an admin's", 403, 'token-without-worker', write('{}', { Token: 'a-visitor' })],
    ['a forged token, for the configuration', 403, 'token-refused', write('{}', { Token: 'forged' })],
    ['an expired token, for the configuration', 403, 'token-expired', write('{}', { Token: 'an-expired-token' })],
    [
      "another account's token, for the configuration",
      403,
      'token-refused',
      write('{}', { Token: 'a-token-of-another-account' }),
    ],
    ['no token, for the configuration', 403, 'token-missing', write('{}', { Token: undefined })],
    ['a block of more than 4 KB', 413, 'block-too-large', write(JSON.stringify({ action: 'x'.repeat(4_001) }))],
    [
      'a block that has more than 4 KB when its numbers are written out',
      413,
      'block-too-large',
      write(`{"pilot":[${Array(500).fill('1e20').join()}]}`),
    ],
    ['a request of more than 64 KB', 413, 'request-too-large', write('{}', { seen: 'x'.repeat(70_000) })],
    ['a text of more than 200 characters', 400, 'block-invalid', write(JSON.stringify({ action: 'x'.repeat(201) }))],
    ['a block nested deeply', 400, 'block-invalid', write(`{"pilot":${nested.slice(1_500, -1_500)}}`)],
    ['a block nested more deeply than is read', 400, 'block-invalid', write('[{"a":[[[[[[[[1]]]]]]]]}]'.slice(1, -1))],
    ['a property __proto__', 400, 'block-invalid', write('{"__proto__":{"alertAgent":true}}')],
    ['a property constructor, inside', 400, 'block-invalid', write('{"pilot":{"constructor":{"prototype":{}}}}')],
    ['a text with half of a character', 400, 'block-invalid', write('{"action":"\\ud83d"}')],
    ["a property with another script's letters", 400, 'block-invalid', write('{"еnabled":true}')],
    ['the block in a block', 400, 'block-invalid', write(`{"${OURS}":{}}`)],
    ['a property twice', 400, 'block-invalid', write('{"enabled":true,"enabled":false}')],
    ['a number that would be rounded', 400, 'block-invalid', write('{"highRttThreshold":9007199254740993}')],
    ['a block that is a list', 400, 'block-invalid', write('[]')],
    ['a block that is no JSON', 400, 'block-invalid', write('{"enabled":true,}')],
    ['a block that is no text', 400, 'block-invalid', write({ enabled: true })],
    ['no version of what was read', 400, 'field-invalid', write('{}', { seen: undefined })],
    ['a place that is not ours, such as account_sid', 400, 'field-invalid', write('{}', { place: 'account_sid' })],
    ['a place __proto__', 400, 'field-invalid', write('{}', { place: '__proto__' })],
    ['an id of a change that is none', 400, 'field-invalid', write('{}', { restores: '../x' })],
    ['an id of a change in a list', 400, 'field-invalid', write('{}', { restores: ['0000000000000-deadbeef'] })],
    ['an id of a change that is no text', 400, 'field-invalid', write('{}', { restores: { toString: 1 } })],
    ['a version of what was read in a list', 400, 'field-invalid', write('{}', { seen: ['{}'] })],
    [
      'a configuration in which attributes is a text',
      422,
      'configuration-not-an-object',
      () => {
        put('"on"');
        return write('{}')();
      },
    ],
    [
      'a configuration nested so deeply that it cannot be read',
      502,
      'configuration-unreadable',
      () => {
        put(`{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
        return write('{}')();
      },
    ],
    [
      'a configuration whose block has more than 4 KB',
      422,
      'configuration-too-large',
      async () => {
        put(`{"${OURS}":"${'x'.repeat(4_001)}"}`);
        return change({ enabled: false });
      },
    ],
  ];

  for (const [what, status, error, attempt] of ATTEMPTS) {
    it(`${what}: ${status} ${error}, and nothing is written`, async () => {
      put('{"other":1.50}');
      const { status: said, body } = await attempt();
      assert.deepEqual([said, body.error], [status, error], JSON.stringify(body));
      assert.deepEqual([writes(), entries()], [[], []]);
      assert.ok(
        document.includes(`| ${what} | ${status} \`${error}\` |`),
        `docs/security.md says nothing of "${what}"`,
      );
    });
  }

  it('are all that docs/security.md has of it', () => {
    const [, table] = /## The configuration\n[^]*?(\n\|[^]*?\n)\n/.exec(document) ?? [];
    const rows = table.trim().split('\n').slice(2);
    assert.deepEqual(
      rows.map((row) => row.split(' | ')[0].slice(2)).sort(),
      [...ATTEMPTS.map(([what]) => what), 'a 31st request about the configuration in a minute'].sort(),
    );
  });

  it('a 31st request about the configuration in a minute: 429 too-many-requests, logged once', async () => {
    for (let n = 1; n <= 30; n += 1) {
      assert.equal((await ask({ Token: 'a-second-supervisor' })).body.error, 'not-an-admin');
    }
    const { status, body } = await ask({ Token: 'a-second-supervisor' });
    assert.deepEqual([status, body.error], [429, 'too-many-requests']);
    assert.ok(body.retryAfter > 0);
    assert.equal(hosted.entries('configuration-refused').length, 1);
  });
});
