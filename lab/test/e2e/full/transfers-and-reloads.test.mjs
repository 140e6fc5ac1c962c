// Trouble that the agent takes along: into a consult and a transfer, over a reload of the page, from call to call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 0 };
const LOSS = { loss: 0.15 };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ functions: false });
});
after(() => lab?.close());

async function callInTrouble() {
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(4000);
  lab.spoil(call, 'down', LOSS);
  await lab.waitForNotice('active');
  return call;
}

test('a notice stays through a consult, with the customer on hold, and the transfer ends it with its sentence', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  const call = await callInTrouble();
  await lab.forget();
  await lab.hold(call, true);
  lab.world.consult(call);
  await sleep(4000);
  const [notice, ...others] = await lab.notices();
  assert.deepEqual([notice.phase, notice.diagnosis, others.length], ['active', 'your-network', 0]);
  await lab.lookAwayAndBack(call);
  assert.deepEqual(
    (await lab.notices()).map(({ diagnosis }) => diagnosis),
    ['your-network'],
  );

  // Muted and with nobody to hear, silence is no fault; that the agent is talking all the same is said.
  lab.heal(call);
  await lab.waitForNotice('none', { timeoutMs: 60_000 });
  await lab.mute(call, true);
  await lab.waitForNotice('active', { timeoutMs: 60_000 });
  await sleep(10_000);
  assert.deepEqual(
    (await lab.notices()).map(({ diagnosis }) => diagnosis),
    ['talking-while-muted'],
  );
  assert.equal((await lab.seen()).mostNotices, 1);

  // The colleague and the customer go on without the agent.
  await lab.hangUp(call);
  await lab.waitForNotice('ended');
  assert.match((await lab.notices())[0].text, /longest from 0:\d\d to 0:\d\d: your network was unsteady\.$/);
  await lab.complete(call);
});

test('a call that is snoozed stays so when it is connected anew in a reloaded page', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  const call = await callInTrouble();
  await lab.pressSnooze();
  await lab.waitForNotice('snoozed');
  await lab.reload();
  await lab.connectAnew(call);
  lab.spoil(call, 'down', LOSS);
  await lab.lookAt(call);
  await lab.waitForNotice('snoozed');
  await lab.waitForHeader('snoozed');
  await lab.hangUp(call);
  await lab.complete(call);
});

test("the shift's budget outlives a reload: with one notice in it, the trouble after the reload is shown quietly", async () => {
  await lab.boot({ configuration: { ...CONFIGURATION, noticesPerShift: 1 } });
  const first = await callInTrouble();
  assert.equal(await lab.page.getByRole('status').filter({ hasText: 'You may hear' }).count(), 1);
  await lab.hangUp(first);
  await lab.complete(first);
  await lab.reload();
  const second = await callInTrouble();
  assert.equal(await lab.page.getByRole('status').filter({ hasText: 'You may hear' }).count(), 0);
  await lab.lookAway();
  await sleep(2000);
  assert.deepEqual(await lab.toasts(), []);
  await lab.lookAt(second);
  await lab.hangUp(second);
  await lab.complete(second);
});

test('trouble of a call goes with it: the next one begins without', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  const first = await callInTrouble();
  const second = await lab.callIn();
  await lab.accept(second);
  await sleep(3000);
  await lab.lookAt(second);
  assert.deepEqual(await lab.notices(), []);
  await lab.waitForHeader('quiet');
  await lab.lookAt(first);
  await lab.waitForNotice('ended');
  await lab.complete(first);
  await lab.lookAt(second);
  await lab.hangUp(second);
  await lab.complete(second);
});
