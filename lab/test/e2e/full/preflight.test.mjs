// The Voice SDK's own test call before the shift, with a token of the real Function: signalling is a stand-in, which goes by
// what the token says; the media are real.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WATCHFUL } from '../../../configuration.mjs';
import { Lab } from '../../../page/driver.mjs';

const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, agentTools: true, runPreflight: true };
const SET_UP = {
  PREFLIGHT_API_KEY: 'SK00000000000000000000000000000002',
  PREFLIGHT_API_SECRET: 'the-secret-of-the-test-calls-key',
  PREFLIGHT_TWIML_APP_SID: 'AP00000000000000000000000000000001',
};
const CHECKED_MS = 30_000;
const MADE_MS = 60_000;
const OPEN_MS = 20_000;

/** @type {Lab} */
let lab;
const check = () => lab.page.getByTestId('device-monitoring-check');
const result = () => check().locator('[data-code^=preflight-]');
const running = () => check().getByText('A test call is being made');
const tokens = () => lab.requests.all.filter(({ path }) => path === '/preflight-token');

/** The agent starts the check; done when the test call is being made. @returns {Promise<object>} that call */
async function untilTestCall() {
  await lab.check();
  await running().waitFor({ timeout: CHECKED_MS });
  const until = Date.now() + OPEN_MS;
  const isUnderWay = (call) => call.reservationStatus === 'accepted' && lab.farEnd.hasRelay(call);
  while (!lab.world.directCalls.some(isUnderWay)) {
    if (Date.now() > until) throw new Error('the test call did not reach the TwiML app');
    await lab.page.waitForTimeout(100);
  }
  return lab.world.directCalls.find(isUnderWay);
}

/** Well before the Voice SDK would end it by itself. */
async function ended(testCall) {
  const until = Date.now() + 5000;
  while (testCall.reservationStatus !== 'completed') {
    if (Date.now() > until) throw new Error('the test call goes on');
    await lab.page.waitForTimeout(100);
  }
}

describe('where the Function mints a token', () => {
  before(async () => {
    lab = await Lab.start({ functionEnv: SET_UP });
  });
  after(() => lab?.close());

  test('the test call is good, says so beside the look at the network, and is made once a shift', async () => {
    await lab.boot({ configuration: CONFIGURATION });
    const call = await untilTestCall();
    assert.equal(call.to, SET_UP.PREFLIGHT_TWIML_APP_SID);
    assert.match(call.from, /^client:device_monitoring_preflight_WK/);
    await result().waitFor({ timeout: MADE_MS });
    assert.equal(await result().getAttribute('data-code'), 'preflight-good');
    assert.match(await result().innerText(), /A test call was good: \d+ ms round-trip time/);
    assert.equal(await check().locator('[data-code^=network-]').count(), 1);
    assert.deepEqual(await lab.accessibilityViolations(), []);
    // Nothing of it is a call that is watched.
    assert.deepEqual(lab.sdk.all, []);
    assert.equal(tokens().length, 1);

    await lab.page.keyboard.press('Escape');
    await lab.reload();
    await lab.check();
    await check().locator('[data-code^=network-]').waitFor({ timeout: CHECKED_MS });
    assert.equal(tokens().length, 1);
    assert.deepEqual(lab.pageErrors(), []);
    await lab.page.keyboard.press('Escape');
  });

  test('one that loses packets is poor', async () => {
    await lab.boot({ configuration: CONFIGURATION });
    lab.spoil(await untilTestCall(), 'down', { loss: 0.12 });
    await result().waitFor({ timeout: MADE_MS });
    assert.equal(await result().getAttribute('data-code'), 'preflight-poor');
    await lab.page.keyboard.press('Escape');
  });

  test("a customer's call ends it at once, rings at the agent's own Device, and is taken", async () => {
    await lab.boot({ configuration: CONFIGURATION });
    const testCall = await untilTestCall();
    const call = await lab.callIn();
    assert.equal(testCall.reservationStatus, 'accepted');
    await lab.accept(call);
    await ended(testCall);
    assert.equal(await result().count(), 0);
    const told = lab.sdk.all.filter(({ type }) => type === 'incoming' || type === 'accept');
    assert.deepEqual(
      told.map(({ type, callSid }) => [type, callSid]),
      [
        ['incoming', call.callSid],
        ['accept', call.callSid],
      ],
    );
    await lab.hangUp(call);
    await lab.complete(call);
    assert.deepEqual(lab.pageErrors(), []);
  });

  test('closing the panel ends it as well', async () => {
    await lab.boot({ configuration: CONFIGURATION });
    const testCall = await untilTestCall();
    await lab.page.keyboard.press('Escape');
    await ended(testCall);
  });

  test('without runPreflight nobody asks for a token', async () => {
    const asked = tokens().length;
    await lab.boot({ configuration: { ...CONFIGURATION, runPreflight: undefined } });
    await lab.check();
    await check().locator('[data-code^=network-]').waitFor({ timeout: CHECKED_MS });
    assert.equal(tokens().length, asked);
  });
});

test('where it mints none, the check says so, and nothing is called', async () => {
  lab = await Lab.start();
  try {
    await lab.boot({ configuration: CONFIGURATION });
    await lab.check();
    await result().waitFor({ timeout: CHECKED_MS });
    assert.equal(await result().getAttribute('data-code'), 'preflight-refused');
    assert.deepEqual(lab.world.directCalls, []);
  } finally {
    await lab.close();
  }
});
