// What an agent sees and a screen reader says, through one real call that gets bad, worse and good again.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';
import { assertAccessible } from '../support/steps.mjs';

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ functions: false });
});
after(() => lab?.close());

for (const isLight of [true, false]) {
  describe(`in Flex's ${isLight ? 'light' : 'dark'} theme`, () => {
    let call;
    before(async () => {
      // A busy machine's jitter would say something of its own in between.
      await lab.boot({
        configuration: { ...WATCHFUL, highJitterThreshold: 500, hideFlexIndicator: true },
        flexConfig: { theme: { isLight } },
      });
      call = await lab.callIn();
      await lab.accept(call);
    });

    test('a good call has a quiet state in the header and nothing else', async () => {
      await sleep(2000);
      await lab.waitForHeader('quiet');
      assert.deepEqual(await lab.notices(), []);
      await assertAccessible(lab);
    });

    test('a lossy network is said in the call, without Flex saying anything else, and the focus stays', async () => {
      await lab.page.getByRole('button', { name: 'Mute', exact: true }).last().focus();
      const focused = await lab.focused();
      lab.spoil(call, 'down', { loss: 0.15 });
      await lab.waitForNotice('active');
      const [{ text, severity }] = await lab.notices();
      assert.equal(severity, 'warning');
      assert.equal(
        text,
        'Warning You may hear the customer with gaps: your network is unsteady. Move closer to the router or use a cable.',
      );
      assert.equal(await lab.page.getByRole('status').filter({ hasText: 'You may hear' }).count(), 1);
      assert.deepEqual([focused, await lab.focused()], ['Mute', 'Mute']);
      assert.equal(await lab.page.getByText('Your connection is poor').count(), 0);
      await lab.waitForHeader('warning');
      assert.equal((await lab.header()).title, 'You may hear the customer with gaps: your network is unsteady.');
      await assertAccessible(lab);
    });

    test('at 200 % and in a narrow panel nothing of it is cut off, and the call can be ended', async () => {
      await lab.page.setViewportSize({ width: 700, height: 450 });
      const { clientWidth, scrollWidth } = await lab.page
        .getByTestId('device-monitoring-call')
        .evaluate((element) => ({ clientWidth: element.clientWidth, scrollWidth: element.scrollWidth }));
      assert.equal(scrollWidth, clientWidth);
      assert.ok(await lab.page.getByRole('button', { name: 'Hang up', exact: true }).last().isVisible());
      await assertAccessible(lab);
      await lab.page.setViewportSize({ width: 1400, height: 900 });
    });

    test('it is snoozed by keyboard, and the focus stays on the button', async () => {
      await lab.pressSnooze();
      await lab.waitForNotice('snoozed');
      assert.equal(await lab.focused(), 'Show them again');
      await lab.waitForHeader('snoozed');
      await assertAccessible(lab);
    });

    test('a worse trouble is said all the same: elsewhere by a notification', async () => {
      await lab.lookAway();
      assert.deepEqual(await lab.toasts(), []);
      await lab.forget();
      lab.spoil(call, 'both', 'unheard-agent');
      // It goes by itself after some seconds.
      await lab.page.waitForFunction(() => window.labSeen().mostToasts > 0, undefined, { timeout: 40_000 });
      await assertAccessible(lab);
      await lab.waitForHeader('critical');
      assert.equal((await lab.seen()).mostToasts, 1);
      await lab.lookAt(call);
      await lab.waitForNotice('active');
      const [{ severity, text }] = await lab.notices();
      assert.equal(severity, 'critical');
      assert.match(text, /^Urgent The customer cannot hear you\. The trouble is on your side: /);
      assert.equal(await lab.page.getByRole('alert').filter({ hasText: 'cannot hear you' }).count(), 1);
      await assertAccessible(lab);
    });

    test('after it, it is said for a moment that the call is fine again', async () => {
      lab.heal(call);
      await lab.waitForNotice('recovered', { timeoutMs: 40_000 });
      await assertAccessible(lab);
    });

    test('in wrap-up, what was wrong and when', async () => {
      await lab.hangUp(call);
      await lab.waitForNotice('ended');
      await assertAccessible(lab);
      await lab.complete(call);
      await lab.waitForHeader('quiet');
    });
  });
}
