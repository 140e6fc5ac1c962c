// Why a call is bad, on real calls: what the browser itself says of microphone and computer, and what the agent then reads.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { microphoneFile } from '../../../page/browser.mjs';
import { Lab } from '../../../page/driver.mjs';
import { canHaveSoundServer, SoundServer } from '../../../page/sound-server.mjs';
import { canThrottleCpu, throttleCpu } from '../../../page/throttle-cpu.mjs';
import { stopSound } from '../../../page/stop-audio-service.mjs';
import { assertAccessible } from '../../support/steps.mjs';

// A busy machine's jitter would say something of its own in between.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, noticesPerShift: 100, shortCallThreshold: 120 };
const NOTICED_MS = 30_000;

const take = async (lab) => {
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(6000);
  await lab.forget();
  return call;
};
const causeNotice = (lab, cause) =>
  lab.page.locator(`[data-testid=device-monitoring-notice][data-cause=${cause}]:visible`);
const causesOf = async (lab, call) => {
  const { fields } = await lab.alertOf(call, { status: 200 });
  return fields.alert.causes ?? [];
};

describe('with a sound server of the system', { skip: !canHaveSoundServer() && 'there is no PulseAudio' }, () => {
  /** @type {Lab} */
  let lab;
  let system;
  before(async () => {
    system = await SoundServer.start(await microphoneFile('speech'));
    lab = await Lab.start({ microphone: 'real', browserEnv: system.env, apart: true });
    await lab.boot({ configuration: CONFIGURATION });
  });
  after(async () => {
    await lab?.close();
    await system?.close();
  });

  test('a microphone that the system mutes is said at once, urgently, and is over at once', async () => {
    const call = await take(lab);
    await system.muteMicrophone(true);
    await causeNotice(lab, 'microphone-muted').waitFor({ timeout: NOTICED_MS });
    const [{ text, diagnosis }] = await lab.notices();
    assert.equal(diagnosis, 'your-microphone');
    assert.match(text, /^Urgent Your microphone gives no sound\. Your computer has muted it, and the customer cannot/);
    assert.equal(await lab.page.getByRole('alert').filter({ hasText: 'gives no sound' }).count(), 1);
    await assertAccessible(lab);
    await system.muteMicrophone(false);
    await lab.waitForNotice('recovered');
    await lab.waitForNotice('none');
    await lab.hangUp(call);
    const [{ name, evidence }] = await causesOf(lab, call);
    assert.deepEqual([name, evidence], ['microphone-muted', { track: 'muted' }]);
    await lab.complete(call);
  });

  test('the mute button is none of that', async () => {
    const call = await take(lab);
    await lab.mute(call, true);
    await sleep(5000);
    assert.equal(await causeNotice(lab, 'microphone-muted').count(), 0);
    await lab.mute(call, false);
    await lab.hangUp(call);
    assert.deepEqual(await causesOf(lab, call), []);
    await lab.complete(call);
  });
});

describe('with a browser of its own', () => {
  /** @type {Lab} */
  let lab;
  before(async () => {
    lab = await Lab.start({ apart: true });
    await lab.boot({ configuration: CONFIGURATION });
  });
  after(() => lab?.close());

  test('a microphone that is unplugged is said at once, and nothing is said of the network', async () => {
    const call = await take(lab);
    await lab.unplugMicrophone();
    await causeNotice(lab, 'microphone-ended').waitFor({ timeout: NOTICED_MS });
    await sleep(6000);
    const { texts } = await lab.seen();
    assert.equal(texts.length, 1, JSON.stringify(texts));
    assert.match(
      texts[0],
      /gives no sound\.It was unplugged or switched off, and the customer cannot hear you: connect it/,
    );
    await lab.hangUp(call);
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    assert.deepEqual([alert.diagnosis, alert.cause], ['your-microphone', 'microphone-ended']);
    assert.deepEqual(
      alert.conditions.map(({ name }) => name),
      ['constant-audio-input-level'],
    );
    await lab.plugMicrophone();
    await lab.complete(call);
  });

  test('an agent who talks while muted is reminded, quietly, and no supervisor hears of it', async () => {
    const call = await take(lab);
    await lab.mute(call, true);
    await lab.waitForNotice('active', { timeoutMs: NOTICED_MS });
    const [{ text, diagnosis }] = await lab.notices();
    assert.equal(diagnosis, 'talking-while-muted');
    assert.match(text, /^You are muted: the customer does not hear what you say\. Unmute if you are talking/);
    assert.equal(await lab.page.getByRole('alert').filter({ hasText: 'You are muted' }).count(), 0);
    await lab.mute(call, false);
    await lab.waitForNotice('none');
    await lab.hangUp(call);
    // Every call here is short, and that alone is why one of this call comes.
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    assert.deepEqual([alert.reasons.map(({ rule }) => rule), alert.warningPct], [['shortCall'], 0]);
    await lab.complete(call);
  });

  test("critical pressure without harm is nobody's business", async () => {
    await lab.press('nominal');
    const call = await take(lab);
    await lab.press('critical');
    await sleep(8000);
    assert.deepEqual(await lab.notices(), []);
    await lab.hangUp(call);
    assert.deepEqual(await causesOf(lab, call), []);
    await lab.complete(call);
    await lab.press();
  });

  test('a browser whose sound stands still is said to, and so is what the call was taken with', async () => {
    const call = await take(lab);
    const goOn = await stopSound(lab.browser);
    await causeNotice(lab, 'browser').waitFor({ timeout: NOTICED_MS }).finally(goOn);
    const [{ text }] = await lab.notices();
    assert.match(text, /Sound has stopped in your browser: choose your headset again in Flex, or reload Flex after/);
    await lab.waitForNotice('recovered');
    await lab.hangUp(call);
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    assert.deepEqual(
      alert.causes.map(({ name }) => name),
      ['browser'],
    );
    // One reading of a second, at least; they come some milliseconds early or late.
    assert.ok(alert.causes[0].evidence.standstillMs > 500);
    const { codec, rttFloorMs, hardwareConcurrency, webRtcRedirected, addressPrefix } = alert.endpoint;
    assert.equal(codec, 'pcmu');
    assert.ok(rttFloorMs < 100 && hardwareConcurrency >= 1);
    assert.deepEqual([webRtcRedirected, addressPrefix], [undefined, undefined]);
    await lab.complete(call);
  });

  test(
    'a computer that is too busy to play what arrives is said to be, while the Voice SDK sees nothing',
    { skip: !canThrottleCpu() && 'no browser can be starved here' },
    async () => {
      await lab.press('nominal');
      const call = await take(lab);
      const from = lab.sdk.all.length;
      await lab.press('critical');
      const feed = await throttleCpu(lab.browser, 15);
      await causeNotice(lab, 'computer-busy').waitFor({ timeout: NOTICED_MS }).finally(feed);
      const [{ text, diagnosis }] = await lab.notices();
      assert.equal(diagnosis, 'your-computer');
      assert.equal(
        text,
        'Warning You may hear the customer with gaps. Your computer is too busy: close programs or browser tabs.',
      );
      await lab.waitForNotice('recovered');
      await lab.hangUp(call);
      const causes = await causesOf(lab, call);
      assert.deepEqual(
        causes.map(({ name, evidence }) => [name, evidence.pressure]),
        [['computer-busy', 'critical']],
      );
      const warnings = lab.sdk.all.slice(from).filter(({ type }) => type === 'warning');
      assert.deepEqual(warnings, []);
      await lab.complete(call);
      await lab.press();
    },
  );
});
