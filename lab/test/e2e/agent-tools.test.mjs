// What agents have with agentTools, without being shown any warning: their panel, their own word, the check before the shift.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';
import { paths } from '../../paths.mjs';
import { assertAccessible, waitForSamples } from '../support/steps.mjs';

const TOOLS = {
  ...WATCHFUL,
  highJitterThreshold: 500,
  alertAgent: false,
  agentTools: true,
  endedInWarningIsTrigger: false,
  warningDurPctThreshold: 100,
};

const NOTED = 'Noted: you had a problem.';

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

const panel = () => lab.page.getByTestId('device-monitoring-panel');
const chart = (name) => lab.page.getByTestId(`device-monitoring-chart-${name}`);
const line = async (name) => chart(name).locator('path').last().getAttribute('d');
const reportIn = (place) => place.getByTestId('device-monitoring-report');

for (const isLight of [true, false]) {
  describe(`before the shift, in Flex's ${isLight ? 'light' : 'dark'} theme`, () => {
    before(() => lab.boot({ configuration: TOOLS, flexConfig: { theme: { isLight } } }));

    test('the panel opens from the header, takes the focus, and gives it back when Escape closes it', async () => {
      await lab.page.getByTestId('device-monitoring-header').focus();
      await lab.page.keyboard.press('Enter');
      await panel().getByText('No call to show').waitFor();
      assert.equal(await lab.page.evaluate(() => document.activeElement.getAttribute('role')), 'dialog');
      await assertAccessible(lab);
      await lab.page.keyboard.press('Escape');
      await panel().waitFor({ state: 'detached' });
      assert.equal(await lab.page.evaluate(() => document.activeElement.dataset.testid), 'device-monitoring-header');
    });

    test('the check hears the microphone by its name, finds the phone registered, and nobody who answers over UDP', async () => {
      const check = await lab.check();
      assert.deepEqual(
        check.map(({ code, severity }) => [code, severity]),
        [
          ['microphone-heard', 'recovered'],
          ['registered', 'recovered'],
          ['network-no-answer', 'warning'],
        ],
      );
      assert.match(check[0].text, /^Sound arrives \(.+\)\.$/);
      assert.equal(check[1].text, 'Calls can reach you.');
      await assertAccessible(lab);
    });

    test('and a microphone without sound, or without a plug, is what it says', async () => {
      await lab.silenceMicrophone(true);
      const [silent] = await lab.check();
      assert.deepEqual(
        [silent.severity, silent.text],
        ['critical', 'Urgent Your microphone gives no sound. Check the mute switch and the plug of your headset.'],
      );
      await lab.silenceMicrophone(false);
      await lab.unplugMicrophone();
      const [unplugged] = await lab.check();
      assert.deepEqual(
        [unplugged.severity, unplugged.text.slice(0, 39)],
        ['critical', 'Urgent Your microphone cannot be used: '],
      );
      await assertAccessible(lab);
      await lab.plugMicrophone();
      await lab.page.keyboard.press('Escape');
    });
  });
}

