// The product on a call of the newest Voice SDK: the real Flex UI, bundled with it in place of the one it was released with.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';
import { assertNothingIsMissing } from '../support/steps.mjs';

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ voiceSdk: 'newest' });
  await lab.boot({ configuration: WATCHFUL });
});
after(() => lab?.close());

test('a bad call of the newest Voice SDK is noticed, and its alert names that version', async () => {
  const { voiceSdkVersion } = lab.flexBundle;
  const inUse = await lab.page.evaluate(
    () => Object.getPrototypeOf(window.Twilio.Flex.Manager.getInstance().voiceClient).constructor.version,
  );
  assert.equal(inUse, voiceSdkVersion, "Flex's Device is of the newest SDK");

  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(2000);
  lab.spoil(call, 'both', 'loss-12');
  await lab.waitForNotice('active');
  const [notice] = await lab.notices();
  assert.equal(notice.diagnosis, 'your-network');
  await lab.hangUp(call);

  const request = await lab.alertOf(call);
  assert.equal(request.status, 200);
  assert.equal(request.fields.alert.versions.voiceSdk, voiceSdkVersion);
  assert.ok(request.fields.alert.reasons.length > 0);
  const samples = lab.sdk.all.filter(({ type, callSid }) => type === 'sample' && callSid === call.callSid);
  assert.ok(request.fields.alert.metrics.jitter.max > 0, 'samples of the newest SDK are read');
  assert.ok(samples.length > 3, `${samples.length} samples`);
  assertNothingIsMissing(lab);
  assert.deepEqual(lab.pageErrors(), []);
});
