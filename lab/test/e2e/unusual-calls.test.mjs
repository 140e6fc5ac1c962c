// Calls that come in unusual ways, and a plugin that fails: each call is reported once, under its own names, and Flex goes on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';
import { waitForPackets, waitForSamples } from '../support/steps.mjs';

// Every call of these tests is short, so every one alerts. A busy machine's jitter is not what is looked for.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 120 };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

const alertOf = async (call) => (await lab.alertOf(call)).fields.alert;
const said = (pattern) => lab.console.all.filter(({ text }) => pattern.test(text));
const named = ({ taskSid, reservationSid, conferenceSid, callerId }) => ({
  taskSid,
  reservationSid,
  conferenceSid,
  callerId,
});
const namesOf = (task) => ({
  taskSid: task.sid,
  reservationSid: task.reservationSid,
  conferenceSid: task.conferenceSid,
  callerId: task.from,
});

describe('with the plugin loaded twice', () => {
  before(() => lab.boot({ configuration: CONFIGURATION, copies: 2 }));

  test('one of them monitors and the other says so', async () => {
    assert.deepEqual(
      (await lab.plugins()).map(({ state }) => state),
      ['Initialized', 'Initialized'],
    );
    assert.equal(said(/loaded twice/).length, 1);
  });

  test('two calls that overlap are each reported once, with the names of their own task', async () => {
    const first = await lab.callIn({ from: '+12025550101' });
    await lab.accept(first);
    await sleep(2500);
    const second = await lab.callIn({ from: '+12025550102' });
    await lab.accept(second);
    await sleep(2500);
    assert.deepEqual(named(await alertOf(first)), namesOf(first));
    await lab.hangUp(second, 'customer');
    assert.deepEqual(named(await alertOf(second)), namesOf(second));
    await sleep(1500);
    assert.deepEqual([lab.alertsOf(first).length, lab.alertsOf(second).length], [1, 1]);
    for (const task of [first, second]) await lab.complete(task);
  });

  test('a call that is cancelled while the agent accepts it is no call, and the next one is', async () => {
    await lab.closeToasts();
    const cancelled = await lab.callIn();
    await lab.acceptTooLate(cancelled);
    const next = await lab.callIn();
    await lab.accept(next);
    await sleep(1500);
    await lab.hangUp(next, 'customer');
    await alertOf(next);
    assert.deepEqual(lab.alertsOf(cancelled), []);
    await lab.complete(next);
  });

  test('a call that another plugin makes is reported under the CallSid that it gets when it rings', async () => {
    const call = await lab.dialDirectly();
    await sleep(2500);
    lab.world.endCall(call, 'customer');
    const { direction, callerId, taskSid } = await alertOf(call);
    assert.equal(direction, 'outbound');
    assert.equal(taskSid, undefined, 'it has no task');
    assert.equal(callerId, '+12025550124');
  });

  test('an engine that fails in the middle of trouble is made anew at once and keeps what the call went through', async () => {
    await lab.closeToasts();
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(2000);
    lab.spoil(call, 'both', 'loss-30');
    await lab.waitForNotice('active');
    const [notice] = await lab.notices();

    await lab.breakEngine();
    await lab.console.waitFor('the one message', ({ text }) => /engine failed/.test(text));
    const back = await lab.page.waitForFunction(() => window.labEngineBack).then((handle) => handle.jsonValue());
    assert.equal(back, 'in the same task', 'nothing else can have happened meanwhile');
    await waitForSamples(lab, call, 3);
    assert.deepEqual(
      (await lab.notices()).map(({ diagnosis }) => diagnosis),
      [notice.diagnosis],
    );
    await lab.hangUp(call, 'customer');

    const alert = await alertOf(call);
    assert.equal(said(/engine failed/).length, 1);
    const [loss] = alert.conditions.filter(({ name }) => name === 'high-packet-loss');
    assert.equal(loss.episodes.length, 1, 'one stretch of trouble, from before the failure to the end');
    assert.equal(loss.episodes[0].clearedMs, null);
    const [accepted, ended] = ['accept', 'disconnect'].map(
      (type) => lab.sdk.all.find((event) => event.type === type && event.callSid === call.callSid).at,
    );
    assert.ok(Math.abs(alert.durationMs - (ended - accepted)) < 1000, `${alert.durationMs} ms of ${ended - accepted}`);
    assert.deepEqual(
      alert.reasons.map(({ rule }) => rule),
      ['shortCall', 'endedInWarning', 'warningDurPct'],
    );
    assert.equal(lab.alertsOf(call).length, 1);
    await lab.complete(call);
  });

  test('while the AudioContext of the Voice SDK is suspended nobody accuses the microphone, whatever the SDK says', async () => {
    await lab.closeToasts();
    const call = await lab.callIn();
    await lab.accept(call);
    const turn = (deed) =>
      lab.page.evaluate((method) => {
        const { activeCall } = window.Twilio.Flex.Manager.getInstance().store.getState().flex.phone;
        return activeCall._mediaHandler._audioContext[method]();
      }, deed);
    await turn('suspend');
    const stoodStill = ({ type, name, callSid }) =>
      type === 'warning' && name === 'constant-audio-input-level' && callSid === call.callSid;
    await lab.sdk.waitFor("the SDK's warning of a level that does not vary", stoodStill, { timeoutMs: 30_000 });
    await sleep(3000);
    assert.deepEqual(await lab.notices(), []);
    await turn('resume');
    await lab.hangUp(call);
    const alert = await alertOf(call);
    assert.deepEqual(
      alert.conditions.filter(({ name }) => name === 'constant-audio-input-level'),
      [],
    );
    await lab.complete(call);
  });

  test('a silent microphone is no fault while the customer is on hold, and is one to the colleague who is consulted', async () => {
    await lab.closeToasts();
    // From the beginning: of a microphone that was heard for a second it takes longer to be sure.
    await lab.silenceMicrophone();
    const call = await lab.callIn();
    await lab.accept(call);
    await lab.hold(call, true);
    const isSilent = ({ type, name, callSid }) =>
      type === 'warning' && name === 'constant-audio-input-level' && callSid === call.callSid;
    await lab.sdk.waitFor("the SDK's warning of a silent microphone", isSilent, { timeoutMs: 30_000 });
    await sleep(3000);
    assert.deepEqual(await lab.notices(), []);

    lab.world.consult(call);
    await lab.waitForNotice('active', { timeoutMs: 10_000 });
    assert.deepEqual(
      (await lab.notices()).map(({ diagnosis }) => diagnosis),
      ['your-microphone'],
    );
    await lab.hangUp(call);
    const alert = await alertOf(call);
    assert.deepEqual(named(alert), namesOf(call), 'not those of the colleague');
    assert.equal(alert.diagnosis, 'your-microphone');
    await lab.complete(call);
  });

  test('after all that, Flex has had no error of ours', () => {
    assert.deepEqual(lab.pageErrors(), []);
  });
});

test('where the page refuses WebAssembly, one message says so, and calls go on as without the plugin', async () => {
  const from = lab.console.all.length;
  await lab.boot({
    configuration: CONFIGURATION,
    beforeFlex: () => {
      WebAssembly.instantiate = async () => {
        throw new WebAssembly.CompileError(
          "WebAssembly.instantiate(): Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
        );
      };
    },
  });
  assert.deepEqual(
    (await lab.plugins()).map(({ state }) => state),
    ['Initialized'],
  );
  const call = await lab.callIn();
  await lab.accept(call);
  await waitForPackets(lab, call, 20);
  await lab.hangUp(call);
  // Time for an alert to come, had there been one.
  await sleep(1500);
  assert.deepEqual(lab.alertsOf(call), []);
  const ours = lab.console.all.slice(from).filter(({ text }) => text.includes('[device-monitoring]'));
  assert.equal(ours.length, 1, JSON.stringify(ours));
  assert.match(ours[0].text, /not monitored.*WebAssembly/);
  assert.deepEqual(lab.pageErrors(), []);
});
