/** What goes to a centre's own monitoring: which documents, in which form, and how often. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, beforeEach, describe, it } from 'node:test';
import { HTTP } from 'cloudevents';
import { incident } from './support/incidents.mjs';
import { callSid, card } from './support/reports.mjs';
import { CALLED, CALLER, WORKER_SID, alert, form } from './support/requests.mjs';
import { BOTH, CLOUDEVENTS, EVENTS, FORMS, OTLP, SECRET, plain, startTelemetry } from './support/telemetry.mjs';
import twilioModule from './support/twilio/server.cjs';

const { ACCOUNT_SID } = twilioModule;

// Later than the alert of these tests.
const NOW = Date.parse('2026-11-22T06:10:00.000Z');

const { hosted, receiver, send, sendCards, newCard, failures, reset, stop } = await startTelemetry();
after(stop);
beforeEach(reset);

const sendIncident = (state, changes, env) =>
  hosted
    .lib('telemetry')
    .sendTelemetry({ ACCOUNT_SID, ...env }, [{ kind: 'incident', state, incident: incident(changes) }], {
      started: Date.now(),
    });
const bodies = (kind) =>
  receiver.received.filter(({ path }) => FORMS[path] === kind).map(({ body }) => JSON.parse(body));
const records = () =>
  bodies('logs').flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  );
const metrics = () =>
  bodies('metrics').flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics)),
  );
const claims = () => [...hosted.twilio.world.documents.keys()].filter((name) => name.includes('telemetry'));

/** Without what is another each time: times of sending, and the instance. */
function steady(kind, document) {
  const text = JSON.stringify(document).replace(
    /("service\.instance\.id","value":\{"stringValue":")[0-9a-f-]{36}/g,
    '$100000000-0000-4000-8000-000000000000',
  );
  const parsed = JSON.parse(text);
  if (kind !== 'metrics') return parsed;
  for (const { metrics: all } of parsed.resourceMetrics[0].scopeMetrics)
    for (const { sum, histogram } of all)
      for (const point of (sum ?? histogram).dataPoints) {
        assert.match(point.timeUnixNano, /^\d{19}$/);
        assert.match(point.startTimeUnixNano, /^\d{19}$/);
        Object.assign(point, { startTimeUnixNano: '1795327600000000000', timeUnixNano: '1795327800000000000' });
      }
  return parsed;
}

/** The bodies of one case are kept beside the tests: crates/otlp-decoding decodes the same files. */
async function assertKept(name) {
  const forms = [...new Set(receiver.received.map(({ path }) => FORMS[path]))];
  for (const kind of forms) {
    const file = new URL(`telemetry/${name}.${kind}.json`, import.meta.url);
    const [first, ...more] = bodies(kind).map((body) => steady(kind, body));
    const found = kind === 'cloudevent' ? [first, ...more] : first;
    if (process.env.UPDATE_FIXTURES) await writeFile(file, `${JSON.stringify(found, null, 2)}\n`);
    assert.deepEqual(found, JSON.parse(await readFile(file, 'utf8')), `${name}.${kind}.json`);
  }
  return forms.sort();
}

describe('telemetry', () => {
  it('is off by default: nothing is sent, and nothing is claimed', async () => {
    await send('log-call', hosted.call());
    await sendCards([newCard()]);
    await sendIncident('opened');
    assert.deepEqual([receiver.received, claims(), failures()], [[], [], []]);
  });

  describe('in each form', () => {
    const everything = async (t) => {
      t.mock.method(Date, 'now', () => NOW);
      // Of the world of these tests, the same in each run.
      const call = hosted.call({ callSid: callSid(7) });
      return call;
    };

    it('of an alert is as kept beside this test', async (t) => {
      const call = await everything(t);
      const cause = {
        name: 'wifi',
        startMs: 12_000,
        endMs: 33_000,
        evidence: { networkType: 'wifi', concealmentMs: 85, bufferSwingMs: 40 },
      };
      const { body } = await send('log-call', { callSid: call.callSid, cause: 'wifi', causes: [cause] }, BOTH);
      assert.equal(body.outcome, 'done');
      assert.deepEqual(await assertKept('alert'), ['cloudevent', 'logs', 'metrics']);
    });

    it('of an alert that says as little as it may is as kept beside this test', async (t) => {
      t.mock.method(Date, 'now', () => NOW);
      const little = Object.fromEntries(
        [
          'callSid',
          'taskSid',
          'reservationSid',
          'conferenceSid',
          'workerSid',
          'callerId',
          'dnis',
          'diagnosis',
          'browser',
          'edge',
          'endpoint',
        ].map((name) => [name, undefined]),
      );
      await send(
        'log-call',
        { ...little, conditions: [], metrics: {}, versions: { plugin: '0.1.0', engine: '0.1.0' } },
        BOTH,
      );
      assert.deepEqual(await assertKept('alert-with-little'), ['cloudevent', 'logs', 'metrics']);
    });

    it('of cards is as kept beside this test, with a pseudonym where the worker is not named', async (t) => {
      t.mock.method(Date, 'now', () => NOW);
      hosted.twilio.world.addWorker({ sid: WORKER_SID, attributes: { team_name: 'Blue', location: 'Lisbon' } });
      const healthy = {
        reasons: undefined,
        diagnosis: undefined,
        cause: undefined,
        evidence: undefined,
        timeline: undefined,
        omittedStretches: undefined,
        conditions: undefined,
        warningMs: 0,
      };
      const list = [
        card({ callSid: callSid(11) }),
        card({ callSid: callSid(12), ...healthy, startedAt: NOW - 600_000, durationMs: 245_300, workerSid: undefined }),
        card({ callSid: callSid(13), ...healthy, startedAt: NOW - 300_000, metrics: {}, monitoring: true }),
      ];
      const { body } = await sendCards(list, BOTH);
      assert.deepEqual(body, { kept: 3, refused: [] });
      assert.deepEqual(await assertKept('cards'), ['cloudevent', 'logs', 'metrics']);
    });

    for (const [state, changes] of [
      ['opened', {}],
      ['closed', { closedAt: 1_795_328_609_127, ending: 'over' }],
    ]) {
      it(`of an incident that was ${state} is as kept beside this test`, async (t) => {
        t.mock.method(Date, 'now', () => 1_795_329_000_000);
        await sendIncident(state, changes, BOTH);
        const forms = await assertKept(`incident-${state}`);
        assert.deepEqual(forms, state === 'opened' ? ['cloudevent', 'logs', 'metrics'] : ['cloudevent', 'logs']);
      });
    }

    it('of an incident that everybody has compares nobody', async () => {
      const all = {
        key: { kind: 'everyone' },
        without: { agents: 0, troubled: 0 },
        alike: undefined,
        causes: undefined,
      };
      await sendIncident('opened', all, BOTH);
      const [{ body, attributes }] = records();
      assert.equal(body.stringValue, '31 of 40 agents in calls are in trouble: everyone.');
      assert.equal(plain(attributes)['device_monitoring.incident.key.value'], undefined);
    });

    it('is a CloudEvent by the word of the official SDK', async () => {
      await send('log-call', hosted.call(), CLOUDEVENTS);
      await sendCards([newCard(), newCard({ workerSid: undefined })], CLOUDEVENTS);
      await sendIncident('opened', {}, CLOUDEVENTS);
      const events = receiver.received.map(({ headers, body }) => HTTP.toEvent({ headers, body }));
      assert.deepEqual(
        events.map((event) => [event.validate(), event.type, event.specversion]),
        ['alert', 'card', 'card', 'incident.opened'].map((kind) => [true, `flex.device-monitoring.${kind}.v1`, '1.0']),
      );
      assert.equal(new Set(events.map(({ source, id }) => `${source} ${id}`)).size, 4);
      assert.ok(
        receiver.received.every(
          ({ method, headers }) =>
            method === 'POST' && headers['content-type'].startsWith('application/cloudevents+json'),
        ),
      );
    });
  });

  it('has no phone number in it, not even in a text', async () => {
    const text = `The customer is ${CALLER}`;
    await send('log-call', { ...hosted.call(), reasons: [{ ...alert().reasons[0], text }] }, BOTH);
    assert.equal(receiver.received.length, 3);
    for (const { body } of receiver.received)
      assert.ok(![CALLER, CALLED].some((number) => body.includes(number)), body);
  });

  it('has the time of sending where the computer was ahead, or what a browser made up is no time', async () => {
    for (const endedAt of ['9999-11-22T06:07:49.127Z', '2026-99-99T99:99:99.999Z']) {
      hosted.reset();
      receiver.reset();
      await send('log-call', { ...hosted.call(), endedAt }, BOTH);
      assert.equal(receiver.received.length, 3, endedAt);
      assert.ok(Math.abs(Number(records()[0].timeUnixNano) / 1e6 - Date.now()) < 60_000);
      assert.ok(Math.abs(Date.parse(bodies('cloudevent')[0].time) - Date.now()) < 60_000);
    }
    assert.deepEqual(failures(), []);
  });

  it('has whole characters only, also where a team is cut in the middle of one', async () => {
    const team = `${'x'.repeat(39)}😀`;
    hosted.twilio.world.addWorker({ sid: WORKER_SID, attributes: { team_name: team } });
    await sendCards([newCard()], { ...BOTH, FLOOR_TEAM_ATTRIBUTE: 'team_name' });
    for (const { body } of receiver.received) assert.doesNotMatch(body, /\\ud[89a-f]/i);
  });

  it('counts a diagnosis and a cause that nobody knows as one, so that no browser can make up series', async () => {
    await send('log-call', { ...hosted.call(), diagnosis: 'made-up', cause: 'made-up-too' }, OTLP);
    const [{ name, sum }] = metrics();
    const { 'device_monitoring.diagnosis': diagnosis, 'device_monitoring.cause': cause } = plain(
      sum.dataPoints[0].attributes,
    );
    assert.deepEqual([name, diagnosis, cause], ['device_monitoring.alerts', '_OTHER', '_OTHER']);
  });

  it('has no kind of connection where the browser names a network like something that every object has', async () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'];
    await sendCards(
      names.map((networkType) => newCard({ networkType })),
      OTLP,
    );
    const attributes = records().map((one) => one.attributes);
    assert.equal(attributes.length, names.length);
    for (const of of attributes) {
      assert.ok(of.every(({ value }) => Object.keys(value).length === 1));
      assert.ok(!of.some(({ key }) => key === 'network.connection.type'));
    }
  });

  it('counts each call once, cards with the same attributes in one point, and none of who listened in', async () => {
    await sendCards([newCard(), newCard({ durationMs: 120_000 }), newCard({ monitoring: true })], OTLP);
    const byName = Object.fromEntries(metrics().map((metric) => [metric.name, metric]));
    assert.deepEqual(
      byName['device_monitoring.calls'].sum.dataPoints.map(({ asInt }) => asInt),
      ['2'],
    );
    const [point] = byName['device_monitoring.call.duration'].histogram.dataPoints;
    assert.deepEqual([point.count, point.sum, point.min, point.max], ['2', 180, 60, 120]);
    assert.deepEqual(point.bucketCounts, ['0', '0', '1', '1', '0', '0', '0', '0', '0', '0']);
    assert.equal(records().length, 3);
  });

  it('has metrics whose times follow one another', async () => {
    for (const durationMs of [10_000, 20_000, 30_000]) await sendCards([newCard({ durationMs })], OTLP);
    const times = metrics()
      .filter(({ name }) => name === 'device_monitoring.calls')
      .map(({ sum }) => [sum.dataPoints[0].startTimeUnixNano, sum.dataPoints[0].timeUnixNano].map(BigInt));
    assert.equal(times.length, 3);
    times.forEach(([start, end], index) => assert.ok(start < end && (index === 0 || start === times[index - 1][1])));
  });
});

describe('an alert', () => {
  it('is sent once, however often it comes', async () => {
    const call = hosted.call();
    for (const outcome of ['done', 'already-done', 'already-done'])
      assert.equal((await send('log-call', call, BOTH)).body.outcome, outcome);
    assert.equal(receiver.received.length, 3);
    assert.deepEqual(claims(), [`device-monitoring-telemetry-${WORKER_SID}-${alert(call).id}`]);
  });

  it('is sent once by two instances that get it at the same time', async () => {
    const call = hosted.call();
    await Promise.all([send('log-call', call, CLOUDEVENTS), send('log-call', call, CLOUDEVENTS)]);
    assert.equal(receiver.received.length, 1);
  });

  it('is sent when its action fails, and not again when that succeeds', async () => {
    const env = { ...CLOUDEVENTS, SMS_TEXT: 'We are sorry.', SMS_FROM: '+12025550100' };
    const call = hosted.call();
    hosted.twilio.faults.add({ operation: 'messages.create', kind: 'status', status: 429 });
    assert.equal((await send('send-sms-to-customer', call, env)).status, 503);
    assert.equal(receiver.received.length, 1);
    assert.equal((await send('send-sms-to-customer', call, env)).body.outcome, 'done');
    assert.equal(receiver.received.length, 1);
    assert.equal(hosted.twilio.world.messages.length, 1);
  });

  it('that is only noted is sent too', async () => {
    const { callSid: sid } = hosted.call();
    const { id } = alert({ callSid: sid });
    const report = { callSid: sid, id: `${id}-report`, supplements: id };
    const { body } = await send('send-sms-to-customer', report, CLOUDEVENTS);
    assert.equal(body.outcome, 'noted');
    assert.equal(bodies('cloudevent')[0].id, `${id}-report`);
  });

  it("about a colleague's call is not sent where it is refused, and elsewhere never passes for the colleague's", async () => {
    const call = hosted.call({ identity: 'other_40example_2Ecom' });
    const refused = await send('webhook', call, {
      ...CLOUDEVENTS,
      ACTIONS_ENABLED: 'webhook',
      WEBHOOK_URL: EVENTS,
      WEBHOOK_SECRET: SECRET,
    });
    assert.deepEqual([refused.status, receiver.received.length], [403, 0]);
    await send('log-call', call, BOTH);
    const [{ id, data }] = bodies('cloudevent');
    assert.equal(id, `${alert(call).id}-of-${WORKER_SID}`);
    assert.deepEqual(data.call, { sid: call.callSid, verified: false, why: 'not-your-call' });
    assert.equal(plain(records()[0].attributes)['device_monitoring.call.verified'], false);
  });

  it('that is refused before its call is looked up is not sent', async () => {
    const call = hosted.call();
    for (const [status, fields] of [
      [400, { alert: '{' }],
      [403, { Token: 'a-forged-token' }],
      [400, { action: 'no-such-action' }],
      [403, { action: 'update-task' }],
      [403, { alert: JSON.stringify(alert({ ...call, workerSid: 'WK00000000000000000000000000000009' })) }],
    ])
      assert.equal((await hosted.send(form({ alert: JSON.stringify(alert(call)), ...fields }), BOTH)).status, status);
    assert.deepEqual([receiver.received, claims()], [[], []]);
  });

  it('is sent while Sync does not answer, as often as it comes', async () => {
    hosted.twilio.faults.add({ operation: 'sync.documents.fetch', kind: 'status', status: 500, times: null });
    hosted.twilio.faults.add({ operation: 'sync.documents.create', kind: 'status', status: 500, times: null });
    const call = hosted.call();
    for (const attempt of [1, 2])
      assert.equal((await send('log-call', call, CLOUDEVENTS)).status, 200, String(attempt));
    assert.deepEqual(
      bodies('cloudevent').map(({ id }) => id),
      [alert(call).id, alert(call).id],
    );
  });

  it('has nothing that the schema does not name, wherever a browser writes it', async () => {
    const call = hosted.call();
    const { endpoint } = alert();
    const changes = {
      ...call,
      customer: `Jane Doe ${CALLER}`,
      endpoint: {
        ...endpoint,
        callSid: callSid(9),
        diagnosis: `at ${CALLER}`,
        network: 'N-0123456789abcdef',
        versions: null,
      },
    };
    const env = { ...BOTH, ACTIONS_ENABLED: 'webhook', WEBHOOK_URL: EVENTS, WEBHOOK_SECRET: SECRET };
    assert.equal((await send('webhook', changes, env)).status, 200);
    assert.equal(receiver.received.length, 4);
    for (const { body } of receiver.received)
      for (const told of ['Jane Doe', callSid(9), 'N-0123456789abcdef', CALLER.slice(1)])
        assert.ok(!body.includes(told), `${told} in ${body}`);
    const [record] = records().map(({ attributes }) => plain(attributes));
    assert.deepEqual(
      [record['twilio.call.sid'], record['device_monitoring.diagnosis'], record['device_monitoring.headset.model']],
      [call.callSid, alert().diagnosis, endpoint.headset],
    );
    assert.deepEqual(failures(), []);
  });
});

describe('a card', () => {
  it('is sent once, however often it comes, and with team and site as Twilio has them', async () => {
    hosted.twilio.world.addWorker({ sid: WORKER_SID, attributes: { team_name: 'Blue', location: 'Lisbon' } });
    const one = newCard();
    for (const attempt of [1, 2, 3]) assert.equal((await sendCards([one], CLOUDEVENTS)).status, 200, String(attempt));
    const [{ data, subject }, ...more] = bodies('cloudevent');
    assert.deepEqual(more, []);
    assert.equal(subject, one.callSid);
    const { workerSid: _workerSid, ...rest } = one;
    const { receivedAt: _receivedAt, team, site, ...sent } = data.card;
    assert.deepEqual(sent, { ...rest, worker: WORKER_SID });
    assert.ok(team && site);
  });

  it('that was kept before another failed is sent', async () => {
    const list = [newCard(), newCard()];
    hosted.twilio.faults.add({ operation: 'sync.items.update', kind: 'status', status: 500, skip: 1 });
    const { status } = await sendCards(list, CLOUDEVENTS);
    const first = receiver.received.length;
    assert.deepEqual([status, first], [503, 1]);
    assert.equal((await sendCards(list, CLOUDEVENTS)).status, 200);
    assert.deepEqual(
      bodies('cloudevent').map(({ subject }) => subject),
      list.map((one) => one.callSid),
    );
  });

  it('has the name of its network, and no part of an address', async () => {
    await sendCards([newCard({ addressPrefix: '198.41.0.0/24' })], BOTH);
    for (const { body } of receiver.received) assert.doesNotMatch(body, /198\.41|addressPrefix/);
    assert.match(plain(records()[0].attributes)['device_monitoring.network.name'], /^N-[0-9a-f]{16}$/);
  });
});
