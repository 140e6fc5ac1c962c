// A tab that nobody looks at for six minutes, outside of a call, with an alert that waits for the server: after five of them
// Chromium gives the page's timers one turn a minute.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const MINUTE = 60_000;
/** The next turn, and the pause after several attempts. */
const SENT_WITHIN_MS = 10 * MINUTE;

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ throttled: true });
  await lab.boot({ configuration: { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120 } });
});
after(() => lab?.close());

test('an alert that waits while its page is hidden for six minutes goes out from there, once', async () => {
  lab.breakFunction('answers-500');
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(1500);
  await lab.hangUp(call, 'customer');
  await lab.alertOf(call, { status: 500 });
  await lab.complete(call);

  await lab.hide();
  await lab.page.evaluate(() => {
    window.labTurns = [];
    setInterval(() => window.labTurns.push(performance.now()), 1000);
  });
  await sleep(6 * MINUTE);
  const turns = await lab.page.evaluate(() => window.labTurns.filter((at) => at > performance.now() - 40_000).length);
  assert.ok(turns <= 2, `the browser gave the page ${turns} turns in 40 seconds: it is not throttled`);
  assert.ok(lab.alertsOf(call).length > 1, 'it was tried again in the meantime');

  lab.mendFunction();
  await lab.alertOf(call, { status: 200, timeoutMs: SENT_WITHIN_MS });
  assert.equal(await lab.page.evaluate(() => document.hidden), true);
  await lab.show();
  await sleep(3000);
  assert.equal(lab.alertsOf(call).filter(({ status }) => status === 200).length, 1);
  assert.deepEqual(lab.pageErrors(), []);
});
