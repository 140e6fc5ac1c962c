// Alerts that meet trouble on their way: a server that fails, a logout, a token that has expired.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CONFIGURATION,
  attemptsAt,
  firstAttempt,
  current,
  nothingStored,
  shortCall,
  startForEachTest,
  stored,
  textsTo,
} from '../support/alert-delivery.mjs';

startForEachTest();

test('an alert that found nobody goes out when Flex is loaded again, and is acted on once', async () => {
  current.lab.breakFunction('stopped');
  const call = await shortCall();
  await firstAttempt(call);
  assert.equal((await stored()).length, 1);
  await current.lab.reload();
  await current.lab.reconnectFunction();
  await current.lab.alertOf(call, { status: 200 });
  await nothingStored();
  assert.equal(textsTo(call), 1);
  assert.equal(current.lab.console.all.filter(({ text }) => /wait for the server/.test(text)).length > 0, true);
});

test('an answer that is lost is asked for again, and the customer gets one text', async () => {
  current.lab.breakFunction('loses-answers');
  const call = await shortCall();
  await firstAttempt(call);
  await sleep(1500);
  current.lab.mendFunction();
  const { answer } = await current.lab.alertOf(call, { status: 200 });
  assert.equal(JSON.parse(answer).outcome, 'already-done');
  assert.ok(attemptsAt(call) >= 2);
  assert.equal(textsTo(call), 1);
});

test('at logout the alert stays, and no phone number does', async () => {
  current.lab.breakFunction('stopped');
  const call = await shortCall();
  await current.lab.complete(call);
  await firstAttempt(call);
  const everything = () =>
    current.lab.page.evaluate(() =>
      Object.entries(localStorage)
        .filter(([key]) => key.startsWith('device-monitoring/'))
        .join(),
    );
  assert.match(await everything(), /\+1202555/);
  await current.lab.logOut();
  // In one look: the page goes meanwhile.
  await current.lab.page.waitForFunction((callSid) => {
    const kept = JSON.stringify({ ...localStorage });
    return !/\+1202555/.test(kept) && kept.includes(callSid);
  }, call.callSid);
});

test('a token that has expired waits for another, which Flex gets in time', async () => {
  current.lab.breakFunction('expires-tokens');
  const call = await shortCall();
  await current.lab.alertOf(call, { status: 403 });
  await sleep(1000);
  await current.lab.renewToken();
  await current.lab.alertOf(call, { status: 200, timeoutMs: 20_000 });
  assert.equal(textsTo(call), 1);
});

test('an alert for two actions, of which one cannot be done yet, has each of them done once, over a reload', async () => {
  const { lab } = current;
  lab.world.worker.team = 'Blue';
  const actions = [
    { when: { rules: ['shortCall'] }, run: 'log-call' },
    { when: { rules: ['shortCall'], teams: ['blue'] }, run: 'send-sms-to-customer' },
    { when: { teams: ['Coral'] }, run: 'annotate-call' },
    { when: { rules: ['warningDurPct'] }, run: 'webhook' },
  ];
  await lab.boot({ configuration: { ...CONFIGURATION, actions } });
  lab.twilio.faults.add({ operation: 'messages.create', kind: 'status', status: 429, retryAfter: 3 });
  const call = await shortCall();
  const first = await lab.alertOf(call, { status: 503 });
  assert.deepEqual([first.fields.action, first.fields.actions], ['log-call', 'log-call,send-sms-to-customer']);
  const outcomes = JSON.parse(first.answer).actions.map(({ action, outcome, error }) => [action, outcome ?? error]);
  assert.deepEqual(outcomes, [
    ['log-call', 'done'],
    ['send-sms-to-customer', 'action-not-done'],
  ]);
  // What is left of the alert is kept once the page has read the answer.
  await lab.page.waitForFunction(() => !Object.values(localStorage).some((text) => text.includes('furtherActions')));
  await lab.reload();
  const second = await lab.alertOf(call, { status: 200 });
  assert.deepEqual([second.fields.action, second.fields.actions], ['send-sms-to-customer', undefined]);
  await nothingStored();
  const logged = lab.function.lines.filter(
    (line) => line.includes('"event":"device-monitoring.alert"') && line.includes(call.callSid),
  );
  assert.deepEqual([textsTo(call), logged.length], [1, 1]);
});
