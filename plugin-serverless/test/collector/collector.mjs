/**
 * The real Function under the real `twilio-run`, and a real OpenTelemetry collector: each alert and each card arrives once.
 *
 *   COLLECTOR=…/rotel-agent node --test test/collector/collector.mjs     (cargo xtask collector does this)
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PUBLIC } from '../support/receiver.mjs';
import { callSid, card, cardsForm } from '../support/reports.mjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form, post } from '../support/requests.mjs';
import startRuntimeModule from '../support/start-runtime.cjs';
import standIn from '../support/twilio/server.cjs';

const START_LIMIT_MS = 10_000;
const ARRIVAL_LIMIT_MS = 10_000;
const COLLECTOR = 'collector.example.com';

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The collector, which writes whatever it receives to its standard output. */
async function startCollector() {
  const program = process.env.COLLECTOR;
  assert.ok(program, 'the variable COLLECTOR names no collector: run "cargo xtask collector"');
  const folder = await mkdtemp(path.join(tmpdir(), 'device-monitoring-collector-'));
  const [http, grpc] = [await freePort(), await freePort()];
  const child = spawn(
    program,
    [
      'start',
      ...['--otlp-http-endpoint', `127.0.0.1:${http}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`],
      ...[
        '--exporter',
        'blackhole',
        '--debug-log',
        'logs',
        '--debug-log',
        'metrics',
        '--debug-log-verbosity',
        'detailed',
      ],
      ...['--pid-file', path.join(folder, 'pid'), '--log-file', path.join(folder, 'log')],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const waitFor = async (isThere, limitMs, what) => {
    for (const deadline = Date.now() + limitMs; !isThere(); await sleep(50))
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${what}; the collector says:\n${text}`);
  };
  await waitFor(() => text.includes('Starting Rotel'), START_LIMIT_MS, 'it has not started');
  return {
    http,
    text: () => text,
    waitFor: (isThere) => waitFor(isThere, ARRIVAL_LIMIT_MS, 'it has not arrived'),
    async stop() {
      if (child.exitCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true });
    },
  };
}

describe('a real collector', () => {
  let collector;
  let twilio;
  let runtime;
  before(async () => {
    collector = await startCollector();
    twilio = await standIn.startTwilio();
    runtime = await startRuntimeModule.startRuntime({
      twilio,
      tokens: { [TOKEN]: {} },
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `https://${COLLECTOR}`,
        STAND_IN_NAMES: JSON.stringify({ [COLLECTOR]: [[PUBLIC]] }),
        STAND_IN_PLACES: JSON.stringify({ [PUBLIC]: collector.http }),
      },
    });
  });
  after(async () => {
    await runtime?.stop();
    await twilio?.stop();
    await collector?.stop();
  });

  const count = (text) => collector.text().split(text).length - 1;

  it('receives each alert once, however often the browser sends it', async () => {
    const { agent } = twilio.world.addFlexCall({ identity: IDENTITY, workerSid: WORKER_SID });
    const fields = form({ alert: JSON.stringify(alert({ callSid: agent.sid })) });
    for (const outcome of ['done', 'already-done', 'already-done'])
      assert.equal((await post(runtime, fields)).body.outcome, outcome);
    await collector.waitFor(
      () => count('Name: device_monitoring.alerts') > 0 && count(`twilio.call.sid: Str(${agent.sid})`) > 0,
    );
    assert.equal(count('EventName: device_monitoring.alert\n'), 1);
    assert.equal(count('device_monitoring.alerts'), 1);
    assert.ok(collector.text().includes('SeverityNumber: SEVERITY_NUMBER_WARN(13)'));
    assert.ok(collector.text().includes('service.name: Str(device-monitoring)'));
    assert.ok(!runtime.lines.some((line) => line.includes('telemetry-failed')), runtime.lines.join('\n'));
  });

  it('receives each card once, and its figures as histograms', async () => {
    const cards = [card({ callSid: callSid(1) }), card({ callSid: callSid(2), durationMs: 120_000 })];
    for (const attempt of ['the first', 'the second']) {
      const body = new URLSearchParams(cardsForm(cards));
      const response = await fetch(`${runtime.url}/calls`, { method: 'POST', body });
      assert.equal(response.status, 200, `${attempt}: ${await response.text()}`);
    }
    await collector.waitFor(
      () => count('device_monitoring.call.duration') >= 3 && count('EventName: device_monitoring.card') >= 2,
    );
    assert.equal(count('EventName: device_monitoring.card\n'), 2);
    assert.equal(count('Name: device_monitoring.calls\n'), 1);
    assert.ok(!runtime.lines.some((line) => line.includes('telemetry-failed')), runtime.lines.join('\n'));
  });
});
