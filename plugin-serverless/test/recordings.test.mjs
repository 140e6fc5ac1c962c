/** What the Function `recordings` keeps of recorded calls, who may share them, who may read and remove them (rule K3). */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startHosted } from './support/hosted.mjs';
import { pieceForm, piecesOf, recorded } from './support/recordings.mjs';
import { card, callSid, cardsForm } from './support/reports.mjs';
import { TOKEN, WORKER_SID } from './support/requests.mjs';
import startRuntimeModule from './support/start-runtime.cjs';
import twilioModule from './support/twilio/server.cjs';
import worldModule from './support/twilio/world.cjs';

const ADMIN_SID = 'WK00000000000000000000000000000002';
const WORKSPACE = { TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID };
const KEY = { FLOOR_API_KEY: 'SK00000000000000000000000000000001', FLOOR_API_SECRET: 'a-secret' };
const DAY_MS = 86_400_000;
const ITEM_MAX_BYTES = 16_384;

const workerSid = (n) => `WK${String(3000 + n).padStart(32, '0')}`;
const itemsIn = (twilio) =>
  twilio.world.floor
    .all()
    .filter(({ uniqueName }) => uniqueName.startsWith('device-monitoring-recordings-'))
    .flatMap(({ items }) => [...items.values()]);
const joined = (items) =>
  Buffer.concat(
    items
      .map(({ data }) => data)
      .sort((one, other) => one.piece - other.piece)
      .map(({ data }) => Buffer.from(data, 'base64')),
  );

let hosted;
before(async () => {
  const worker = (sid, roles) => ({ worker_sid: sid, roles, realm_user_id: sid, identity: sid });
  hosted = await startHosted({
    tokens: {
      'an-admin': worker(ADMIN_SID, ['admin']),
      'a-supervisor': worker('WK00000000000000000000000000000003', ['supervisor']),
      // Each has a limit of its own.
      ...Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`agent-${n}`, worker(workerSid(n), ['agent'])])),
    },
  });
});
after(() => hosted?.stop());
beforeEach(() => hosted.reset());

const share = (event, context = {}) => hosted.ask('recordings', event, context);
const items = () => itemsIn(hosted.twilio);
async function shareAll(packed, changes = {}, fields = {}) {
  for (const piece of piecesOf(packed, changes)) {
    const { status, body } = await share(pieceForm(piece, fields));
    assert.deepEqual([status, body], [200, { kept: 1 }], JSON.stringify(body));
  }
}