describe('a call in trouble that nobody tells the agent of', () => {
  let call;
  before(async () => {
    await lab.boot({ configuration: TOOLS });
    call = await lab.callIn();
    await lab.accept(call);
    await sleep(6000);
    lab.spoil(call, 'down', { loss: 0.15 });
  });

  test('is drawn in the panel, opened from the call: the loss, its threshold, and the trouble shaded while it lasts', async () => {
    await lab.page.getByTestId('device-monitoring-open').click();
    await chart('packetsLostFraction').locator('rect').waitFor({ timeout: 30_000 });
    assert.equal(await chart('packetsLostFraction').locator('path').count(), 2);
    assert.equal(await chart('jitter').locator('rect').count(), 0);
    await panel().getByText('You may hear the customer with gaps').waitFor();
    assert.deepEqual([await lab.notices(), await lab.toasts()], [[], []]);
    assert.equal((await lab.header()).title, 'Call quality', 'not that there is nothing to report');
    await assertAccessible(lab);
  });

  test('is no longer drawn while the page is hidden, and up to date when it is back', async () => {
    const hide = (hidden) =>
      lab.page.evaluate((value) => Object.defineProperty(document, 'hidden', { configurable: true, value }), hidden);
    await hide(true);
    const shown = await line('audioInputLevel');
    await sleep(4500);
    assert.equal(await line('audioInputLevel'), shown);
    await hide(false);
    await lab.page.waitForFunction(
      (old) =>
        document
          .querySelector('[data-testid=device-monitoring-chart-audioInputLevel] path:last-child')
          .getAttribute('d') !== old,
      shown,
      { timeout: 5000 },
    );
  });

  test('fits into a narrow window at 200 %', async () => {
    await lab.page.setViewportSize({ width: 700, height: 450 });
    const { clientWidth, scrollWidth } = await panel().evaluate((element) => ({
      clientWidth: element.clientWidth,
      scrollWidth: element.scrollWidth,
    }));
    assert.equal(scrollWidth, clientWidth);
    await assertAccessible(lab);
    await lab.page.setViewportSize({ width: 1400, height: 900 });
  });

  test('is told in the past once it is over', async () => {
    lab.heal(call);
    await panel().getByText('your network was unsteady').waitFor({ timeout: 30_000 });
  });

  test('"I had a problem", by click and by key, is said to be noted and comes with the alert, which has no other reason', async () => {
    await lab.seesBriefly(
      NOTED,
      () => reportIn(panel()).click(),
      '[data-testid=device-monitoring-panel] [role=status]',
    );
    await assertAccessible(lab);
    const listed = panel().getByRole('listitem').filter({ hasText: NOTED });
    await listed.waitFor();
    await lab.page.keyboard.press('Control+Shift+F');
    await listed.nth(1).waitFor();
    await lab.hangUp(call);
    const {
      fields: { alert, issues },
      status,
    } = await lab.alertOf(call);
    assert.deepEqual([status, issues], [200, 'agent reported a problem']);
    assert.equal(alert.agentReports.length, 2);
    // By the clock: `durationMs` has no seconds without data, as a busy machine may make them.
    const lasted = Date.parse(alert.endedAt) - Date.parse(alert.startedAt);
    assert.ok(alert.agentReports.every(({ atMs }) => atMs > 0 && atMs < lasted));
    assert.deepEqual(
      alert.reasons.map(({ rule }) => rule),
      ['agentReport'],
    );
  });

  test('in its wrap-up the panel is still there, and another word goes beside the alert', async () => {
    await lab.page.getByTestId('device-monitoring-call').waitFor();
    await chart('packetsLostFraction').locator('rect').first().waitFor();
    await reportIn(lab.page.getByTestId('device-monitoring-call')).click();
    const beside = await lab.requests.waitFor(
      'the supplement',
      ({ fields }) => fields.alert?.supplements === `alert-${call.callSid}`,
    );
    assert.equal(beside.status, 200);
    assert.equal(beside.fields.alert.agentReports.length, 3);
    await assertAccessible(lab);
    await lab.page.keyboard.press('Escape');
    await lab.complete(call);
  });
});

test('of a good call nothing is sent until the agent says in wrap-up that it was none', async () => {
  await lab.boot({ configuration: { ...TOOLS, shortCallThreshold: 0 } });
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(4000);
  await lab.hangUp(call);
  await sleep(1500);
  assert.deepEqual(lab.alertsOf(call), []);
  await reportIn(lab.page.getByTestId('device-monitoring-call')).click();
  const {
    fields: { alert },
    status,
  } = await lab.alertOf(call);
  await reportIn(lab.page.getByTestId('device-monitoring-call')).waitFor({ state: 'detached' });
  assert.equal(await lab.page.evaluate(() => document.activeElement.dataset.testid), 'device-monitoring-call');
  assert.deepEqual([status, alert.id], [200, `alert-${call.callSid}`]);
  assert.ok(alert.agentReports[0].atMs > alert.durationMs);
  await lab.complete(call);
});

test('15 minutes after a call, the agent is told that it can no longer be reported, and nothing is sent', async () => {
  await lab.boot({
    configuration: { ...TOOLS, shortCallThreshold: 0 },
    beforeFlex: { path: path.join(paths.lab, 'page', 'clocks.js') },
  });
  const call = await lab.callIn();
  await lab.accept(call);
  await waitForSamples(lab, call, 2);
  await lab.hangUp(call);
  const place = lab.page.getByTestId('device-monitoring-call');
  await reportIn(place).waitFor();
  const later = 15 * 60_000 + 1;
  await lab.page.evaluate((ms) => window.labClocks.jump({ wall: ms, page: ms }), later);
  await reportIn(place).click();
  await place.getByText('Not noted: this call can no longer be reported.').waitFor();
  await reportIn(place).waitFor({ state: 'detached' });
  await assertAccessible(lab);
  assert.deepEqual(lab.alertsOf(call), []);
  await lab.complete(call);
});

test('a report by the key is said to be noted also while the agent looks at no call', async () => {
  await lab.boot({ configuration: TOOLS });
  const call = await lab.callIn();
  await lab.accept(call);
  await lab.lookAway();
  const toast = '[data-testid=notification-message]';
  await lab.seesBriefly(NOTED, () => lab.page.keyboard.press('Control+Shift+F'), toast);
  await assertAccessible(lab);
  await lab.lookAt(call);
  await lab.hangUp(call);
  await lab.alertOf(call);
  await lab.complete(call);
});

test('with alertAgent and agentTools false, a call in trouble leaves nothing of the plugin in the page', async () => {
  await lab.boot({ configuration: { ...TOOLS, agentTools: false } });
  const call = await lab.callIn();
  await lab.accept(call);
  lab.spoil(call, 'down', { loss: 0.2 });
  await sleep(8000);
  assert.equal((await lab.seen()).anything, false);
  await lab.page.keyboard.press('Control+Shift+F');
  await lab.hangUp(call);
  await sleep(1000);
  assert.equal((await lab.seen()).anything, false);
  await lab.complete(call);
});
