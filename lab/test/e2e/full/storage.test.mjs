// The browser's storage on a bad day: full, forbidden, full of nonsense, written by a version to come. The call is watched,
// the agent is told, the alert arrives once, and Flex goes on; what is not ours to judge stays as it was.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../../configuration.mjs';
import { emptyStorage, fillStorage } from '../../../delivery-faults/rounds.mjs';
import { Lab } from '../../../page/driver.mjs';
import { until } from '../../support/until.mjs';

// With everything that the plugin keeps in a browser: alerts, checkpoints, the shift, what is usual, recordings.
const CONFIGURATION = {
  ...WATCHFUL,
  highJitterThreshold: 500,
  shortCallThreshold: 120,
  agentTools: true,
  recordCalls: true,
};

/** @type {Lab} */
let lab;
let said;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());
beforeEach(() => {
  lab.mendFunction();
  said = lab.console.all.length;
});

/** What the plugin has said in this test's console. */
const words = () =>
  lab.console.all
    .slice(said)
    .map(({ text }) => text)
    .filter((text) => text.includes('[device-monitoring]'));
const saidOnce = (pattern) => assert.equal(words().filter((text) => pattern.test(text)).length, 1, words().join('\n'));
const stored = () =>
  lab.page.evaluate(() =>
    Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('device-monitoring'))),
  );

/** Runs in the page before Flex: puts these into its storage, the first time that it is loaded. */
const prefilled = (entries) => ({
  content: `if (!sessionStorage.labPrefilled) {
    sessionStorage.labPrefilled = 1;
    for (const [key, value] of ${JSON.stringify(Object.entries(entries))}) localStorage.setItem(key, value);
  }`,
});

/** A bad call, as an agent has it. The server is away at its end, so that the alert has to be kept somewhere. */
async function badCall({ goneS = 0 } = {}) {
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(2000);
  lab.spoil(call, 'both', { loss: 0.25 });
  await lab.waitForNotice('active');
  if (goneS > 0) lab.breakFunction('stopped');
  await lab.hangUp(call, 'customer');
  await lab.waitForNotice('ended');
  await sleep(goneS * 1000);
  await lab.reconnectFunction();
  return call;
}

async function arrivedOnce(call) {
  const {
    fields: { alert },
  } = await lab.alertOf(call, { status: 200, timeoutMs: 30_000 });
  assert.ok(alert.conditions.some(({ name }) => name === 'high-packet-loss'));
  await sleep(1500);
  assert.equal(lab.alertsOf(call).length, 1);
  await lab.complete(call);
}

async function flexGoesOn() {
  assert.deepEqual(
    (await lab.plugins()).map(({ state }) => state),
    ['Initialized'],
  );
  // In a full storage Flex has errors of its own, about its own keys.
  const ofFlex = /Setting the value of 'TWILIO_FLEX_/;
  assert.deepEqual(
    lab.console.all.slice(said).filter(({ type, text }) => type === 'pageerror' && !ofFlex.test(text)),
    [],
  );
}

test('full: alerts wait in memory, and it is said once', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  await fillStorage(lab);
  await arrivedOnce(await badCall({ goneS: 3 }));
  saidOnce(/storage is full or forbidden/);
  assert.deepEqual(
    Object.keys(await stored()).filter((key) => key.includes('/alert/')),
    [],
  );
  await emptyStorage(lab);
  await flexGoesOn();
});

test('full before Flex is loaded, and still so after it', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  await fillStorage(lab);
  await lab.reload();
  await arrivedOnce(await badCall());
  await flexGoesOn();
});

/** Runs in the page before Flex. A browser that forbids storage forbids it to Flex, too, which then does not start. */
function forbiddenToThePlugin() {
  const isOurs = () => /plugin-device-monitoring/.test(new Error().stack);
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
    const { get } = Object.getOwnPropertyDescriptor(window, name);
    Object.defineProperty(window, name, {
      configurable: true,
      get() {
        if (isOurs()) {
          window.labRefusals = (window.labRefusals ?? new Set()).add(name);
          throw new DOMException('The operation is insecure.', 'SecurityError');
        }
        return get.call(window);
      },
    });
  }
  const refused = () => Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
  for (const name of ['request', 'query']) {
    const real = navigator.locks[name].bind(navigator.locks);
    navigator.locks[name] = (...given) => (isOurs() ? refused() : real(...given));
  }
}

test('forbidden, with the database and the locks: the same', async () => {
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: forbiddenToThePlugin });
  await arrivedOnce(await badCall({ goneS: 3 }));
  assert.deepEqual(await lab.page.evaluate(() => [...window.labRefusals].sort()), ['indexedDB', 'localStorage']);
  saidOnce(/storage is full or forbidden/);
  saidOnce(/cannot be recorded in this browser/);
  assert.deepEqual(await stored(), {});
  await flexGoesOn();
});

