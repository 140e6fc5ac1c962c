// Every function of the plugin breaks: all of them always, and each of them once. Flex starts, the call is taken, muted, held,
// hung up and wrapped up, and nothing of it reaches Flex as an error.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { buildBreakable } from '../../../host/breakable.mjs';
import { Lab } from '../../../page/driver.mjs';
import { paths } from '../../../paths.mjs';

// With all that it has: notices, notifications, the agents' tools, recordings, the admin's view.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120, agentTools: true, recordCalls: true };
/** More rounds than functions stand behind each other on any way through the plugin. */
const MOST_ROUNDS = 60;

/** @type {Lab} */
let lab;
let names;
let said;
before(async () => {
  const plugin = await buildBreakable();
  ({ names } = plugin);
  lab = await Lab.start({ plugin: plugin.file });
  lab.world.worker.roles = ['agent', 'admin'];
});
after(() => lab?.close());
beforeEach(() => {
  said = lab.console.all.length;
});

const boot = () => lab.boot({ configuration: CONFIGURATION, beforeFlex: { path: path.join(paths.lab, 'page', 'breakpoints.js') } });
const breaks = (how) => lab.page.evaluate((value) => window.labBreaks(value), how);
const broken = () => lab.page.evaluate(() => window.labBroken());

function flexHeardNothing() {
  assert.deepEqual(lab.console.all.slice(said).filter(({ type }) => type === 'pageerror').map(({ text }) => text.split('\n')[0]), []);
}

/** What an agent does with a bad call: with Flex's own buttons, which have to be there, and with ours, if they are. */
async function takeACall() {
  const ours = (name) => lab.page.getByTestId(`device-monitoring-${name}`).first().click({ timeout: 700 }).catch(() => {});
  const call = await lab.callIn();
  await lab.accept(call);
  lab.spoil(call, 'both', { loss: 0.25 });
  await lab.page.getByTestId('device-monitoring-notice').waitFor({ timeout: 6000 }).catch(() => {});
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

/** An admin looks at the view that the plugin has added. */
async function lookAtTheDesk() {
  const entry = lab.page.getByRole('link', { name: 'Device Monitoring' });
  if (await entry.count() === 0) return;
  await entry.click();
  await sleep(500);
  await lab.page.evaluate(() => window.Twilio.Flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' }));
}

test('when all of it throws from the first line on, always, Flex is as without the plugin', async () => {
  await boot();
  await breaks('always');
  await lab.reload();
  await takeACall();
  const { thrown } = await broken();
  assert.ok(thrown.length > 0);
  flexHeardNothing();
});

test('when all of it throws from the middle of a call on, always, the call and Flex go on', async () => {
  await boot();
  const first = await lab.callIn();
  await lab.accept(first);
  lab.spoil(first, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  await breaks('always');
  const samples = lab.sdk.all.length;
  await sleep(2500);
  assert.ok(lab.sdk.all.slice(samples).filter(({ type }) => type === 'sample').length >= 1, 'the Voice SDK goes on with its samples');
  await lab.mute(first, true);
  await lab.lookAwayAndBack(first);
  await lab.hangUp(first);
  await lab.complete(first);
  await takeACall();
  await lookAtTheDesk();
  const { thrown } = await broken();
  assert.ok(thrown.length >= 10, `only ${thrown.length} functions were called`);
  flexHeardNothing();
});

test('when each function throws once, one behind the other, Flex goes on each time, and at the end everything works', async (t) => {
  await boot();
  await breaks('once');
  let before = -1;
  let rounds = 0;
  for (let count = 0; count > before && rounds < MOST_ROUNDS; rounds += 1) {
    before = count;
    await lab.reload();
    await lookAtTheDesk();
    count = (await broken()).thrown.length;
  }
  const inStart = before;
  const starts = rounds;
  before = -1;
  for (let count = 0; count > before && rounds < MOST_ROUNDS; rounds += 1) {
    before = count;
    await lab.reload();
    await takeACall();
    await lookAtTheDesk();
    count = (await broken()).thrown.length;
  }
  assert.ok(rounds < MOST_ROUNDS, 'it never comes to an end');
  const { asked, thrown } = await broken();
  assert.deepEqual(asked.filter((name) => !thrown.includes(name)), []);
  t.diagnostic(`${inStart} functions broke in ${starts} starts, ${thrown.length} with ${rounds - starts} calls, of ${names.length}`);
  t.diagnostic(`never called: ${names.filter((name) => !thrown.includes(name)).join('; ')}`);

  flexHeardNothing();

  const call = await takeACall();
  await lab.alertOf(call, { status: 200 });
  await sleep(1000);
  assert.equal(lab.alertsOf(call).length, 1);
});
