// A tab that the agent does not look at: hidden, so that the browser gives its timers one turn a second, and frozen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 0, warningDurPctThreshold: 1 };
/** As in a visible tab: loss is noticed in three samples, one a second, and whoever looks may do so later. */
const NOTICED_SAMPLES = 10;

/** @type {Lab} */
let lab;
let call;
before(async () => {
  lab = await Lab.start({ throttled: true });
  await lab.boot({ configuration: CONFIGURATION });
  call = await lab.callIn();
  await lab.accept(call);
  await sleep(3000);
});
after(() => lab?.close());

test('in a hidden tab, whose timers come once a second, trouble is noticed as soon as in a visible one', async () => {
  await lab.page.evaluate(() => {
    window.labTurns = [];
    setInterval(() => window.labTurns.push(performance.now()), 100);
  });
  await lab.hide();
  await sleep(6000);
  const turns = await lab.page.evaluate(() => window.labTurns.filter((at) => at > performance.now() - 5000).length);
  assert.ok(turns <= 8, `the browser gave the page ${turns} turns in five seconds: it is not throttled`);

  const from = lab.sdk.all.length;
  lab.spoil(call, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  const samples = lab.sdk.all.slice(from).filter(({ type }) => type === 'sample').length;
  assert.ok(samples <= NOTICED_SAMPLES, `noticed after ${samples} samples`);
  assert.equal(await lab.page.evaluate(() => document.hidden), true);
});

test('a page that the browser freezes for ten seconds goes on where it was', async () => {
  const devtools = await lab.hide();
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  const samples = lab.sdk.all.length;
  await sleep(10_000);
  const meanwhile = lab.sdk.all.slice(samples).filter(({ type }) => type === 'sample').length;
  assert.ok(meanwhile <= 1, `${meanwhile} samples: the page was not frozen`);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await lab.sdk.waitFor('a sample after it', ({ type }) => type === 'sample', { from: lab.sdk.all.length });
  assert.deepEqual(
    (await lab.notices()).map(({ phase }) => phase),
    ['active'],
  );
});

test('the call ends unseen, its alert goes out at once, and the agent finds the sentence', async () => {
  await lab.hangUp(call, 'customer');
  const {
    fields: { alert },
  } = await lab.alertOf(call, { status: 200 });
  const elapsed = Date.parse(alert.endedAt) - Date.parse(alert.startedAt);
  assert.ok(elapsed - alert.durationMs > 5000, 'the ten frozen seconds are no part of it');
  await lab.show();
  await lab.waitForNotice('ended');
  await sleep(1500);
  assert.equal(lab.alertsOf(call).length, 1);
  await lab.complete(call);
  assert.deepEqual(lab.pageErrors(), []);
});
