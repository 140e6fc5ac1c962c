/** What somebody with a token, or a fault of Twilio's, can do to the Functions of the floor. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { pieceForm, piecesOf, recorded } from './support/recordings.mjs';
import { beatForm, callSid, card, cardsForm } from './support/reports.mjs';
import { TOKEN, WORKER_SID } from './support/requests.mjs';
import twilioModule from './support/twilio/server.cjs';

const KEY = { FLOOR_API_KEY: 'SK00000000000000000000000000000001', FLOOR_API_SECRET: 'a-secret' };
const ADMIN_SID = 'WK00000000000000000000000000000002';
const REQUESTS_A_MINUTE = 30;

const worker = (sid, roles) => ({ worker_sid: sid, roles, realm_user_id: sid, identity: sid });
const sidOf = (n) => `WK${String(2000 + n).padStart(32, '0')}`;

/** Each attempt of docs/security.md on the floor: [its sentence there, Function, status, error, fields, context]. */
const ATTEMPTS = [
  ['a forged token', 'calls', 403, 'token-refused', () => beatForm({}, { Token: 'forged' })],
  ["a visitor's token", 'calls', 403, 'token-without-worker', () => beatForm({}, { Token: 'a-visitor' })],
  ["an agent's token, to read", 'floor-token', 403, 'not-a-supervisor', () => ({ Token: 'agent-0' })],
  [
    'an agent who says that they are an admin',
    'floor-token',
    403,
    'not-a-supervisor',
    () => ({ Token: 'agent-1', roles: ['admin'], worker: { roles: ['admin'] }, TokenResult: { roles: ['admin'] } }),
  ],
  [
    "a supervisor's token, to delete",
    'forget-worker',
    403,
    'not-an-admin',
    () => ({ Token: 'a-supervisor', workerSid: WORKER_SID }),
  ],
  [
    'a worker that is named neither by a SID nor by a pseudonym, or by both',
    'forget-worker',
    400,
    'worker-invalid',
    () => ({ Token: 'an-admin', workerSid: "WK' or 1" }),
  ],
  [
    'a `next` that no answer has given',
    'forget-worker',
    400,
    'field-invalid',
    () => ({ Token: 'an-admin', workerSid: WORKER_SID, next: '../x' }),
  ],
  ["a beat of a colleague's call", 'calls', 400, 'beat-invalid', () => beatForm({ workerSid: ADMIN_SID })],
  [
    'a beat of a call that has not begun',
    'calls',
    400,
    'beat-invalid',
    () => beatForm({ startedAt: Date.now() + 3_600_000 }),
  ],
  [
    'a beat of more than 600 bytes',
    'calls',
    413,
    'beat-too-large',
    () => beatForm({ conditions: Array(24).fill('a-condition-with-a-name-of-some-length') }),
  ],
  ['cards of more than 16 KB', 'calls', 413, 'cards-too-large', () => cardsForm([card({ more: 'x'.repeat(16_384) })])],
  ['more than 20 cards', 'calls', 400, 'cards-invalid', () => cardsForm(Array(21).fill({}))],
  [
    'the default Sync service, which agents can use, for the floor',
    'calls',
    503,
    'floor-not-set-up',
    () => cardsForm([card()]),
    () => ({ FLOOR_SYNC_SERVICE_SID: hosted.twilio.world.serviceOf('default').sid }),
  ],
  [
    "the claims' Sync service for the floor",
    'calls',
    503,
    'floor-not-set-up',
    () => cardsForm([card()]),
    () => ({ FLOOR_SYNC_SERVICE_SID: twilioModule.CLAIMS_SERVICE_SID }),
  ],
  ...[
    ['report', 'calls'],
    ['read', 'floor-token'],
    ['delete', 'forget-worker'],
    ['look up an outcome', 'call-outcome'],
  ].map(([what, name]) => [
    `a 31st request in a minute, to ${what}`,
    name,
    429,
    'too-many-reports',
    async () => {
      const fields = { Token: `busy-admin-${name}`, workerSid: WORKER_SID, callSid: callSid(1) };
      for (let n = 0; n < REQUESTS_A_MINUTE; n += 1) await hosted.ask(name, fields);
      hosted.twilio.requests.length = 0;
      return fields;
    },
  ]),
  [
    'a card after 2,000 in a day',
    'calls',
    429,
    'too-many-reports',
    () => {
      // As many requests would take more than an hour.
      hosted.lib('instance-rate-limit').countCards({ workerSid: sidOf(33) }, 2_000);
      return cardsForm([card({ workerSid: sidOf(33) })], { Token: 'agent-2' });
    },
  ],
  [
    'a beat of a thirteenth call in two minutes',
    'calls',
    429,
    'too-many-reports',
    async () => {
      const of = (n) => beatForm({ workerSid: sidOf(34), startedAt: Date.now() - n * 1000 }, { Token: 'agent-3' });
      for (let n = 0; n < 12; n += 1) assert.equal((await calls(of(n))).status, 200);
      return of(12);
    },
  ],
  [
    'a forged token, to share a recording',
    'recordings',
    403,
    'token-refused',
    () => pieceForm(piecesOf(recorded(500))[0], { Token: 'forged' }),
  ],
  [
    "an agent's token, to read recordings",
    'floor-token',
    403,
    'not-a-supervisor',
    () => ({ Token: 'agent-0', of: 'recordings' }),
  ],
  [
    "a piece of a colleague's recording",
    'recordings',
    400,
    'recording-invalid',
    () => pieceForm(piecesOf(recorded(500), { workerSid: ADMIN_SID })[0]),
  ],
  [
    'a piece of a recording that is none',
    'recordings',
    400,
    'recording-invalid',
    () => pieceForm({ ...piecesOf(recorded(500))[0], data: Buffer.from('x'.repeat(600)).toString('base64') }),
  ],
  [
    'a piece of a recording of more than 15 KB',
    'recordings',
    413,
    'recording-too-large',
    () => pieceForm({ ...piecesOf(recorded(500))[0], more: 'x'.repeat(15_360) }),
  ],
  [
    'a 21st piece of a recording in a minute',
    'recordings',
    429,
    'too-many-recordings',
    () => {
      for (let n = 0; n < 20; n += 1) hosted.lib('recording-limit').countPiece({ workerSid: sidOf(36) });
      return pieceForm(piecesOf(recorded(500), { workerSid: sidOf(36) })[0], { Token: 'agent-5' });
    },
  ],
  [
    'a piece of a recording after 600 in a day',
    'recordings',
    429,
    'too-many-recordings',
    () => {
      const { now } = Date;
      try {
        // Within the day, and not within the minute.
        for (let n = 0; n < 600; n += 1) {
          Date.now = () => now() - 7_200_000 + n * 10_000;
          hosted.lib('recording-limit').countPiece({ workerSid: sidOf(37) });
        }
      } finally {
        Date.now = now;
      }
      return pieceForm(piecesOf(recorded(500), { workerSid: sidOf(37) })[0], { Token: 'agent-6' });
    },
  ],
  [
    'a call that is no text',
    'call-outcome',
    400,
    'field-invalid',
    () => ({ Token: 'a-supervisor', callSid: { toString: 1 } }),
  ],
];

