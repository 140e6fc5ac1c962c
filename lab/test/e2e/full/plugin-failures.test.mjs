// Every function of the plugin breaks: all of them always, and each of them once while Flex starts. Flex starts, the call is
// taken, muted, held, hung up and wrapped up, and what breaks stays within the plugin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBreakable } from '../../support/breakable.mjs';
import { waitForSamples } from '../../support/steps.mjs';

let it;
let lab;
before(async () => {
  it = await startBreakable();
  lab = it.lab;
});
after(() => lab?.close());

test('when all of it throws from the first line on, always, Flex is as without the plugin', async () => {
  await it.boot();
  await it.breaks('always');
  await lab.reload();
  await it.takeACall();
  const { thrown } = await it.broken();
  assert.ok(thrown.length > 0);
  it.flexIsUnharmed();
});

test('when all of it throws from the middle of a call on, always, the call and Flex go on', async () => {
  await it.boot();
  const first = await lab.callIn();
  await lab.accept(first);
  lab.spoil(first, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  await it.breaks('always');
  // The Voice SDK goes on with them.
  await waitForSamples(lab, first, 2);
  await lab.mute(first, true);
  await lab.lookAwayAndBack(first);
  await lab.hangUp(first);
  await lab.complete(first);
  await it.takeACall();
  await it.lookAtTheAdminView();
  const { thrown } = await it.broken();
  assert.ok(thrown.length >= 10, `only ${thrown.length} functions were called`);
  it.flexIsUnharmed();
});

test('when each function that the start needs throws once, one behind the other, Flex starts each time, and at last with the plugin', async (t) => {
  await it.boot();
  await it.breaks('once');
  const rounds = await it.untilNothingNew(async () => {
    await lab.reload();
    await it.lookAtTheAdminView();
  });
  const { asked, thrown } = await it.broken();
  t.diagnostic(`${thrown.length} functions broke in ${rounds} starts`);
  assert.deepEqual(
    asked.filter((name) => !thrown.includes(name)),
    [],
  );
  await lab.waitForHeader('quiet');
});
