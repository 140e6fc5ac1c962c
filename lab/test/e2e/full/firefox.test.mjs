// One day of an agent in Firefox: the plugin in the real Flex UI, a real call that gets bad and good again, its alert, an
// alert that waits for the server over a reload.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';
import { whyNoFirefox } from '../../../page/find-browser.mjs';
import { assertAccessible, assertNothingIsMissing, waitForPackets, waitForSamples } from '../../support/steps.mjs';

/** What Firefox says of a server that does not answer, as of an error. */
const UNREACHABLE = 'Cross-Origin Request Blocked';

/** What a far side needs to be known to report regularly. */
const REPORTS_ARE_KNOWN_AFTER_MS = 25_000;

describe('in Firefox', { skip: whyNoFirefox() }, () => {
  /** @type {Lab} */
  let lab;
  let call;
  before(async () => {
    lab = await Lab.start({ engine: 'firefox' });
    await lab.boot({ configuration: { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120 } });
  });
  after(() => lab?.close());

  test('Flex loads the plugin', async () => {
    assert.match(lab.browser.version(), /^\d+\./);
    const [plugin] = await lab.plugins();
    assert.equal(plugin.name, 'plugin-device-monitoring');
    await lab.waitForHeader('quiet');
  });

  test('a good call has nothing to say, and the sound goes both ways', async () => {
    call = await lab.callIn();
    await lab.accept(call);
    await Promise.all([waitForPackets(lab, call, 100), waitForSamples(lab, call, 5)]);
    assert.deepEqual(await lab.notices(), []);
    await assertAccessible(lab);
  });

  test('a lossy network is said in the call', async () => {
    lab.spoil(call, 'down', { loss: 0.15 });
    await lab.waitForNotice('active', { timeoutMs: 40_000 });
    const [{ text }] = await lab.notices();
    assert.match(text, /You may hear the customer with gaps: your network is unsteady\./);
    await assertAccessible(lab);
  });

  test('and then that it is fine again', async () => {
    lab.heal(call);
    await lab.waitForNotice('recovered', { timeoutMs: 60_000 });
  });

  test('the call alerts, with its reasons, once', async () => {
    await lab.hangUp(call);
    const { fields, status } = await lab.alertOf(call, { status: 200 });
    assert.equal(status, 200);
    assert.ok(fields.alert.reasons.some(({ rule }) => rule === 'shortCall'));
    assert.equal(lab.alertsOf(call).length, 1);
    await lab.complete(call);
  });

  test('an alert that finds no server goes out after the page was loaded again', async () => {
    lab.breakFunction('stopped');
    const other = await lab.callIn();
    await lab.accept(other);
    await sleep(1200);
    await lab.hangUp(other, 'customer');
    await lab.attempts.waitFor('an attempt', ({ fields }) => fields.alert?.callSid === other.callSid);
    await lab.reload();
    await lab.reconnectFunction();
    await lab.alertOf(other, { status: 200, timeoutMs: 60_000 });
    assert.equal(lab.requests.all.filter(({ fields }) => fields.alert?.callSid === other.callSid).length, 1);
  });

  test('an agent of whom nothing arrives is told that the customer cannot hear them', async () => {
    const unheard = await lab.callIn();
    await lab.accept(unheard);
    await sleep(REPORTS_ARE_KNOWN_AFTER_MS);
    assert.deepEqual(await lab.notices(), []);
    lab.spoil(unheard, 'up', { blackout: true, only: ['rtp'] });
    await lab.waitForNotice('active', { timeoutMs: 40_000 });
    const [{ diagnosis }] = await lab.notices();
    assert.equal(diagnosis, 'customer-cannot-hear-you');
    await lab.hangUp(unheard);
    await lab.complete(unheard);
  });

  test('nothing of the plugin was thrown at the page', () => {
    assertNothingIsMissing(lab);
    assert.deepEqual(
      lab.pageErrors().filter(({ text }) => /device-monitoring/.test(text) && !text.startsWith(UNREACHABLE)),
      [],
    );
  });
});