let hosted;
before(async () => {
  hosted = await startHosted({
    tokens: {
      'an-admin': worker(ADMIN_SID, ['admin']),
      // Each has a limit of its own.
      ...Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`admin-${n}`, worker(sidOf(n), ['admin'])])),
      'a-supervisor': worker(sidOf(30), ['supervisor']),
      'a-visitor': { worker_sid: undefined },
      'agent-0': worker(sidOf(31), ['agent']),
      'agent-1': worker(sidOf(32), ['agent']),
      'agent-2': worker(sidOf(33), ['agent']),
      'agent-3': worker(sidOf(34), ['agent']),
      'agent-4': worker(sidOf(35), ['agent']),
      'agent-5': worker(sidOf(36), ['agent']),
      'agent-6': worker(sidOf(37), ['agent']),
      ...Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`placeless-${n}`, worker(sidOf(90 + n), ['agent'])])),
      ...Object.fromEntries(
        ['calls', 'floor-token', 'forget-worker', 'call-outcome'].map((name, n) => [
          `busy-admin-${name}`,
          worker(sidOf(40 + n), ['admin']),
        ]),
      ),
      ...Object.fromEntries(ATTEMPTS.map((_, n) => [`keeper-${n}`, worker(sidOf(50 + n), ['agent'])])),
      'roles-in-a-text': worker(sidOf(20), 'not-an-admin'),
      'roles-of-nobody': worker(sidOf(21), null),
      'roles-in-an-object': worker(sidOf(22), { includes: true, some: 'admin' }),
    },
  });
});
after(() => hosted?.stop());
beforeEach(() => hosted.reset());

