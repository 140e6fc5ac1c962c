// A supervisor listens in to a colleague's call, by Flex's own Teams View: a call in the supervisor's own browser, of no
// task of theirs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';

const SMS = { SMS_TEXT: 'We are sorry about the line.', SMS_FROM: '+15555550199' };
// A busy machine's jitter would say something of its own in between.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, action: 'send-sms-to-customer' };
const MICROPHONE = 'Your microphone gives no sound';
const NETWORK = 'network';
const TOAST = '[data-testid=notification-message]';

/** @type {Lab} */
let lab;
let colleagues;
before(async () => {
  lab = await Lab.start({ functionEnv: SMS });
  lab.world.worker.roles = ['supervisor'];
  await lab.boot({ configuration: CONFIGURATION });
  colleagues = lab.world.callColleague();
});
after(() => lab?.close());

const sdkSays = (call, what, matches, timeoutMs = 40_000) =>
  lab.sdk.waitFor(what, (event) => event.callSid === call.callSid && matches(event), { timeoutMs });
const isSample = ({ type }) => type === 'sample';

/** So many seconds of the call have passed, by the SDK. */
async function seconds(call, count) {
  const heard = () => lab.sdk.all.filter((event) => event.callSid === call.callSid && isSample(event)).length;
  const enough = heard() + count;
  while (heard() < enough)
    await new Promise((resolve) => {
      lab.sdk.once('entry', resolve);
    });
}

const kept = () =>
  lab.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring/')));
const alertsOf = (call) => lab.attempts.all.filter(({ fields }) => fields.alert?.callSid === call.callSid);

test('a look of five seconds, in silence, is no short call, no microphone and no alert', async () => {
  await lab.silenceMicrophone();
  await lab.forget();
  const call = await lab.monitor(colleagues);
  await seconds(call, 5);
  await lab.stopMonitoring(call);
  const { texts } = await lab.seen();
  assert.deepEqual(texts, []);
  assert.deepEqual(await kept(), []);
  assert.deepEqual(alertsOf(call), []);
});

describe('a supervisor who listens for longer', () => {
  let call;
  before(async () => {
    await lab.forget();
    call = await lab.monitor(colleagues);
  });

  test('is told nothing of a silent microphone, although the SDK warns of it', async () => {
    await sdkSays(
      call,
      "the SDK's warning about the microphone",
      ({ type, name }) => type === 'warning' && name === 'constant-audio-input-level',
    );
    await seconds(call, 3);
    assert.deepEqual((await lab.seen()).texts, []);
  });

  test('is told of it while they can be heard, and no longer', async () => {
    await lab.seesBriefly(MICROPHONE, async () => lab.muteSupervisor(call, false), TOAST);
    lab.muteSupervisor(call, true);
    // The bar goes by itself, too, but not this.
    await lab.waitForHeader('recovered', { timeoutMs: 20_000 });
    await lab.page.locator(TOAST, { hasText: MICROPHONE }).waitFor({ state: 'detached' });
  });

  test('is told of a bad network', async () => {
    // Sooner it would be the same notice, whose bar is not brought back.
    await lab.waitForHeader('quiet');
    await lab.seesBriefly(NETWORK, async () => lab.spoil(call, 'both', 'loss-12'), TOAST);
    await lab.waitForHeader('warning');
  });

  test('alerts about the network, and the customer of the call is not texted', async () => {
    await seconds(call, 8);
    await lab.stopMonitoring(call);
    const { fields, status, answer } = await lab.alertOf(call);
    assert.equal(fields.alert.monitoring, true);
    assert.deepEqual(
      [fields.callerId, fields.dnis, fields.alert.callerId, fields.alert.conferenceSid, fields.alert.taskSid].filter(
        Boolean,
      ),
      [],
    );
    assert.ok(fields.alert.reasons.every(({ rule }) => rule !== 'shortCall'));
    assert.deepEqual([status, JSON.parse(answer).outcome], [200, 'noted']);
    assert.deepEqual(lab.twilio.world.messages, []);
  });
});

test("the next call of the supervisor's own is one like any other, although Flex keeps the task that was monitored", async () => {
  await lab.page.evaluate(() =>
    window.Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' }),
  );
  await lab.silenceMicrophone(false);
  const call = await lab.callIn();
  await lab.accept(call);
  await seconds(call, 3);
  await lab.hangUp(call);
  const { fields } = await lab.alertOf(call);
  assert.deepEqual([fields.alert.monitoring, fields.alert.taskSid], [undefined, call.sid]);
  assert.ok(fields.alert.reasons.some(({ rule }) => rule === 'shortCall'));
});
