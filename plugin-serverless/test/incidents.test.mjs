/** Incidents (rule F3) in the Function `calls`: judged in its requests, opened and closed once, and each acted on once. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { createHmac } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { beatForm, callSid, card, cardsForm } from './support/reports.mjs';
import worldModule from './support/twilio/world.cjs';

const require = createRequire(import.meta.url);
const WORKSPACE = { TASKROUTER_WORKSPACE_SID: worldModule.WORKSPACE_SID };
const HERE = 12;
const ELSEWHERE = 28;
const PUBLIC = '93.184.216.34';
const SECRET = 'a-secret-of-the-function-and-nobody-else';
const ACTIONS = {
  WEBHOOK_URL: 'https://hooks.example.com/incidents',
  WEBHOOK_SECRET: SECRET,
  SLACK_WEBHOOK_URL: 'https://slack.example.com/services/T0/B0/x',
  SENDGRID_API_KEY: 'SG.an-id.a-key',
  INCIDENT_EMAIL_FROM: 'flex@example.com',
  INCIDENT_EMAIL_TO: 'it@example.com, night@example.com',
};
const SECOND = 1_000;
const MINUTE = 60_000;

const sid = (n) => `WK${String(5000 + n).padStart(32, '0')}`;
const isHere = (n) => n < HERE;
const agents = Array.from({ length: HERE + ELSEWHERE }, (_, n) => n);

let hosted;
let received;
let answer;
let server;
/** How far the clock was put on: the Function, Twilio's stand-in and the test share it. */
let ahead;
let startedAt;
const { now } = Date;

