// Alerts that meet trouble on their way: the page that is loaded again or dies, the server that fails, two tabs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../page/driver.mjs';

const SMS = { SMS_TEXT: 'Sorry for the bad line.', SMS_FROM: '+12025550199' };
const CONFIGURATION = { shortCallThreshold: 120, action: 'send-sms-to-customer' };

/** @type {Lab} */
let lab;
let calls = 0;
before(async () => {
  lab = await Lab.start({ functionEnv: SMS });
});
after(() => lab?.close());
beforeEach(async () => {
  lab.mendEndpoint();
  lab.twilio.faults.clear();
  await lab.boot({ configuration: CONFIGURATION });
});

async function takeCall() {
  calls += 1;
  const call = await lab.callIn({ from: `+120255501${String(calls).padStart(2, '0')}` });
  await lab.accept(call);
  await sleep(1200);
  return call;
}

async function shortCall() {
  const call = await takeCall();
  await lab.hangUp(call, 'customer');
  return call;
}

const attemptsAt = (call) => lab.attempts.all.filter(({ fields }) => fields.alert?.callSid === call.callSid).length;
const firstAttempt = (call) =>
  lab.attempts.waitFor('an attempt', ({ fields }) => fields.alert?.callSid === call.callSid);
const textsTo = (call) => lab.twilio.world.messages.filter(({ to }) => to === call.from).length;
const stored = () =>
  lab.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring/')));

/** Waits until the server has everything, or has refused it. */
const nothingStored = () =>
  lab.page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('device-monitoring/')));

test('an alert that found nobody goes out when Flex is loaded again, and is acted on once', async () => {
  lab.breakEndpoint('stopped');
  const call = await shortCall();
  await firstAttempt(call);
  assert.equal((await stored()).length, 1);
  await lab.reload();
  lab.mendEndpoint();
  await lab.alertOf(call, { status: 200 });
  await sleep(500);
  assert.deepEqual([textsTo(call), await stored()], [1, []]);
  assert.equal(lab.console.all.filter(({ text }) => /wait for the server/.test(text)).length > 0, true);
});

test('an answer that is lost is asked for again, and the customer gets one text', async () => {
  lab.breakEndpoint('loses-answers');
  const call = await shortCall();
  await firstAttempt(call);
  await sleep(1500);
  lab.mendEndpoint();
  const { answer } = await lab.alertOf(call, { status: 200 });
  assert.equal(JSON.parse(answer).outcome, 'already-done');
  assert.ok(attemptsAt(call) >= 2);
  assert.equal(textsTo(call), 1);
});

test('a call whose tab dies is alerted by the next page, which says that it was cut short', async () => {
  const call = await takeCall();
  await lab.crash();
  assert.equal(attemptsAt(call), 0);
  await lab.openFlex();
  const { fields } = await lab.alertOf(call, { status: 200 });
  assert.equal(fields.alert.cutShort, true);
  await sleep(500);
  assert.deepEqual([textsTo(call), await stored()], [1, []]);
});

test('the alert of a call whose tab crashes arrives although no page is left, and once', async () => {
  await lab.boot({ configuration: CONFIGURATION, directly: true });
  assert.equal(await lab.page.evaluate(() => typeof window.fetchLater), 'function');
  const call = await takeCall();
  await lab.crash();
  await lab.function.waitForLine((line) => line.includes(call.callSid), 20_000);
  await sleep(1000);
  assert.equal(textsTo(call), 1);
  await lab.openFlex();
  await nothingStored();
  assert.equal(textsTo(call), 1, 'the next page finds that it is done');
});

test('a tab that is closed in a call lets the alert go with it', async () => {
  await lab.boot({ configuration: CONFIGURATION, directly: true });
  const call = await takeCall();
  await lab.page.close();
  await lab.function.waitForLine((line) => line.includes(call.callSid), 10_000);
  await sleep(1000);
  assert.equal(textsTo(call), 1);
  await lab.openFlex();
  await nothingStored();
  assert.equal(textsTo(call), 1);
});

test('at logout the alert stays, and no phone number does', async () => {
  lab.breakEndpoint('stopped');
  const call = await shortCall();
  await lab.complete(call);
  await firstAttempt(call);
  const everything = () =>
    lab.page.evaluate(() =>
      Object.entries(localStorage)
        .filter(([key]) => key.startsWith('device-monitoring/'))
        .join(),
    );
  assert.match(await everything(), /\+1202555/);
  await lab.logOut();
  await lab.page.waitForFunction(() => !/\+1202555/.test(JSON.stringify({ ...localStorage })));
  assert.match(await everything(), new RegExp(call.callSid));
});

test('a token that has expired waits for another, which Flex gets in time', async () => {
  lab.breakEndpoint('expires-tokens');
  const call = await shortCall();
  await lab.alertOf(call, { status: 403 });
  await sleep(1000);
  await lab.renewToken();
  await lab.alertOf(call, { status: 200, timeoutMs: 20_000 });
  assert.equal(textsTo(call), 1);
});

test('with two tabs open the alert goes out once, and a tab that lives keeps its call', async () => {
  const call = await takeCall();
  const first = lab.page;
  await lab.openFlex();
  await sleep(1500);
  assert.equal(attemptsAt(call), 0, 'the other tab lives');
  await lab.page.close();
  lab.page = first;
  await lab.hangUp(call, 'customer');
  await lab.alertOf(call, { status: 200 });
  await sleep(2500);
  assert.deepEqual([attemptsAt(call), textsTo(call)], [1, 1]);
});
