// A lab whose plugin breaks: every function of it at every call, or each once. What is common to the tests that do so.
import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { buildBreakable } from '../../page/fault-injection-build.mjs';
import { Lab } from '../../page/driver.mjs';
import { paths } from '../../paths.mjs';

// With all that it has: notices, notifications, the agents' tools, recordings, the admin view.
const CONFIGURATION = {
  ...WATCHFUL,
  highJitterThreshold: 500,
  shortCallThreshold: 120,
  agentTools: true,
  recordCalls: true,
};
/** More rounds than functions stand behind each other on any way through the plugin. */
const MAX_ROUNDS = 80;

export async function startBreakable() {
  const { file, names } = await buildBreakable();
  const lab = await Lab.start({ plugin: file });
  lab.world.worker.roles = ['agent', 'admin'];
  let said = 0;

  const boot = async () => {
    said = lab.console.all.length;
    await lab.boot({
      configuration: CONFIGURATION,
      beforeFlex: { path: path.join(paths.lab, 'page', 'breakpoints.js') },
    });
  };
  const breaks = (how) => lab.page.evaluate((value) => window.labBreaks(value), how);
  const adminView = () => lab.page.getByTestId('device-monitoring-admin-view');
  const skip = () => lab.page.evaluate(() => window.labSkip());
  const broken = () => lab.page.evaluate(() => window.labBroken());

  /**
   * A click on something of ours, a promise or a timer of ours may end in the console, as an error of ours. Nothing may be
   * thrown at the Voice SDK, at Redux or at Flex when they call, and nothing of theirs may break.
   */
  function flexIsUnharmed() {
    const errors = lab.console.all
      .slice(said)
      .filter(({ type }) => type === 'pageerror')
      .map(({ text }) => text);
    const mayBe = (text) =>
      /^Error: lab: ui\/.* is broken\n/.test(text) ||
      (/^Error: lab: .* is broken\n/.test(text) && !text.includes('flex-ui.js'));
    assert.deepEqual(
      errors.filter((text) => !mayBe(text)),
      [],
    );
  }

  /** What an agent does with a bad call: with Flex's own buttons, which have to be there, and with ours, if they are. */
  async function takeACall() {
    const ours = (name) =>
      lab.page
        .getByTestId(`device-monitoring-${name}`)
        .first()
        .click({ timeout: 700 })
        .catch(() => {});
    const call = await lab.callIn();
    await lab.accept(call);
    lab.spoil(call, 'both', { loss: 0.25 });
    await lab.page
      .getByTestId('device-monitoring-notice')
      .waitFor({ timeout: 6000 })
      .catch(() => {});
    for (const name of ['snooze', 'snooze', 'header', 'report', 'close']) await ours(name);
    await lab.mute(call, true);
    await lab.mute(call, false);
    await lab.hold(call, true);
    await lab.lookAwayAndBack(call);
    await lab.hold(call, false);
    await lab.hangUp(call);
    await ours('header');
    await ours('run');
    await lab.complete(call);
    await lab.closeToasts();
    return call;
  }

  /** Taken and ended, and no more. */
  async function takeAShortCall() {
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(1200);
    await lab.hangUp(call, 'customer');
    await lab.complete(call);
  }

  /** An admin looks at the view that the plugin has added. */
  async function lookAtTheAdminView() {
    const entry = lab.page.getByRole('link', { name: 'Device Monitoring' });
    if ((await entry.count()) === 0) return;
    await entry.click();
    // The view, or the sentence in its place. If it is broken, neither comes.
    await adminView()
      .or(lab.page.getByText('This view '))
      .first()
      .waitFor({ timeout: 2000 })
      .catch(() => {});
    await lab.page.evaluate(() =>
      window.Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' }),
    );
  }

  /** As long as functions throw that have not before. */
  async function untilNothingNew(round) {
    let rounds = 0;
    for (let before = -1, count = 0; count > before; rounds += 1) {
      assert.ok(rounds < MAX_ROUNDS, 'it never comes to an end');
      before = count;
      await round();
      count = (await broken()).thrown.length;
      flexIsUnharmed();
    }
    return rounds;
  }

  return {
    lab,
    names,
    boot,
    breaks,
    skip,
    broken,
    flexIsUnharmed,
    takeACall,
    takeAShortCall,
    lookAtTheAdminView,
    untilNothingNew,
  };
}
