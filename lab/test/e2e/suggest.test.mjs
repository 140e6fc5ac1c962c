// An admin has thresholds suggested from recorded calls of which agents reported some.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Lab } from '../../page/driver.mjs';
import { storeCalls } from '../../recordings/seed-recorded-calls.mjs';
import { adminViewPart, assertAccessible, waitForJudgement } from '../support/steps.mjs';

const WAIT = { timeout: 60_000 };
const DAYS = 6;
const CALLS_A_DAY = 8;
/** Of each day. In these, there was a jitter of 28 ms for a third of the time, which no default minds. */
const REPORTED = 2;

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

/** What the recorder would have kept of a call of a minute. */
function rowsOf(isBad) {
  const samples = Array.from({ length: 59 }, (_, index) => {
    const jitter = isBad && index >= 20 && index < 40 ? 28 : 2;
    return [(index + 1) * 1000, 'sample', jitter, 80, 0, 50, 4.3, 8000, 8000, 0.01 * (index % 7), 0.05];
  });
  return [
    [0, 'incoming', 'INCOMING'],
    [0, 'accept', false],
    ...samples,
    [60_000, 'disconnect'],
    ...(isBad ? [[65_000, 'report']] : []),
  ];
}

test('an admin has thresholds suggested that catch what agents reported, tries them, and sees which calls would alert', async () => {
  lab.world.worker.roles = ['admin'];
  await lab.boot({ configuration: { recordCalls: true } });
  const morning = new Date();
  morning.setHours(9, 0, 0, 0);
  const calls = Array.from({ length: DAYS * CALLS_A_DAY }, (_, index) => {
    const ofDay = index % CALLS_A_DAY;
    return {
      startedAt: new Date(morning).setDate(morning.getDate() - 1 - Math.floor(index / CALLS_A_DAY)) + ofDay * 600_000,
      callSid: `CA${String(index).padStart(32, '0')}`,
      recording: ofDay < REPORTED ? 0 : 1,
    };
  });
  await storeCalls(lab.page, [rowsOf(true), rowsOf(false)], calls);
  await lab.openAdminView('Configuration');

  const part = adminViewPart(lab, 'suggest');
  await part.getByLabel('Alerts a day, at most').fill('3');
  await part.getByRole('button', { name: 'Suggest' }).click();
  await part.getByText(/Searched in 32 calls of 4 days, of which agents reported 8\./).waitFor(WAIT);
  assert.match(await part.innerText(), /highJitterThreshold\s+30\s+25\s+0 reported, 0 other calls alert/);
  assert.match(await part.innerText(), /Suggested\s+4 of 4\s+0 of 12\s+2/);
  await part.evaluate((element) => element.scrollIntoView());
  await lab.screenshot('suggest');
  await assertAccessible(lab);

  await part.getByRole('button', { name: 'Try these values' }).click();
  await waitForJudgement(lab, /48 calls: 12 would alert as configured, 12 as tried\./, WAIT);
  const block = JSON.parse(await adminViewPart(lab, 'block').innerText());
  assert.equal(block.highJitterThreshold, 25);
  assert.match(await adminViewPart(lab, 'stay').innerText(), /33[.,]\d* % of the call was under warning/);
  assert.deepEqual(lab.pageErrors(), []);
});