const calls = (event, context = {}) => hosted.ask('calls', event, context);
const kept = () =>
  hosted.twilio.world.floor
    .all()
    .filter(({ uniqueName }) => uniqueName.startsWith('device-monitoring-cards-'))
    .flatMap(({ items }) => [...items.values()].map(({ data }) => data));

/** Asks until nothing is left; gives how many were removed. */
async function forgetAll(Token, workerSid, context = {}) {
  let removed = 0;
  for (let next; next !== null;) {
    const { status, body } = await hosted.ask('forget-worker', { Token, workerSid, ...(next && { next }) }, context);
    assert.equal(status, 200, JSON.stringify(body));
    ({ next } = body);
    removed += body.removed;
    hosted.twilio.world.floor.forgive();
  }
  return removed;
}

describe('"delete everything about this worker"', () => {
  it('comes to its end where nothing was ever kept, or only under one of the two names', async () => {
    assert.equal(await forgetAll('admin-0', WORKER_SID), 0);
    assert.deepEqual(hosted.entries('floor-not-set-up'), []);
    await calls(cardsForm([card()]));
    assert.equal(await forgetAll('admin-0', WORKER_SID), 1);
    const { workerSid: _sid, ...unnamed } = card();
    await calls(cardsForm([unnamed]));
    assert.equal(await forgetAll('admin-0', WORKER_SID), 1);
    assert.deepEqual(kept(), []);
  });

  it('finds what was kept while there were more maps, or fewer', async () => {
    for (const [n, FLOOR_SHARDS] of ['1', '3', '16', '64'].entries()) {
      await calls(cardsForm([card({ callSid: callSid(n) })]), { FLOOR_SHARDS });
    }
    assert.equal(kept().length, 4);
    assert.equal(await forgetAll('admin-1', WORKER_SID, { FLOOR_SHARDS: '8' }), 4);
    assert.deepEqual(kept(), []);
  });

  it('takes what somebody else removes in the same moment as removed', async () => {
    await calls(cardsForm([card(), card({ callSid: callSid(2) }), card({ callSid: callSid(3) })]));
    hosted.twilio.faults.add({ operation: 'sync.items.remove', kind: 'status', status: 404 });
    const both = await Promise.all(['admin-2', 'admin-3'].map((Token) => forgetAll(Token, WORKER_SID)));
    assert.ok(both[0] + both[1] >= 3);
    assert.ok(kept().length <= 1, 'all but the one that the fault has kept');
    assert.deepEqual(hosted.entries('floor-not-set-up'), []);
  });

  it('goes on where it was when Sync was busy in the middle', async () => {
    await calls(cardsForm([card(), card({ callSid: callSid(2) })]));
    hosted.twilio.faults.add({ operation: 'sync.items.remove', kind: 'status', status: 429, skip: 1 });
    const request = { Token: 'admin-4', workerSid: WORKER_SID };
    assert.equal((await hosted.ask('forget-worker', request)).body.error, 'floor-busy');
    assert.equal(await forgetAll('admin-4', WORKER_SID), 1);
    assert.deepEqual(kept(), []);
  });

  it('is in the log however it ends: nobody removes anything without a word on who it was', async () => {
    await calls(cardsForm([card(), card({ callSid: callSid(2) }), card({ callSid: callSid(3) })]));
    hosted.twilio.faults.add({ operation: 'sync.items.remove', kind: 'status', status: 500, skip: 2, times: null });
    const request = { Token: 'admin-6', workerSid: WORKER_SID };
    assert.equal((await hosted.ask('forget-worker', request)).status, 503);
    assert.equal((await hosted.ask('forget-worker', request)).status, 503);
    const told = hosted.entries('worker-forgotten').map(({ by, workerSid, removed }) => [by, workerSid, removed]);
    assert.deepEqual([told, kept().length], [[[sidOf(6), WORKER_SID, 2]], 1]);
  });

  it('refuses a worker and a place that are no texts of that form, and logs nothing of them', async () => {
    for (const [changes, error] of [
      [{ workerSid: [WORKER_SID] }, 'field-invalid'],
      [{ workerSid: { toString: 1 } }, 'field-invalid'],
      [{ workerSid: undefined }, 'worker-invalid'],
      [{ next: '+12025550123' }, 'field-invalid'],
      [{ next: ['0 ', '1 '] }, 'field-invalid'],
      [{ next: ['0 '] }, 'field-invalid'],
      [{ next: { toString: 1 } }, 'field-invalid'],
      [{ next: '0 ../../Documents/x' }, 'field-invalid'],
      [{ next: '' }, 'field-invalid'],
    ]) {
      const { status, body } = await hosted.ask('forget-worker', {
        Token: 'admin-5',
        workerSid: WORKER_SID,
        ...changes,
      });
      assert.deepEqual([status, body.error], [400, error], JSON.stringify(changes));
    }
    assert.equal(hosted.logText(), '');
  });
});