test('full of nonsense: what is damaged goes and is said, the rest is as without it', async () => {
  const worker = lab.world.worker.sid;
  const [alert, call] = ['alert', 'call'].map((kind) => `device-monitoring/${worker}/${kind}/`);
  const damaged = {
    [`${alert}cut-off`]: '1\npending\nalert-CA1\n1 2 3',
    [`${alert}numbers`]: '1\npending\nalert-CA2\nNaN -1 1e999 x y\n\nissues\n\n\nlog-call\n{"version":1}',
    [`${alert}document`]: '1\nrefused\nalert-CA3\n1 1 0 0 0\n\n\n\n\n\n{"version":1',
    [`${alert}lines`]: `1${'\n'.repeat(5000)}`,
    [`${alert}state`]: '1\n\u0000\nalert-CA4\n1 1 0 0 0\n\n\n\n\n\n{}',
    [`${alert}json`]: '{"version":1}',
    [`${call}tab/1`]: '1\npending',
    [`${call}/`]: '1\n\ud800',
  };
  const ignored = {
    'device-monitoring/': 'null',
    [`${alert}`]: '',
    [`${alert}%F0%9F%98%80`]: '\u{1F600}'.repeat(5000),
    [`device-monitoring.usual/${worker}`]: 'usual1 NaN NaN\n\n\n',
  };
  const replaced = {
    [`device-monitoring.shift/${worker}`]: 'shift1 999999999999999999999 -1 1',
    [`device-monitoring.logged-out/${worker}`]: '[object Object]',
  };
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: prefilled({ ...damaged, ...ignored, ...replaced }) });
  // A database of our name with something else in it.
  await lab.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('device-monitoring', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('something else');
        opening.onsuccess = () => resolve(opening.result.close());
        opening.onerror = () => reject(opening.error);
      }),
  );

  await arrivedOnce(await badCall({ goneS: 3 }));
  const left = await stored();
  assert.deepEqual(
    Object.keys(damaged).filter((key) => key in left),
    [],
  );
  for (const [key, value] of Object.entries(ignored)) assert.equal(left[key], value, key);
  assert.match(left[`device-monitoring.shift/${worker}`], /^\{"version":2,"since":\d+,"announced":\d+,/);
  assert.equal(words().filter((text) => /damaged and is lost/.test(text)).length, Object.keys(damaged).length);
  saidOnce(/cannot be recorded in this browser/);
  await flexGoesOn();
});

test('written by a version to come: more of it than we would keep, all still there, and no alert of ours goes for it', async () => {
  const worker = lab.world.worker.sid;
  const alertKey = `device-monitoring/${worker}/alert/`;
  const theirs = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [
      `${alertKey}alert-${index}`,
      `2\n{"of":"a version to come","number":${index}}`,
    ]),
  );
  theirs[`device-monitoring/${worker}/call/tab/1`] = '2\ncheckpoint';
  await lab.boot({ configuration: CONFIGURATION, beforeFlex: prefilled(theirs) });
  await lab.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('device-monitoring', 7);
        opening.onupgradeneeded = () => opening.result.createObjectStore('calls').put('a version to come', 'key');
        opening.onsuccess = () => resolve(opening.result.close());
        opening.onerror = () => reject(opening.error);
      }),
  );

  // Two that wait at the same time: neither makes room for the other.
  lab.breakFunction('stopped');
  const calls = [];
  for (let count = 0; count < 2; count += 1) {
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(1500);
    await lab.hangUp(call, 'customer');
    await lab.complete(call);
    calls.push(call);
  }
  const isKept = (call) => async () => Object.keys(await stored()).includes(`${alertKey}alert-${call.callSid}`);
  for (const call of calls) await until('the alert among what is stored', isKept(call));
  await lab.reconnectFunction();
  for (const call of calls) await lab.alertOf(call, { status: 200, timeoutMs: 30_000 });
  await arrivedOnce(await badCall());

  const left = await stored();
  for (const [key, value] of Object.entries(theirs)) assert.equal(left[key], value, key);
  const kept = await lab.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('device-monitoring');
        opening.onsuccess = () => {
          const reading = opening.result.transaction('calls').objectStore('calls').get('key');
          reading.onsuccess = () => resolve([opening.result.version, reading.result]);
        };
        opening.onerror = () => reject(opening.error);
      }),
  );
  assert.deepEqual(kept, [7, 'a version to come']);
  saidOnce(/cannot be recorded in this browser/);
  assert.deepEqual(
    words().filter((text) => /dropped/.test(text)),
    [],
  );
  await flexGoesOn();
});
