// Each function that a call needs breaks once, one behind the other, over many calls: Flex and each call go on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBreakable } from '../../support/breakable.mjs';

let it;
let lab;
before(async () => {
  it = await startBreakable();
  lab = it.lab;
  await it.boot();
  // What the start needs breaks in plugin-failures.test.mjs.
  await it.lookAtTheAdminView();
  await it.skip();
  await it.breaks('once');
});
after(() => lab?.close());

test('when each function that takes and ends a call throws once, every call goes on', async (t) => {
  const rounds = await it.untilNothingNew(it.takeAShortCall);
  t.diagnostic(`${(await it.broken()).thrown.length} functions broke in ${rounds} calls`);
});

test('when each function that an agent meets in a bad call throws once, every call goes on, and the last is watched as ever', async (t) => {
  const rounds = await it.untilNothingNew(async () => {
    await lab.reload();
    await it.takeACall();
  });
  const { asked, thrown, skipped } = await it.broken();
  t.diagnostic(`${thrown.length} functions broke in all, the last of them in ${rounds} calls`);
  t.diagnostic(
    `never called: ${it.names.filter((name) => !thrown.includes(name) && !skipped.includes(name)).join('; ')}`,
  );
  assert.deepEqual(
    asked.filter((name) => !thrown.includes(name) && !skipped.includes(name)),
    [],
  );

  const call = await it.takeACall();
  await lab.alertOf(call, { status: 200 });
  await sleep(1000);
  assert.equal(lab.alertsOf(call).length, 1);
});