describe('a role', () => {
  it('is one of a list, whatever else Twilio may say', async () => {
    for (const Token of ['roles-in-a-text', 'roles-of-nobody', 'roles-in-an-object']) {
      const token = await hosted.ask('floor-token', { Token }, KEY);
      assert.deepEqual([token.status, token.body.error], [403, 'not-a-supervisor'], Token);
      const forget = await hosted.ask('forget-worker', { Token, workerSid: WORKER_SID });
      assert.deepEqual([forget.status, forget.body.error], [403, 'not-an-admin'], Token);
    }
    assert.equal(hosted.logText(), '');
  });
});

describe('whoever tries', () => {
  it('finds each attempt of docs/security.md among these', async () => {
    const document = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');
    const told = [...document.matchAll(/^\| ([^|]+) \| `([a-z-]+)` \| (\d{3}) `([^`]+)` \|$/gm)];
    assert.deepEqual(
      told.map(([, ...row]) => row.join()),
      ATTEMPTS.map((row) => row.slice(0, 4).join()),
    );
  });

  for (const [n, [what, name, status, error, fields, context = () => ({})]] of ATTEMPTS.entries()) {
    it(`${what}: ${name} answers ${status}, and nothing is kept, given or removed`, async () => {
      await calls(cardsForm([card({ workerSid: sidOf(50 + n) })], { Token: `keeper-${n}` }));
      const asked = await fields();
      const earlier = hosted.twilio.requests.length;
      const { status: answered, body } = await hosted.ask(name, asked, { ...KEY, ...context() });
      assert.deepEqual([answered, body.error], [status, error], body.message);
      const since = hosted.twilio.requests.slice(earlier).map(({ operation }) => operation);
      assert.ok(
        since.every((operation) => operation === 'sync.services.fetch'),
        `${since}`,
      );
      assert.equal(kept().length, 1);
    });
  }
});

describe('what is asked once and then believed', () => {
  it('is asked again when the clock was put back', async (t) => {
    const request = beatForm({ workerSid: sidOf(8) }, { Token: 'admin-8' });
    const asked = () => hosted.tokenService.requests.filter(({ token }) => token === 'admin-8').length;
    await calls(request);
    assert.equal(asked(), 1);
    const { now } = Date;
    t.mock.method(Date, 'now', () => now() - 3_600_000);
    await calls(request);
    assert.equal(asked(), 2);
  });

  it('is nothing for a token that is no text', async () => {
    await calls(beatForm());
    const { status, body } = await calls(beatForm({}, { Token: [TOKEN] }));
    assert.deepEqual([status, body.error], [403, 'token-refused']);
  });
});

describe('a limit', () => {
  it('counts a card that Sync has failed at when it is kept, and not before', async () => {
    const workerSid = sidOf(35);
    hosted.lib('instance-rate-limit').countCards({ workerSid }, 1_999);
    hosted.twilio.faults.add({ operation: 'sync.items.update', kind: 'status', status: 500, times: 3 });
    const statuses = [];
    while (statuses.length < 6 && !statuses.includes(200)) {
      statuses.push((await calls(cardsForm([card({ workerSid })], { Token: 'agent-4' }))).status);
    }
    assert.deepEqual([...new Set(statuses)], [503, 200]);
  });

  it('holds for requests that come at the same moment, together', async () => {
    const workerSid = sidOf(7);
    hosted.lib('instance-rate-limit').countCards({ workerSid }, 1_990);
    const some = (n) => [0, 1, 2, 3, 4].map((m) => card({ workerSid, callSid: callSid(10 * n + m) }));
    const ask = (n) => calls(cardsForm(some(n), { Token: 'admin-7' }));
    const answers = await Promise.all([1, 2, 3, 4].map(ask));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 429, 429]);
    assert.equal(kept().length, 10);
  });
});

describe('the log', () => {
  it('has one line a minute where workers cannot be looked up, however many there are', async (t) => {
    const later = Date.now() + 3_600_000;
    t.mock.method(Date, 'now', () => later);
    const wrong = { TASKROUTER_WORKSPACE_SID: `WS${'f'.repeat(32)}` };
    for (let n = 0; n < 10; n += 1) {
      const request = cardsForm([card({ workerSid: sidOf(90 + n) })], { Token: `placeless-${n}` });
      assert.equal((await calls(request, wrong)).body.kept, 1);
    }
    assert.equal(hosted.entries('worker-unavailable').length, 1);
  });

  it('has one line a minute while the outcome of calls cannot be looked up', async (t) => {
    const later = Date.now() + 7_200_000;
    t.mock.method(Date, 'now', () => later);
    hosted.twilio.faults.add({ operation: 'sync.documents.fetch', kind: 'status', status: 500, times: null });
    for (let n = 0; n < 10; n += 1) {
      const { body } = await hosted.ask('call-outcome', { Token: 'a-supervisor', callSid: callSid(n) });
      assert.equal(body.error, 'outcome-unavailable');
    }
    assert.equal(hosted.entries('sync-unavailable').length, 1);
  });

  it('has nothing that a card says of itself, nor does the answer, not even a made-up name', async () => {
    const { body } = await calls(cardsForm([card({ conditions: { 'call-jane-doe': 1e9 } })]));
    assert.equal(body.refused[0].message, 'The card at /conditions must be <= 1000000.');
    assert.doesNotMatch(hosted.logText() + JSON.stringify(body.refused[0].message), /jane/);
  });

  it('has one line a minute while Sync does not answer, however many ask', async () => {
    hosted.twilio.faults.add({ operation: 'sync.items.update', kind: 'status', status: 500, times: null });
    for (let n = 0; n < 10; n += 1) {
      const { status } = await calls(cardsForm([card({ workerSid: sidOf(9) })], { Token: 'admin-9' }));
      assert.equal(status, 503);
    }
    assert.ok(hosted.entries('floor-unavailable').length <= 1);
  });
});
