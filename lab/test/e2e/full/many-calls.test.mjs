// Fifty calls at once, a real one among them: each has its own verdict and its own alert, and Flex goes on.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';
import { paths } from '../../../paths.mjs';
import { waitForSamples } from '../../support/steps.mjs';

const CONFIGURATION = {
  ...WATCHFUL,
  highJitterThreshold: 500,
  shortCallThreshold: 0,
  agentTools: true,
  recordCalls: true,
};
const SECONDS = 15;
const RECEIVED = 50;

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
  const script = await fs.readFile(path.join(paths.lab, 'page', 'voice-client.js'), 'utf8');
  await lab.boot({
    configuration: CONFIGURATION,
    beforeFlex: { content: `${script}\nwindow.labVoiceClient('that makes any call');` },
  });
});
after(() => lab?.close());

/** Every other one is bad, each as bad as no other. `lost`: packets in every second. */
const CALLS = Array.from({ length: 49 }, (_, index) => ({
  callSid: `CA${randomBytes(16).toString('hex')}`,
  lost: index % 2 === 0 ? 0 : 5 + index,
}));
const BAD = CALLS.filter(({ lost }) => lost > 0);

/**
 * Runs in the page: calls with the interface of the Voice SDK's, made through the Device, each with a sample a second. Gives
 * how long each has lasted, in ms: on a busy machine longer.
 */
async function talk({ calls, seconds, received }) {
  class LabCall {
    listeners = new Map();
    direction = 'OUTGOING';
    customParameters = new Map();

    constructor(callSid) {
      this.parameters = { CallSid: callSid };
    }

    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
      return this;
    }

    emit(event, ...given) {
      for (const listener of this.listeners.get(event) ?? []) listener(...given);
    }

    status() {
      return 'connecting';
    }
  }
  const pause = (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
  const device = window.labPluginsVoiceClient();
  const lengths = await Promise.all(
    calls.map(async ({ callSid, lost }, index) => {
      await pause(index * 20);
      const call = await device.connect(new LabCall(callSid));
      await pause(0);
      call.emit('accept', call);
      const accepted = performance.now();
      for (let second = 0; second < seconds; second += 1) {
        await pause(1000);
        call.emit('sample', {
          jitter: 3,
          rtt: 40,
          mos: lost ? 3 : 4.4,
          packetsLost: lost,
          packetsReceived: received,
          bytesReceived: 8000,
          bytesSent: 8000,
          audioInputLevel: 9000 + 50 * (second % 7),
          audioOutputLevel: 6000,
        });
      }
      call.emit('disconnect', call);
      return [callSid, performance.now() - accepted];
    }),
  );
  return Object.fromEntries(lengths);
}

test('of fifty calls at once each gets its own verdict: the bad ones an alert of their own, the good ones none', async () => {
  const { identity, sid: workerSid } = lab.world.worker;
  for (const { callSid } of CALLS)
    lab.twilio.world.addFlexCall({ identity, workerSid, customer: '+12025550123', callSid });

  const real = await lab.callIn();
  await lab.accept(real);
  const sampled = waitForSamples(lab, real, SECONDS - 3);
  const talking = lab.page.evaluate(talk, { calls: CALLS, seconds: SECONDS, received: RECEIVED });
  await sleep(2000);
  lab.spoil(real, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  assert.equal((await lab.notices()).length, 1, 'of the call that the agent looks at');
  assert.ok((await lab.toasts()).length <= 1);
  // The Voice SDK has time to give its samples.
  const [lengths] = await Promise.all([talking, sampled]);
  await lab.hangUp(real);

  await lab.alertOf(real, { status: 200, timeoutMs: 90_000 });
  for (const { callSid, lost } of BAD) {
    const {
      fields: { alert },
    } = await lab.alertOf({ callSid, from: callSid }, { status: 200, timeoutMs: 90_000 });
    const expected = (100 * lost) / (lost + RECEIVED);
    assert.ok(
      Math.abs(alert.metrics.packetsLostFraction.max - expected) < 0.1,
      `${callSid}: ${alert.metrics.packetsLostFraction.max}, not ${expected}`,
    );
    // Seconds in which a busy page gave no sample do not count.
    const within = alert.durationMs > (SECONDS - 5) * 1000 && alert.durationMs < lengths[callSid] + 1000;
    assert.ok(within, `${alert.durationMs} ms of ${lengths[callSid]} ms`);
  }
  await sleep(2000);
  const times = (callSid) => lab.alertsOf({ callSid }).filter(({ status }) => status === 200).length;
  assert.deepEqual(
    CALLS.map(({ callSid }) => times(callSid)),
    CALLS.map(({ lost }) => (lost > 0 ? 1 : 0)),
  );
  assert.equal(times(real.callSid), 1);
});

test('after them Flex takes the next call as ever', async () => {
  for (const task of lab.world.openTasks()) await lab.complete(task);
  await lab.closeToasts();
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(3500);
  assert.deepEqual(await lab.notices(), []);
  await lab.hangUp(call);
  await lab.complete(call);
  assert.deepEqual(lab.pageErrors(), []);
  const kept = await lab.page.evaluate(() =>
    Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring/')),
  );
  assert.deepEqual(kept, [], 'no alert and no checkpoint is left');
});
