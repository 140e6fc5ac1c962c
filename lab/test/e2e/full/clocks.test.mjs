// Clocks that jump and machines that sleep, in the middle of a call: nothing is invented, nothing lasts an hour that did not.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';
import { paths } from '../../../paths.mjs';

/** The more attempts have failed until both tabs are there, the longer the outbox waits: five minutes at most. */
const LONGEST_WAIT_MS = 330_000;
const HOUR = 3_600_000;
/** What a busy machine may add to a time, and a data gap of a few seconds take from it. */
const SLACK = 8000;
// A busy machine's jitter is not what is looked for here.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120 };
const LOSS = { loss: 0.25 };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start({ throttled: true });
});
after(() => lab?.close());

const boot = () =>
  lab.boot({ configuration: CONFIGURATION, beforeFlex: { path: path.join(paths.lab, 'page', 'clocks.js') } });
const jump = (by) => lab.page.evaluate((value) => window.labClocks.jump(value), by);
const isNear = (value, expected, what) =>
  assert.ok(Math.abs(value - expected) <= SLACK, `${what}: ${value}, not ${expected}`);

async function takeCall() {
  const call = await lab.callIn();
  await lab.accept(call);
  const { at } = lab.sdk.all.find(({ type, callSid }) => type === 'accept' && callSid === call.callSid);
  return { call, accepted: at };
}

/** The one alert of a call, held against what a watch on the wall of the office says: `lasted` awake, `absent` beside that. */
async function checkAlert(call, { accepted, lasted, absent = 0 }) {
  const {
    fields: { alert },
  } = await lab.alertOf(call, { status: 200 });
  isNear(Date.parse(alert.startedAt), accepted, 'startedAt');
  isNear(Date.parse(alert.endedAt) - Date.parse(alert.startedAt), lasted + absent, 'from start to end');
  isNear(alert.durationMs, lasted, 'durationMs');
  assert.ok(
    alert.warningMs > 0 && alert.warningMs <= alert.durationMs,
    `warningMs ${alert.warningMs} of ${alert.durationMs}`,
  );
  const episodes = alert.conditions.flatMap(({ episodes: all }) => all);
  assert.ok(episodes.length > 0);
  for (const { startMs, endMs } of episodes) {
    assert.ok(
      startMs >= 0 && endMs - startMs <= lasted + SLACK && endMs <= lasted + absent + SLACK,
      JSON.stringify(episodes),
    );
  }
  await sleep(1500);
  assert.equal(lab.alertsOf(call).length, 1);
  await lab.complete(call);
  assert.deepEqual(lab.pageErrors(), []);
  return alert;
}

const JUMPS = [
  { name: 'the time of day is set forward by an hour', by: { wall: HOUR } },
  { name: 'the time of day is set back by an hour', by: { wall: -HOUR } },
  { name: 'both clocks jump forward by an hour', by: { wall: HOUR, page: HOUR }, absent: HOUR },
  { name: 'both clocks jump back by an hour, which no browser should do', by: { wall: -HOUR, page: -HOUR } },
];

for (const { name, by, absent } of JUMPS) {
  test(`when ${name} in a call, nothing is invented, and what comes after is noticed and alerted with its true length`, async () => {
    await boot();
    const { call, accepted } = await takeCall();
    await sleep(3000);
    await jump(by);
    await sleep(3500);
    assert.deepEqual(await lab.notices(), []);
    lab.spoil(call, 'both', LOSS);
    await lab.waitForNotice('active');
    await sleep(1500);
    await lab.hangUp(call, 'customer');
    const { conditions } = await checkAlert(call, { accepted, lasted: Date.now() - accepted, absent });
    const strange = conditions.filter(
      ({ name: condition }) =>
        !['high-packet-loss', 'low-mos', 'audio-gaps', 'high-outbound-packet-loss', 'high-rtt'].includes(condition),
    );
    assert.deepEqual(strange, []);
  });
}

test('an alert that waits for the server waits no hour longer when the time of day is set back by one', async () => {
  await boot();
  const { call } = await takeCall();
  lab.breakFunction('answers-500');
  await lab.hangUp(call, 'customer');
  await lab.alertOf(call, { status: 500 });
  await jump({ wall: -HOUR });
  lab.mendFunction();
  await lab.alertOf(call, { status: 200 });
  await lab.complete(call);
});

for (const dropped of [false, true]) {
  test(`an hour of sleep in a call${dropped ? ' that loses its connection' : ''} is neither talk nor trouble`, async () => {
    await boot();
    const { call, accepted } = await takeCall();
    await sleep(3000);
    lab.spoil(call, 'both', LOSS);
    await lab.waitForNotice('active');

    const devtools = await lab.hide();
    await lab.page.evaluate((ms) => window.labClocks.sleep(ms), HOUR);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    const asleep = Date.now();
    if (dropped) {
      lab.spoil(call, 'both', 'blackout');
      lab.voice.goAway(6000);
    }
    await sleep(5000);
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    const slept = Date.now() - asleep;
    await lab.show();
    const samples = lab.sdk.all.length;
    await lab.sdk.waitFor('a sample after it', ({ type }) => type === 'sample', { from: samples });
    assert.equal(
      (await lab.notices()).filter(({ phase }) => phase === 'active').length,
      1,
      'the trouble is still there',
    );
    await sleep(3000);
    if (dropped)
      await lab.sdk.waitFor(
        'the connection that is lost',
        ({ type, callSid }) => ['reconnecting', 'transportClose'].includes(type) && callSid === call.callSid,
      );
    // Twilio ends what has been away for so long, and says so as soon as it can.
    await sleep(dropped ? 3000 : 0);
    await lab.hangUp(call, 'customer');
    const alert = await checkAlert(call, { accepted, lasted: Date.now() - accepted - slept, absent: HOUR + slept });
    assert.equal(
      alert.conditions.some(({ name }) => ['reconnecting', 'signaling-lost', 'ice-connectivity-lost'].includes(name)),
      dropped,
    );
  });
}

for (const [where, by] of [
  ['ahead of', HOUR],
  ['behind', -HOUR],
]) {
  test(`an alert of a tab whose clock is an hour ${where} that of another tab is sent once, by whichever lives`, async () => {
    await boot();
    await jump({ wall: by });
    const { call } = await takeCall();
    lab.breakFunction('answers-500');
    await lab.hangUp(call, 'customer');
    await lab.alertOf(call, { status: 500 });
    await lab.complete(call);
    const first = lab.page;
    await lab.openFlex();
    await sleep(5000);
    await first.close();
    lab.mendFunction();
    await lab.alertOf(call, { status: 200, timeoutMs: LONGEST_WAIT_MS });
    await sleep(3000);
    assert.equal(lab.alertsOf(call).filter(({ status }) => status === 200).length, 1);
    assert.deepEqual(lab.pageErrors(), []);
  });
}
