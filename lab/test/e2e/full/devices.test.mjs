// Voice clients as Flex has them on a bad day: none, an empty one, one that is replaced. Flex takes its time for that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const CONFIGURATION = { ...WATCHFUL, shortCallThreshold: 120 };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

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
  await lab.boot({ configuration: CONFIGURATION, flexConfig: { disableBrowserVoice: true }, beforeFlex: rememberVoiceClients });
  assert.deepEqual(await states(), ['Initialized']);
  assert.deepEqual((await voiceClients()).map(({ canListen }) => canListen), [false]);
  assert.deepEqual(lab.pageErrors(), []);
});

test('when Flex replaces its Device, because the registration takes too long, no call is lost', async () => {
  lab.voice.holdRegistrations();
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: rememberVoiceClients });
  assert.deepEqual(await states(), ['Initialized']);
  const devices = () => window.labVoiceClients().filter(({ canListen }) => canListen).length;
  assert.equal(await lab.page.evaluate(devices), 1);
  await lab.page.waitForFunction(`(${devices})() === 2`, undefined, { timeout: 60_000 });
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
  // Flex itself rejects a promise with nothing when a registration takes too long.
  assert.deepEqual(lab.pageErrors().filter(({ text }) => text !== 'undefined'), []);
});
