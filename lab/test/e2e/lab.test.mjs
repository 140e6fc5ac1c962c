// The lab itself, without the product: is what the other tests stand on true?
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../page/driver.mjs';
import { until } from '../support/until.mjs';

/** @type {Lab} */
let lab;
let call;
before(async () => {
  lab = await Lab.start({ plugin: null });
  await lab.boot();
  call = await lab.callIn();
  await lab.accept(call);
});
after(() => lab?.close());

const sdkSays = (type, from = 0) =>
  lab.sdk.waitFor(`"${type}" from the SDK`, (event) => event.type === type && event.callSid === call.callSid, {
    timeoutMs: 30_000,
    from,
  });
const nextSecond = () => new Promise((resolve) => lab.truth.once('entry', resolve));
const participants = () =>
  lab.page.evaluate(() => {
    const [task] = window.Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.values();
    return Object.fromEntries(
      task.conference.participants.map(({ participantType, onHold }) => [participantType, onHold]),
    );
  });

test('a healthy call sends about 50 packets a second each way, and both sides hear speech', async () => {
  await sleep(5000);
  // Over a few seconds: a busy machine sends late and makes up for it.
  const isAbout50 = (seconds, direction) => {
    const rate = seconds.reduce((total, second) => total + second[direction].rtpOut, 0) / seconds.length;
    return rate > 35 && rate < 65;
  };
  await until('four seconds with about 50 packets each way', async () => {
    const seconds = [await nextSecond(), await nextSecond(), await nextSecond(), await nextSecond()];
    return isAbout50(seconds, 'up') && isAbout50(seconds, 'down');
  });
  assert.ok(lab.truth.all.every(({ up, down }) => up.rtpDrop === 0 && down.rtpDrop === 0));
  const says = (what, isLoud) => lab.sdk.waitFor(what, ({ type, sample }) => type === 'sample' && isLoud(sample));
  await says('the agent', ({ audioInputLevel }) => audioInputLevel > 1000);
  await says('the customer', ({ audioOutputLevel }) => audioOutputLevel > 500);
  await until('the customer to hear it', async () => (await lab.farEnd.heard(call)).totalAudioEnergy > 0.01);
});

test('hold reaches the conference and Flex hears of it from there', async () => {
  await lab.hold(call, true);
  assert.equal(call.legs.customer.hold, true);
  assert.deepEqual(await participants(), { customer: true, worker: false });
  lab.world.updateParticipant(call, 'customer', { hold: false });
  await lab.page.waitForFunction(() => {
    const [task] = window.Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.values();
    return task.conference.participants.every(({ onHold }) => !onHold);
  });
});

test('mute reaches the SDK and goes on sending packets', async () => {
  await lab.mute(call, true);
  await nextSecond();
  await until('a second with packets of the agent', async () => (await nextSecond()).up.rtpOut > 30);
  await lab.mute(call, false);
});

test('trouble in one direction leaves the other alone', async () => {
  lab.spoil(call, 'up', { blackout: true, only: ['rtp'] });
  await nextSecond();
  const from = lab.truth.all.length;
  await until('a second with packets one way', async () => {
    const { up, down } = await nextSecond();
    return up.rtpDrop > 30 && down.rtpOut > 30;
  });
  const seconds = lab.truth.all.slice(from);
  lab.heal(call);
  assert.ok(
    seconds.every(({ up, down }) => up.rtpOut === 0 && down.rtpDrop === 0),
    JSON.stringify(seconds),
  );
});

test('in a blackout the SDK restarts ICE, and the call is back when the network is', async () => {
  const from = lab.sdk.all.length;
  lab.spoil(call, 'both', 'blackout');
  await sdkSays('reconnecting', from);
  lab.heal(call);
  await sdkSays('reconnected', from);
  await until('a second with packets both ways', async () => {
    const { up, down } = await nextSecond();
    return up.rtpOut > 20 && down.rtpOut > 20;
  });
});

test('when the customer hangs up the agent goes to wrap-up, and the task can be completed', async () => {
  await lab.hangUp(call, 'customer');
  await lab.page.getByRole('button', { name: 'Complete', exact: true }).first().waitFor();
  await lab.complete(call);
  assert.deepEqual([...lab.unanswered], [], 'every server that Flex asked has a stand-in');
  assert.deepEqual(lab.pageErrors(), []);
});
