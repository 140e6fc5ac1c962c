// The product in the oldest Flex UI that it is tested with: the first one whose own Voice SDK is the first one tested.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { whyNoOldestFlexUi } from '../../../flex-bundle/build.mjs';
import { Lab } from '../../../page/driver.mjs';
import { assertNothingIsMissing } from '../../support/steps.mjs';

describe('in the oldest Flex UI', { skip: whyNoOldestFlexUi() }, () => {
  /** @type {Lab} */
  let lab;
  before(async () => {
    lab = await Lab.start({ flexUi: 'oldest' });
    await lab.boot({ configuration: WATCHFUL });
  });
  after(() => lab?.close());

  test('a bad call is noticed, and its alert names its task and both versions', async () => {
    const { flexVersion, voiceSdkVersion } = lab.flexBundle;
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(2000);
    lab.spoil(call, 'both', 'loss-12');
    await lab.waitForNotice('active');
    const [notice] = await lab.notices();
    assert.equal(notice.diagnosis, 'your-network');
    await lab.hangUp(call);

    const { status, fields } = await lab.alertOf(call);
    const { alert } = fields;
    assert.equal(status, 200);
    assert.deepEqual([alert.versions.flexUi, alert.versions.voiceSdk], [flexVersion, voiceSdkVersion]);
    assert.equal(alert.taskSid, call.sid);
    assert.ok(alert.reasons.length > 0);
    assert.ok(alert.metrics.jitter.max > 0, 'samples are read');
    assertNothingIsMissing(lab);
    assert.deepEqual(lab.pageErrors(), []);
  });
});