before(async () => {
  hosted = await startHosted({
    tokens: Object.fromEntries(
      agents.map((n) => [`of-${n}`, { worker_sid: sid(n), roles: ['agent'], realm_user_id: sid(n), identity: sid(n) }]),
    ),
    env: WORKSPACE,
  });
  assert.ok(hosted.functions['generated/incidents'], 'run "cargo xtask build" first');
  server = http
    .createServer(async (req, res) => {
      let body = '';
      for await (const chunk of req.setEncoding('utf8')) body += chunk;
      received.push({ host: req.headers.host, path: req.url, headers: req.headers, body });
      answer(res);
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');
  const names = ['hooks.example.com', 'slack.example.com', 'api.sendgrid.com'];
  process.env.STAND_IN_NAMES = JSON.stringify(Object.fromEntries(names.map((name) => [name, [[PUBLIC]]])));
  process.env.STAND_IN_PLACES = JSON.stringify({ [PUBLIC]: server.address().port });
});
after(async () => {
  server?.close();
  await hosted?.stop();
});
/** As an instance that was just started: nothing is kept in its memory. */
const anotherInstance = () => Object.values(hosted.functions).forEach(({ path }) => delete require.cache[path]);

beforeEach(() => {
  hosted.reset();
  anotherInstance();
  received = [];
  answer = (res) => res.writeHead(202).end();
  ahead = 0;
  Date.now = () => now() + ahead;
  startedAt = Date.now() - 10 * MINUTE;
  for (const n of agents)
    hosted.twilio.world.addWorker({ sid: sid(n), attributes: { location: isHere(n) ? 'Porto <1> @here' : 'Oslo' } });
});
afterEach(() => {
  Date.now = now;
});

const HEALTHY = { conditions: undefined, since: undefined, diagnosis: undefined, cause: undefined };
/** An agent's beat to the Function. */
const tell = (n, isTroubled, changes = {}, env = {}) => {
  const since = Date.now() - 8 * SECOND;
  const state = isTroubled ? { conditions: ['high-packet-loss'], since, diagnosis: 'your-network' } : HEALTHY;
  const own = { callSid: callSid(n), workerSid: sid(n), startedAt, at: Date.now(), cause: undefined };
  return hosted.ask('calls', beatForm({ ...own, ...state, ...changes }, { Token: `of-${n}` }), env);
};
/** Everybody's, of whom some are in trouble. */
async function tellAll(isTroubled, env) {
  for (const n of agents) assert.equal((await tell(n, isTroubled(n), {}, env)).status, 200);
}
/** The same for so long, every 20 s; in between somebody's beat comes every five. */
async function goOn(ms, isTroubled, env) {
  for (let passed = 0; passed < ms; passed += 5 * SECOND) {
    if (passed % (20 * SECOND) === 0) await tellAll(isTroubled, env);
    else await tell(HERE, isTroubled(HERE), {}, env);
    ahead += 5 * SECOND;
  }
}
const siteIsDown = (n) => n < HERE - 2;
const nobody = () => false;
const TELEMETRY = { CLOUDEVENTS_URL: ACTIONS.WEBHOOK_URL };
/** What telemetry has told. */
const told = () => received.map(({ body }) => JSON.parse(body).type.replace('flex.device-monitoring.', ''));
const kept = (key) => hosted.twilio.world.floor.find('device-monitoring-incidents')?.items.get(key)?.data;
const state = () => kept('state').incidents;
const logged = () => hosted.entries('incident').map(({ change, key }) => [change, key.kind, key.value]);

describe('an incident', () => {
  it('is opened once when a site is in trouble, with what its agents share, and closed once when it is over', async () => {
    await goOn(40 * SECOND, siteIsDown, TELEMETRY);
    const [incident, ...others] = state().open;
    assert.deepEqual([incident.key, others], [{ kind: 'site', value: 'Porto <1> @here' }, []]);
    assert.deepEqual(incident.with, { agents: HERE, troubled: HERE - 2 });
    assert.deepEqual(incident.without, { agents: ELSEWHERE, troubled: 0 });
    assert.deepEqual([...incident.agents].sort(), agents.filter(siteIsDown).map(sid));
    assert.deepEqual(logged(), [['opened', 'site', 'Porto <1> @here']]);
    await goOn(MINUTE, siteIsDown, TELEMETRY);
    assert.equal(hosted.entries('incident').length, 1);
    await goOn(3 * MINUTE, nobody, TELEMETRY);
    assert.deepEqual([state().open.length, state().closed[0].id, state().closed[0].ending], [0, incident.id, 'over']);
    assert.deepEqual(logged(), [
      ['opened', 'site', 'Porto <1> @here'],
      ['closed', 'site', 'Porto <1> @here'],
    ]);
    assert.deepEqual(kept('state').pending, []);
    assert.deepEqual(told(), ['incident.opened.v1', 'incident.closed.v1']);
  });

  it('is opened within a minute of the fourth agent, and acted on then', async () => {
    await goOn(40 * SECOND, nobody);
    const fourth = Date.now();
    await goOn(MINUTE, siteIsDown);
    const [{ openedAt }] = state().open;
    assert.ok(openedAt - fourth <= MINUTE, `${openedAt - fourth} ms`);
    assert.equal(hosted.entries('incident').length, 1);
  });

  it('is opened once however many instances there are, none of which remembers anything', async () => {
    for (let round = 0; round < 6; round += 1) {
      for (let first = 0; first < agents.length; first += 8) {
        const answers = await Promise.all(
          agents.slice(first, first + 8).map((n) => {
            if (n % 4 === 0) anotherInstance();
            return tell(n, siteIsDown(n), {}, TELEMETRY);
          }),
        );
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      }
      ahead += 5 * SECOND;
    }
    assert.equal(state().open.length, 1);
    assert.deepEqual(logged(), [['opened', 'site', 'Porto <1> @here']]);
    const claims = [...hosted.twilio.world.documents.keys()].filter((name) => name.includes('-incident-'));
    assert.deepEqual(claims, [`device-monitoring-${state().open[0].id}-opened-log-incident`]);
    assert.deepEqual(told(), ['incident.opened.v1']);
  });

  it('is not raised by one agent, however many calls of theirs are in trouble', async () => {
    await goOn(20 * SECOND, nobody);
    for (let round = 0; round < 6; round += 1) {
      for (let call = 0; call < 8; call += 1)
        await tell(0, true, { startedAt: startedAt + call, callSid: callSid(call) });
      ahead += 20 * SECOND;
      await tellAll((n) => n === 0);
    }
    assert.deepEqual([state().open, hosted.entries('incident')], [[], []]);
  });

  it('is closed by requests that bring cards alone, when nothing is heard any more', async () => {
    await goOn(40 * SECOND, siteIsDown);
    assert.equal(state().open.length, 1);
    for (let passed = 0; passed < 5 * MINUTE; passed += 30 * SECOND) {
      ahead += 30 * SECOND;
      const one = card({ callSid: callSid(100), workerSid: sid(HERE), startedAt });
      assert.equal((await hosted.ask('calls', cardsForm([one], { Token: `of-${HERE}` }))).status, 200);
    }
    assert.deepEqual([state().open.length, state().closed[0].ending], [0, 'unheard']);
    assert.deepEqual(
      logged().map(([change]) => change),
      ['opened', 'closed'],
    );
  });
});

describe('a beat', () => {
  it('is kept and answered as ever when incidents cannot be judged, and the log says so once a minute', async () => {
    const fault = (operation, kind, more) => hosted.twilio.faults.add({ operation, kind, ...more });
    for (const operation of ['sync.items.fetch', 'sync.items.list']) {
      hosted.reset();
      anotherInstance();
      for (let n = 0; n < 8; n += 1) fault(operation, 'status', { status: 500 });
      for (let n = 0; n < 3; n += 1) {
        assert.deepEqual((await tell(n, true)).body, { kept: 1, refused: [] }, operation);
        ahead += 6 * SECOND;
      }
      assert.equal(hosted.entries('incidents-unavailable').length, 1, operation);
      hosted.twilio.faults.clear();
    }
  });

  it('that took long to keep leaves the judging to a quicker one, and the log says so once a minute', async () => {
    const fourSeconds = {
      then(done) {
        ahead += 4 * SECOND;
        done();
      },
    };
    const slow = () => hosted.twilio.faults.add({ operation: 'sync.items.create', kind: 'slow', until: fourSeconds });
    for (let n = 0; n < 3; n += 1) {
      slow();
      assert.deepEqual((await tell(n, true)).body, { kept: 1, refused: [] });
      ahead += 6 * SECOND;
    }
    const [{ ms }, ...more] = hosted.entries('incidents-late');
    assert.ok(ms > 3 * SECOND && more.length === 0, `${ms} ms, and ${more.length} lines more`);
    assert.equal(kept('turn'), undefined);
    await tell(3, true);
    assert.ok(kept('turn'));
  });

  it('is kept where the Function was deployed without what judges', async (t) => {
    const { 'generated/incidents': _engine, ...others } = hosted.functions;
    t.mock.method(Runtime, 'getFunctions', () => others);
    for (const n of [0, 1]) assert.equal((await tell(n, true)).status, 200);
    assert.equal(hosted.entries('incidents-not-built').length, 1);
  });

  it('of a centre of 1,000 agents in calls costs Sync no more than it takes', async () => {
    const { floor } = hosted.twilio.world;
    for (let n = 0; n < 1_000; n += 1) {
      const map = `device-monitoring-beats-${n % 8}`;
      if (!floor.find(map)) floor.create(map);
      const data = { worker: sid(n), startedAt, at: Date.now(), receivedAt: Date.now(), site: 'Oslo', version: 1 };
      floor.createItem(map, { key: `${sid(n)}-${startedAt}`, text: JSON.stringify(data), ttl: 120 });
      if (n % 100 === 99) floor.forgive();
    }
    // 33 beats a second for twelve seconds, by instances that come and go.
    for (let second = 0; second < 12; second += 1) {
      for (let beats = 0; beats < 33; beats += 1) {
        const n = (second * 33 + beats) % agents.length;
        if (beats % 11 === 0) anotherInstance();
        assert.equal((await tell(n, n % 10 === 0)).status, 200);
      }
      ahead += SECOND;
    }
    assert.equal(floor.refused, 0);
    const reads = hosted.twilio.requests.filter(({ operation }) => operation === 'sync.items.list').length;
    assert.ok(reads > 8 && reads <= 3 * 8 * 3, `${reads} reads of eight maps in twelve seconds`);
  });
});

describe('actions about incidents', () => {
  const raise = (names, env = {}) => goOn(40 * SECOND, siteIsDown, { ...ACTIONS, INCIDENT_ACTIONS: names, ...env });

  it('post to a server, to Slack and by e-mail, each once; and none but the first names an agent', async () => {
    await raise(' webhook-incident,slack-incident, email-incident,log-incident');
    assert.deepEqual(received.map(({ host }) => host).sort(), [
      'api.sendgrid.com',
      'hooks.example.com',
      'slack.example.com',
    ]);
    const of = (host) => received.find((one) => one.host === host);
    const hook = of('hooks.example.com');
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(hook.headers['x-device-monitoring-signature']);
    assert.equal(v1, createHmac('sha256', SECRET).update(`${t}.${hook.body}`).digest('hex'));
    const posted = JSON.parse(hook.body);
    assert.deepEqual([posted.change, posted.incident.id], ['opened', state().open[0].id]);
    assert.equal(posted.incident.agents.length, HERE - 2);

    const { text } = JSON.parse(of('slack.example.com').body);
    assert.match(
      text,
      /^\*Incident: trouble of agents with site Porto &lt;1&gt; @\u200bhere\*\n10 of 12 agents in calls with site/,
    );
    const mail = JSON.parse(of('api.sendgrid.com').body);
    assert.equal(of('api.sendgrid.com').path, '/v3/mail/send');
    assert.equal(of('api.sendgrid.com').headers.authorization, 'Bearer SG.an-id.a-key');
    assert.deepEqual(mail.personalizations, [{ to: [{ email: 'it@example.com' }, { email: 'night@example.com' }] }]);
    assert.deepEqual(
      [mail.from.email, mail.subject],
      ['flex@example.com', 'Incident: trouble of agents with site Porto <1> @here'],
    );
    assert.match(mail.content[0].value, /and 0 of the 28 others/);
    for (const host of ['slack.example.com', 'api.sendgrid.com']) assert.doesNotMatch(of(host).body, /WK[0-9a-f]/);
    assert.doesNotMatch(hosted.logText(), /a-key|T0\/B0/);
  });

  for (const nothing of [undefined, '', ' ', ',', ' , ,'])
    it(`are a line of the log where INCIDENT_ACTIONS names none: ${JSON.stringify(nothing)}`, async () => {
      await raise(nothing);
      assert.deepEqual(logged(), [['opened', 'site', 'Porto <1> @here']]);
    });

  it('that fail are tried again, without those that have succeeded', async () => {
    answer = (res) => res.writeHead(500).end();
    await raise('webhook-incident,log-incident');
    assert.equal(received.length, 1);
    assert.deepEqual(kept('state').pending[0].left, ['webhook-incident']);
    answer = (res) => res.writeHead(200).end();
    await goOn(40 * SECOND, siteIsDown, { ...ACTIONS, INCIDENT_ACTIONS: 'webhook-incident,log-incident' });
    assert.deepEqual([received.length, hosted.entries('incident').length, kept('state').pending], [2, 1, []]);
    const [first, second] = received.map(({ body }) => JSON.parse(body));
    assert.deepEqual([first.change, first.incident.id], [second.change, second.incident.id]);
  });

  it('are not told of the end before the opening: what waits for that is told after it, and the others at once', async () => {
    const env = { ...ACTIONS, INCIDENT_ACTIONS: 'slack-incident,log-incident' };
    const taken = [];
    let isRefused = true;
    answer = (res) => {
      const { text } = JSON.parse(received.at(-1).body);
      const isOpening = text.startsWith('*Incident: ');
      if (!(isOpening && isRefused)) taken.push(isOpening ? 'opened' : 'closed');
      res.writeHead(isOpening && isRefused ? 500 : 200).end();
    };
    await goOn(40 * SECOND, siteIsDown, env);
    await goOn(3 * MINUTE, nobody, env);
    assert.equal(state().open.length, 0);
    assert.deepEqual(
      logged().map(([change]) => change),
      ['opened', 'closed'],
    );
    assert.deepEqual(taken, []);
    isRefused = false;
    await goOn(MINUTE, nobody, env);
    assert.deepEqual([taken, kept('state').pending], [['opened', 'closed'], []]);
  });

  it('are told of the end once its opening was given up', async () => {
    const env = { ...ACTIONS, INCIDENT_ACTIONS: 'slack-incident' };
    const isOver = () => JSON.parse(received.at(-1).body).text.startsWith('*Incident closed');
    answer = (res) => res.writeHead(isOver() ? 200 : 500).end();
    await goOn(40 * SECOND, siteIsDown, env);
    ahead += 61 * MINUTE;
    await goOn(20 * SECOND, nobody, env);
    const [{ actions, change }] = hosted.entries('incident-given-up');
    assert.deepEqual([actions, change, isOver()], [['slack-incident'], 'opened', true]);
    assert.deepEqual(kept('state').pending, []);
  });

  it('that keep failing are given up after an hour, and the log says so', async () => {
    answer = (res) => res.writeHead(500).end();
    await raise('webhook-incident');
    ahead += 61 * MINUTE;
    await goOn(20 * SECOND, nobody, { ...ACTIONS, INCIDENT_ACTIONS: 'webhook-incident' });
    const [{ actions, change }] = hosted.entries('incident-given-up');
    assert.deepEqual([actions, change], [['webhook-incident'], 'opened']);
  });

  it('that are not there, or whose settings are wrong, do not keep the others from it, and the log names them', async () => {
    await raise('no-such-action,webhook-incident,log-incident', { WEBHOOK_URL: 'http://hooks.example.com' });
    assert.equal(hosted.entries('incident').length, 1);
    const messages = hosted.entries('not-configured').map(({ message }) => message);
    assert.ok(messages.some((message) => message.includes('INCIDENT_ACTIONS')));
    assert.ok(messages.some((message) => message.includes('WEBHOOK_URL')));
    assert.deepEqual(received, []);
  });

  it('whose file is broken do not keep the others from it, nor telemetry, and are given up after an hour', async (t) => {
    const file = join(tmpdir(), `broken-${process.pid}.private.js`);
    await writeFile(file, 'exports.run = () => {');
    t.after(() => rm(file));
    const odd = join(tmpdir(), `odd-${process.pid}.private.js`);
    await writeFile(odd, "exports.options = 'none'; exports.run = () => {};");
    t.after(() => rm(odd));
    const more = { 'incident-actions/broken': { path: file }, 'incident-actions/odd': { path: odd } };
    const functions = { ...hosted.functions, ...more };
    t.mock.method(Runtime, 'getFunctions', () => functions);
    const env = { INCIDENT_ACTIONS: 'broken,odd,log-incident', ...TELEMETRY };
    await goOn(40 * SECOND, siteIsDown, env);
    assert.deepEqual(logged(), [['opened', 'site', 'Porto <1> @here']]);
    assert.deepEqual(kept('state').pending[0].left, ['broken', 'odd']);
    assert.deepEqual(told(), ['incident.opened.v1']);
    ahead += 61 * MINUTE;
    await goOn(20 * SECOND, siteIsDown, env);
    assert.deepEqual(hosted.entries('incident-given-up')[0].actions, ['broken', 'odd']);
  });

  it('leave telemetry to be sent if what they have done cannot be written down', async () => {
    await tellAll(siteIsDown, TELEMETRY);
    while (hosted.entries('incident').length === 0) {
      hosted.twilio.faults.clear();
      // The first is that the incident has opened.
      const [operation, match] = ['sync.items.update', 'Items/state'];
      hosted.twilio.faults.add({ operation, match, kind: 'status', status: 500, skip: 1, times: null });
      ahead += 5 * SECOND;
      await tell(0, true, {}, TELEMETRY);
    }
    assert.equal(hosted.entries('incidents-unavailable').length, 1);
    assert.deepEqual(told(), ['incident.opened.v1']);
  });

  /** The state as if it were almost as large as the engine lets it become. */
  function fill(changes) {
    const { floor } = hosted.twilio.world;
    const { incidents, pending } = kept('state');
    const team = (n) => [`${'T'.repeat(118)}${n}`, [90_000, 900]];
    const counts = {
      ...incidents.usual.counts,
      team: Object.fromEntries(Array.from({ length: 95 }, (_, n) => team(n))),
    };
    const data = { incidents: { ...incidents, usual: { ...incidents.usual, counts } }, pending, ...changes };
    floor.forgive();
    floor.updateItem('device-monitoring-incidents', 'state', { text: JSON.stringify(data), ttl: 86_400 });
  }

  it('that fail for many incidents do not end the judging: the oldest are given up', async () => {
    await goOn(5 * SECOND, nobody);
    const tryAt = Date.now() + 60 * MINUTE;
    const pending = Array.from({ length: 16 }, (_, n) => ({
      kind: 'opened',
      id: `incident-17953276091${n + 10}-networkType`,
      since: Date.now(),
      left: ['slack-incident', 'email-incident'],
      tryAt,
    }));
    fill({ pending });
    await goOn(40 * SECOND, siteIsDown);
    assert.equal(state().open.length, 1);
    assert.deepEqual(logged(), [['opened', 'site', 'Porto <1> @here']]);
    const [{ incidentId }] = hosted.entries('incident-given-up');
    assert.equal(incidentId, pending[0].id);
    assert.ok(Buffer.byteLength(JSON.stringify(kept('state'))) < 16_384);
  });

  it('are run for an incident that is forgotten as soon as it is closed, for want of room', async () => {
    await goOn(40 * SECOND, siteIsDown);
    const [open] = state().open;
    fill();
    await goOn(3 * MINUTE, nobody);
    assert.deepEqual(
      logged().map(([change]) => change),
      ['opened', 'closed'],
    );
    assert.deepEqual([state().open, state().closed.filter(({ id }) => id === open.id)], [[], []]);
  });

  it('are no actions for an alert, and actions for alerts are none about incidents', async () => {
    const { status, body } = await hosted.report('log-incident', hosted.call());
    assert.deepEqual([status, body.error], [400, 'action-unknown']);
    await raise('log-call');
    assert.deepEqual(hosted.entries('alert'), []);
  });
});
