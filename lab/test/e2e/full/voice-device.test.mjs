// Voice clients as Flex has them on a bad day: none, a degraded one, one that is replaced. Flex takes its time for that.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';
import { paths } from '../../../paths.mjs';

// A busy machine's jitter would be noticed before the loss.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120 };

/** @type {Lab} */
let lab;
let said;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());
beforeEach(() => {
  said = lab.console.all.length;
});

// Flex itself rejects a promise with nothing when a registration takes too long.
const errors = () =>
  lab.console.all.slice(said).filter(({ type, text }) => type === 'pageerror' && text !== 'undefined');
const states = async () => (await lab.plugins()).map(({ state }) => state);
/** Runs in the page: remembers every voice client that Flex ever had, by whether one can listen to it. */
const rememberVoiceClients = () => {
  const seen = new Map();
  window.labVoiceClients = () => [...seen.values()];
  setInterval(() => {
    try {
      const { voiceClient } = window.Twilio.Flex.Manager.getInstance();
      if (!seen.has(voiceClient)) seen.set(voiceClient, { canListen: typeof voiceClient?.on === 'function' });
    } catch {
      // no manager yet
    }
  }, 20);
};
const voiceClients = () => lab.page.evaluate(() => window.labVoiceClients());

test('without browser voice the plugin starts all the same', async () => {
  await lab.boot({
    configuration: CONFIGURATION,
    flexConfig: { disableBrowserVoice: true },
    beforeFlex: rememberVoiceClients,
  });
  assert.deepEqual(await states(), ['Initialized']);
  assert.deepEqual(
    (await voiceClients()).map(({ canListen }) => canListen),
    [false],
  );
  assert.deepEqual(errors(), []);
});

test('when Flex replaces its Device, because the registration takes too long, no call is lost', async () => {
  lab.voice.holdRegistrations();
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: rememberVoiceClients });
  assert.deepEqual(await states(), ['Initialized']);
  const devices = () => window.labVoiceClients().filter(({ canListen }) => canListen).length;
  await lab.page.waitForFunction(`(${devices})() >= 2`, undefined, { timeout: 60_000 });
  lab.voice.releaseRegistrations();
  await lab.page.waitForFunction(() => window.Twilio.Flex.Manager.getInstance().voiceClient.state === 'registered');

  await lab.closeToasts();
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(1500);
  await lab.hangUp(call, 'customer');
  await lab.alertOf(call);
  await sleep(1500);
  assert.equal(lab.alertsOf(call).length, 1);
  assert.deepEqual(errors(), []);
});

/** Runs in the page before Flex: from the start, the plugin gets such a voice client. */
const voiceClient = async (name) => ({
  content: `${await fs.readFile(path.join(paths.lab, 'page', 'voice-client.js'), 'utf8')}\nwindow.labVoiceClient(${JSON.stringify(name)});`,
});

/** A call in trouble from which nothing may be missing. */
async function badCall(during = async () => {}) {
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(1500);
  lab.spoil(call, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  await during();
  await lab.hangUp(call, 'customer');
  const {
    fields: { alert },
  } = await lab.alertOf(call, { status: 200 });
  assert.equal(alert.taskSid, call.sid);
  assert.equal(alert.conferenceSid, call.conferenceSid);
  assert.ok(alert.conditions.some(({ name }) => name === 'high-packet-loss'));
  await sleep(1500);
  assert.equal(lab.alertsOf(call).length, 1);
  await lab.complete(call);
  assert.deepEqual(errors(), []);
  return alert;
}

const DEGRADED = [
  'missing',
  'empty',
  'throws at everything',
  'throws when it is listened to',
  'does nothing of what it has the names for',
];

for (const name of DEGRADED) {
  test(`a call is found in Flex's store where the plugin's voice client is degraded: ${name}`, async () => {
    await lab.boot({ configuration: CONFIGURATION, beforeFlex: await voiceClient(name) });
    assert.deepEqual(await states(), ['Initialized']);
    const alert = await badCall();
    assert.equal(alert.midway, true, 'its acceptance was not heard');
  });
}

test('a voice client that degrades in the middle of a call, in every way, and is then replaced twice, changes nothing', async () => {
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: await voiceClient() });
  const become = (name) => lab.page.evaluate((value) => window.labVoiceClient(value), name);
  const alert = await badCall(async () => {
    for (const name of [...DEGRADED, 'in another wrapping', 'in another wrapping']) {
      await become(name);
      await sleep(700);
    }
    assert.deepEqual(
      (await lab.notices()).map(({ phase }) => phase),
      ['active'],
    );
  });
  assert.equal(alert.midway, undefined);
  await badCall();
});