describe('a shared recording', () => {
  it('is kept in pieces with team and site as Twilio has them, for a week, and can be put together again', async () => {
    hosted.twilio.world.addWorker({ sid: WORKER_SID, attributes: { team_name: 'Blue', location: 'Lisbon' } });
    const packed = recorded(25_000);
    const pieces = piecesOf(packed, { team: 'Red' });
    assert.equal(pieces.length, 3);
    for (const piece of pieces) assert.equal((await share(pieceForm(piece), WORKSPACE)).status, 200);
    const kept = items();
    assert.equal(kept.length, 3);
    assert.deepEqual(joined(kept), packed);
    assert.ok(gunzipSync(joined(kept)).length > 0);
    for (const { data, expires } of kept) {
      assert.deepEqual([data.worker, data.workerSid, data.team, data.site], [WORKER_SID, undefined, 'Blue', 'Lisbon']);
      assert.ok(Math.abs(expires - Date.now() - 7 * DAY_MS) < 5_000);
    }
  });

  it('has room in an item of Sync, whatever team and site are called', async () => {
    hosted.twilio.world.addWorker({
      sid: workerSid(0),
      attributes: { team_name: '青'.repeat(60), location: '😀'.repeat(60) },
    });
    await share(pieceForm(piecesOf(recorded(25_000), { workerSid: workerSid(0) })[0], { Token: 'agent-0' }), WORKSPACE);
    const [{ data }] = items();
    assert.equal(data.site.length, 80);
    assert.ok(Buffer.byteLength(JSON.stringify(data)) < ITEM_MAX_BYTES);
  });

  it('is kept for as many days as configured', async () => {
    await share(pieceForm(piecesOf(recorded(500))[0]), { FLOOR_RECORDING_DAYS: '2' });
    const [{ expires }] = items();
    assert.ok(Math.abs(expires - Date.now() - 2 * DAY_MS) < 5_000);
    const { status, body } = await share(pieceForm(piecesOf(recorded(500))[0]), { FLOOR_RECORDING_DAYS: '31' });
    assert.deepEqual([status, body.error], [503, 'floor-not-set-up']);
  });

  it('that comes twice is there once, and what was recorded later takes its place', async () => {
    const startedAt = Date.now() - 60_000;
    const own = { startedAt, workerSid: workerSid(6) };
    await shareAll(recorded(12_000), own, { Token: 'agent-6' });
    const later = recorded(12_500);
    await shareAll(later, own, { Token: 'agent-6' });
    assert.equal(items().length, 2);
    assert.deepEqual(joined(items()), later);
  });

  it('of a worker who is not to be named has the pseudonym of the cards, and never the SID', async () => {
    await shareAll(recorded(500), { workerSid: undefined });
    const { workerSid: _sid, ...unnamed } = card();
    await hosted.ask('calls', cardsForm([unnamed]));
    const [{ data: ofCard }] = [
      ...hosted.twilio.world.floor
        .all()
        .find(({ uniqueName, items: all }) => uniqueName.includes('-cards-') && all.size > 0)
        .items.values(),
    ];
    const [{ key, data }] = items();
    assert.match(data.worker, /^P-[0-9a-f]{16}$/);
    assert.equal(data.worker, ofCard.worker);
    assert.ok(!JSON.stringify([key, data]).includes(WORKER_SID));
  });

  it('is refused in pieces that are none: of another form, another worker, another time, or no part of a gzip file', async () => {
    const [piece] = piecesOf(recorded(500), { workerSid: workerSid(1) });
    const wrong = [
      { version: 2 },
      { workerSid: ADMIN_SID },
      { startedAt: Date.now() + 3_600_000 },
      { startedAt: Date.now() - 9 * DAY_MS },
      { piece: 1 },
      { piece: -1 },
      { pieces: 25 },
      { bytes: piece.bytes - 1 },
      { bytes: 259_201 },
      { data: 'not Base64!' },
      { data: '' },
      { data: Buffer.from('x'.repeat(piece.bytes)).toString('base64') },
      { callSid: '+12025550123' },
      { direction: 'sideways' },
    ];
    for (const changes of wrong) {
      const { status, body } = await share(pieceForm({ ...piece, ...changes }, { Token: 'agent-1' }));
      assert.deepEqual([status, body.error], [400, 'recording-invalid'], JSON.stringify(changes).slice(0, 60));
      assert.doesNotMatch(body.message, /12025550123|sideways|not Base64/);
    }
    assert.deepEqual(items(), []);
  });

  it('loses what the schema does not name', async () => {
    const [piece] = piecesOf(recorded(500), { callerId: '+12025550123', team: 'Red' });
    await share(pieceForm(piece));
    const [{ data }] = items();
    assert.deepEqual([data.callerId, data.team], [undefined, undefined]);
  });

  it('leaves nothing of itself in the log', async () => {
    await shareAll(recorded(500));
    await share(pieceForm({ ...piecesOf(recorded(500))[0], direction: 'sideways' }));
    assert.equal(hosted.logText(), '');
  });

  it('does not use up what a worker may report of calls, nor the other way round', async () => {
    const own = { workerSid: workerSid(2) };
    const fields = { Token: 'agent-2' };
    const [piece] = piecesOf(recorded(500), own);
    for (let n = 0; n < 20; n += 1) assert.equal((await share(pieceForm(piece, fields))).status, 200);
    assert.equal((await share(pieceForm(piece, fields))).body.error, 'too-many-recordings');
    assert.equal((await hosted.ask('calls', cardsForm([card(own)], fields))).status, 200);
  });

  it('is sent again when Sync takes no more, and then has all its pieces', async () => {
    const packed = recorded(25_000);
    hosted.twilio.faults.add({ operation: 'sync.items.create', kind: 'status', status: 429, skip: 1 });
    const answers = [];
    const own = { workerSid: workerSid(7), startedAt: Date.now() - 60_000 };
    for (const piece of piecesOf(packed, own)) answers.push(await share(pieceForm(piece, { Token: 'agent-7' })));
    const refused = answers.find(({ status }) => status !== 200);
    assert.deepEqual([refused.status, refused.body.error], [429, 'floor-busy']);
    assert.ok(refused.body.retryAfter >= 3);
    assert.equal(items().length, 2);
    await shareAll(packed, own, { Token: 'agent-7' });
    assert.deepEqual(joined(items()), packed);
  });
});

