// Alerts whose tab dies, crashes or is closed, or that two tabs could send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  attemptsAt,
  CONFIGURATION,
  current,
  nothingStored,
  startForEachTest,
  takeCall,
  textsTo,
} from '../support/alert-delivery.mjs';

/** Within which an alert arrives that the browser sends although its page has gone. */
const WITHOUT_A_PAGE_MS = 60_000;

startForEachTest();

test('a call whose tab dies is alerted by the next page, which says that it was cut short', async () => {
  const call = await takeCall();
  await current.lab.crash();
  assert.equal(attemptsAt(call), 0);
  await current.lab.openFlex();
  const { fields } = await current.lab.alertOf(call, { status: 200 });
  assert.equal(fields.alert.cutShort, true);
  await nothingStored();
  assert.equal(textsTo(call), 1);
});

test('the alert of a call whose tab crashes arrives although no page is left, and once', async () => {
  await current.lab.boot({ configuration: CONFIGURATION, directly: true });
  assert.equal(await current.lab.page.evaluate(() => typeof window.fetchLater), 'function');
  const call = await takeCall();
  await current.lab.crash();
  await current.lab.function.waitForLine((line) => line.includes(call.callSid), WITHOUT_A_PAGE_MS);
  await sleep(1000);
  assert.equal(textsTo(call), 1);
  await current.lab.openFlex();
  await nothingStored();
  assert.equal(textsTo(call), 1, 'the next page finds that it is done');
});

test('a tab that is closed in a call lets the alert go with it', async () => {
  await current.lab.boot({ configuration: CONFIGURATION, directly: true });
  const call = await takeCall();
  await current.lab.page.close();
  await current.lab.function.waitForLine((line) => line.includes(call.callSid), WITHOUT_A_PAGE_MS);
  await sleep(1000);
  assert.equal(textsTo(call), 1);
  await current.lab.openFlex();
  await nothingStored();
  assert.equal(textsTo(call), 1);
});

test('a tab that is closed in a call that is reported sends the same alert as it leaves to the next page', async () => {
  await current.lab.boot({ configuration: { ...CONFIGURATION, reportCalls: true }, directly: true });
  const call = await takeCall();
  await current.lab.page.close();
  await current.lab.function.waitForLine((line) => line.includes(`alert-${call.callSid}`), WITHOUT_A_PAGE_MS);
  await sleep(1000);
  await current.lab.openFlex();
  await nothingStored();
  assert.equal(textsTo(call), 1);
  const refused = current.lab.function.lines.filter(
    (line) => line.includes('device-monitoring.refused') && line.includes(call.callSid),
  );
  assert.deepEqual(refused, [], 'one with other content would be');
});

test('with two tabs open the alert goes out once, and a tab that lives keeps its call', async () => {
  const call = await takeCall();
  const first = current.lab.page;
  await current.lab.openFlex();
  await sleep(1500);
  assert.equal(attemptsAt(call), 0, 'the other tab lives');
  await current.lab.page.close();
  current.lab.page = first;
  await current.lab.hangUp(call, 'customer');
  await current.lab.alertOf(call, { status: 200 });
  await sleep(2500);
  const done = current.lab.alertsOf(call).filter(({ status }) => status === 200);
  assert.deepEqual([done.length, textsTo(call)], [1, 1]);
});
