/** Where a centre's own monitoring is told, and that a receiver that fails never costs an alert. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, beforeEach, describe, it } from 'node:test';
import { BOTH, CLOUDEVENTS, COLLECTOR, FORMS, OTLP, SECRET, plain, startTelemetry } from './support/telemetry.mjs';

const { hosted, receiver, send, sendCards, newCard, failures, reset, stop } = await startTelemetry();
after(stop);
beforeEach(reset);

describe('where to and how', () => {
  it('is what the variables say: addresses, headers, a signature, the service, the kinds', async () => {
    const env = {
      ...CLOUDEVENTS,
      CLOUDEVENTS_HEADERS: 'Authorization=Bearer%20abc, X-Team = voice',
      CLOUDEVENTS_SECRET: SECRET,
      CLOUDEVENTS_TYPE_PREFIX: 'com.example.flex',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${COLLECTOR}/ingest/logs?key=1`,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%3Db',
      OTEL_SERVICE_NAME: 'voice',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
      TELEMETRY_KINDS: 'alert, incident',
    };
    await send('log-call', hosted.call(), env);
    await sendCards([newCard()], env);
    const [event, logs] = ['/hook?from=flex', '/ingest/logs?key=1'].map((path) =>
      receiver.received.find((one) => one.path === path),
    );
    assert.equal(receiver.received.length, 2);
    assert.deepEqual(
      [event.headers.authorization, event.headers['x-team'], event.headers.host],
      ['Bearer abc', 'voice', 'events.example.com'],
    );
    assert.equal(JSON.parse(event.body).type, 'com.example.flex.alert.v1');
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(event.headers['x-device-monitoring-signature']);
    assert.equal(signature, createHmac('sha256', SECRET).update(`${time}.${event.body}`).digest('hex'));
    assert.deepEqual([logs.headers['api-key'], logs.headers['content-type']], ['a=b', 'application/json']);
    const resource = plain(JSON.parse(logs.body).resourceLogs[0].resource.attributes);
    assert.deepEqual([resource['service.name'], resource['deployment.environment.name']], ['voice', 'test']);
  });

  it('takes an endpoint with a path, with and without a slash at its end', async () => {
    for (const path of ['/otlp', '/otlp/'])
      await send('log-call', hosted.call(), { OTEL_EXPORTER_OTLP_ENDPOINT: `${COLLECTOR}${path}` });
    assert.deepEqual(receiver.received.map(({ path }) => path).sort(), [
      '/otlp/v1/logs',
      '/otlp/v1/logs',
      '/otlp/v1/metrics',
      '/otlp/v1/metrics',
    ]);
  });

  it('is nowhere private, by whatever name', async () => {
    for (const host of [
      'inside.example.com',
      'localhost',
      '127.0.0.1',
      '10.0.0.5',
      '169.254.169.254',
      '[::1]',
      '2130706433',
    ])
      assert.equal(
        (
          await send('log-call', hosted.call(), {
            CLOUDEVENTS_URL: `https://${host}/`,
            OTEL_EXPORTER_OTLP_ENDPOINT: `https://${host}`,
          })
        ).status,
        200,
        host,
      );
    assert.deepEqual(receiver.received, []);
  });

  it('with a wrong variable is off, which the log says with its name and not its value, and the other exporter is not', async () => {
    for (const [name, value] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector.example.com'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:word@collector.example.com'],
      ['OTEL_EXPORTER_OTLP_HEADERS', 'no-value'],
      ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,=c'],
    ]) {
      receiver.reset();
      const { status } = await send('log-call', hosted.call(), { ...BOTH, [name]: value });
      assert.deepEqual([status, receiver.received.map(({ path }) => FORMS[path])], [200, ['cloudevent']], value);
    }
    for (const [name, value] of [
      ['CLOUDEVENTS_URL', 'events.example.com'],
      ['CLOUDEVENTS_SECRET', 'short-one'],
      ['CLOUDEVENTS_TYPE_PREFIX', 'Com Example'],
    ]) {
      receiver.reset();
      await send('log-call', hosted.call(), { ...BOTH, [name]: value });
      assert.deepEqual(receiver.received.map(({ path }) => FORMS[path]).sort(), ['logs', 'metrics'], value);
    }
    receiver.reset();
    await send('log-call', hosted.call(), { ...BOTH, TELEMETRY_KINDS: 'alerts' });
    assert.deepEqual(receiver.received, []);
    const said = hosted.entries('not-configured').map(({ message }) => message);
    assert.ok(said.some((message) => message.startsWith('The variable TELEMETRY_KINDS ')));
    assert.ok(said.some((message) => message.startsWith('The variable OTEL_EXPORTER_OTLP_ENDPOINT ')));
    assert.doesNotMatch(hosted.logText(), /user:word|no-value|short-one|Com Example/);
  });
});

describe('a receiver that fails', () => {
  /** [what it does, how it answers, what the log says of it, how often each exporter is tried] */
  const FAILING = [
    ['refuses', (res) => res.writeHead(401).end(), [401, 'REFUSED'], 1],
    ['redirects', (res) => res.writeHead(307, { Location: `${COLLECTOR}/other` }).end(), [307, 'REFUSED'], 1],
    ['is down', (res) => res.writeHead(503).end(), [503, 'REFUSED'], 2],
    ['hangs up', (res) => res.destroy(), [null, 'ECONNRESET'], 2],
    ['says nothing', () => {}, [null, 'ABORT_ERR'], 1],
  ];
  for (const [index, [what, answer, said, tries]] of FAILING.entries()) {
    it(`because it ${what} changes neither action nor answer`, { timeout: 10_000 }, async (t) => {
      // Each in minutes of its own, because the log has one line a minute.
      const [now, later] = [Date.now, (10 + 2 * index) * 60_000];
      t.mock.method(Date, 'now', () => now() + later);
      receiver.answer = answer;
      const { status, body } = await send('log-call', hosted.call(), BOTH);
      assert.deepEqual([status, body.outcome], [200, 'done']);
      assert.equal(hosted.entries('alert').length, 1);
      assert.deepEqual(
        failures()
          .map(({ to, status: told, code }) => [to, told, code])
          .sort(),
        ['cloudevents', 'otlp-logs', 'otlp-metrics'].map((to) => [to, ...said]),
      );
      assert.deepEqual(
        [receiver.received.length, receiver.received.some(({ path }) => path === '/other')],
        [3 * tries, false],
      );
    });
  }

  it('only after it has said that it took everything has it', { timeout: 10_000 }, async () => {
    for (const answer of [
      (res) => res.writeHead(200).end('x'.repeat(20_000)),
      (res) => res.writeHead(200).write('x', () => res.destroy()),
      (res) => res.writeHead(200).write('x'),
    ]) {
      receiver.reset();
      receiver.answer = answer;
      const { status, body } = await send('log-call', hosted.call(), BOTH);
      assert.deepEqual([status, body.outcome], [200, 'done']);
      assert.equal(receiver.received.length, 3, String(answer));
    }
    assert.deepEqual(failures(), []);
  });

  it('for a moment is tried once more', async () => {
    const seen = new Set();
    receiver.answer = (res, path) => {
      res.writeHead(seen.has(path) ? 200 : 503).end();
      seen.add(path);
    };
    await send('log-call', hosted.call(), BOTH);
    assert.equal(receiver.received.length, 6);
    assert.deepEqual(failures(), []);
  });

  it('is said once a minute, with how much was lost since', async (t) => {
    const start = Date.now() + 3_600_000;
    let now = start;
    t.mock.method(Date, 'now', () => now);
    receiver.answer = (res) => res.writeHead(401).end();
    for (const age of [60_000, 70_000, 80_000]) await sendCards([newCard({ startedAt: now - age })], CLOUDEVENTS);
    now = start + 61_000;
    await sendCards([newCard({ startedAt: now - 60_000 })], CLOUDEVENTS);
    assert.deepEqual(
      failures().map(({ to, lost, status }) => [to, lost, status]),
      [
        ['cloudevents', 1, 401],
        ['cloudevents', 3, 401],
      ],
    );
  });

  it('says itself how much of a request it has rejected, and the log repeats it', async (t) => {
    const later = Date.now() + 7_200_000;
    t.mock.method(Date, 'now', () => later);
    receiver.answer = (res, path) =>
      res
        .writeHead(200)
        .end(
          path === '/v1/logs'
            ? '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no"}}'
            : '{"partialSuccess":{}}',
        );
    await send('log-call', hosted.call(), OTLP);
    assert.deepEqual(
      failures().map(({ to, lost, code }) => [to, lost, code]),
      [['otlp-logs', 1, 'PARTLY_REJECTED']],
    );
  });
});