describe('who may read shared recordings', () => {
  const token = (Token, fields = { of: 'recordings' }) => hosted.ask('floor-token', { Token, ...fields }, KEY);

  it('is an admin or a supervisor, who may write nothing; whoever asks for the floor alone may not read them', async () => {
    const identity = `device-monitoring-floor-${ADMIN_SID}`;
    const floor = await token('an-admin', {});
    assert.equal(floor.body.recordings, undefined);
    assert.ok(hosted.twilio.world.floor.all().every(({ uniqueName }) => !uniqueName.includes('recordings')));
    for (const name of ['an-admin', 'a-supervisor']) {
      const { status, body } = await token(name);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual([body.recordings.length, body.cards, body.beats, body.days], [8, undefined, undefined, 7]);
    }
    for (const { uniqueName, permissions } of hosted.twilio.world.floor
      .all()
      .filter(({ uniqueName: name }) => name.includes('recordings')))
      assert.deepEqual(permissions.get(identity), { read: true, write: false, manage: false }, uniqueName);
  });

  it('is never an agent', async () => {
    assert.deepEqual((({ status, body }) => [status, body.error])(await token(TOKEN)), [403, 'not-a-supervisor']);
    assert.deepEqual(hosted.twilio.world.floor.all(), []);
  });
});

describe('"delete everything about this worker"', () => {
  it('removes their recordings with their cards, under their SID and under their pseudonym, and no others', async () => {
    const [Token, sid] = ['agent-3', workerSid(3)];
    const of = (n) => ({ callSid: callSid(n), startedAt: Date.now() - n * 1000 });
    await shareAll(recorded(25_000), { ...of(1), workerSid: sid }, { Token });
    await shareAll(recorded(500), { ...of(2), workerSid: undefined }, { Token });
    await hosted.ask('calls', cardsForm([card({ workerSid: sid })], { Token }));
    await shareAll(recorded(500), { ...of(3), workerSid: workerSid(4) }, { Token: 'agent-4' });
    assert.equal(items().length, 5);
    let removed = 0;
    for (let next; next !== null;) {
      const { status, body } = await hosted.ask('forget-worker', {
        Token: 'an-admin',
        workerSid: sid,
        ...(next && { next }),
      });
      assert.equal(status, 200, JSON.stringify(body));
      ({ next } = body);
      removed += body.removed;
      hosted.twilio.world.floor.forgive();
    }
    assert.equal(removed, 5);
    assert.deepEqual(
      items().map(({ data }) => data.worker),
      [workerSid(4)],
    );
  });

  it('goes on behind the last one where one request has not enough time for all', async (t) => {
    const [Token, sid] = ['agent-5', workerSid(5)];
    for (let n = 0; n < 6; n += 1)
      await shareAll(
        recorded(500),
        { callSid: callSid(n), startedAt: Date.now() - n * 1000, workerSid: sid },
        { Token },
      );
    const { now } = Date;
    let ahead = 0;
    // Each look at the clock takes a while.
    t.mock.method(Date, 'now', () => {
      ahead += 200;
      return now() + ahead;
    });
    const fields = { Token: 'an-admin', workerSid: sid };
    const answers = [];
    let next;
    while (next !== null && answers.length < 30) {
      const { body } = await hosted.ask('forget-worker', { ...fields, ...(next && { next }) });
      answers.push(body);
      ({ next } = body);
    }
    assert.ok(answers.length > 1 && next === null, JSON.stringify(answers));
    assert.ok(answers.some((one) => one.next?.startsWith('recordings-')));
    assert.deepEqual(items(), []);
  });
});

describe('the real Functions runtime', () => {
  let twilio;
  let runtime;
  before(async () => {
    twilio = await twilioModule.startTwilio();
    runtime = await startRuntimeModule.startRuntime({ twilio, tokens: { [TOKEN]: {} } });
  });
  after(async () => {
    await runtime?.stop();
    await twilio?.stop();
  });

  it('takes a recording in pieces of as many bytes as the plugin sends', async () => {
    const packed = recorded(25_000);
    for (const piece of piecesOf(packed)) {
      const body = new URLSearchParams(pieceForm(piece));
      const response = await fetch(`${runtime.url}/recordings`, { method: 'POST', body });
      assert.deepEqual([response.status, await response.json()], [200, { kept: 1 }]);
    }
    assert.deepEqual(joined(itemsIn(twilio)), packed);
  });
});
