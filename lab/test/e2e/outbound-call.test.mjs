// A call that Flex dials: the agent's leg is up long before anybody answers, and nobody may.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';

/** So long that no call here lasts it, on whatever machine. */
const THRESHOLD_S = 120;
const RINGS_S = 4;
const DIALLED = '+12025550126';

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
  // A busy machine's own jitter is not to add a reason.
  await lab.boot({
    configuration: {
      ...WATCHFUL,
      shortCallThreshold: THRESHOLD_S,
      highJitterThreshold: 500,
      endedInWarningIsTrigger: false,
      warningDurPctThreshold: 100,
    },
  });
});
after(() => lab?.close());

async function dial() {
  const call = await lab.callIn({
    from: DIALLED,
    ringing: true,
    attributes: { direction: 'outbound', outbound_to: DIALLED },
  });
  await lab.accept(call);
  await participants(call, 1);
  return call;
}

/** Flex shows so many in the call's conference. */
const participants = (call, count) =>
  lab.page.waitForFunction(
    ([sid, wanted]) => {
      const { states } = window.Twilio.Flex.Manager.getInstance().store.getState().flex.conferences;
      return states.get(sid)?.source.participants.length === wanted;
    },
    [call.sid, count],
  );

const samples = (call) =>
  lab.sdk.all.filter(({ type, callSid }) => type === 'sample' && callSid === call.callSid).length;
async function seconds(call, count) {
  const enough = samples(call) + count;
  while (samples(call) < enough)
    await new Promise((resolve) => {
      lab.sdk.once('entry', resolve);
    });
}

test('given up while it rings is no short call', async () => {
  const call = await dial();
  await seconds(call, 2);
  await lab.hangUp(call);
  await lab.complete(call);
  assert.deepEqual(
    await lab.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring/'))),
    [],
  );
  assert.deepEqual(lab.attempts.all, []);
});

test('answered, it is as short as somebody was there', async () => {
  const call = await dial();
  await seconds(call, RINGS_S);
  lab.world.answer(call);
  await participants(call, 2);
  await seconds(call, 2);
  await lab.hangUp(call);
  const {
    fields: { alert },
  } = await lab.alertOf(call);
  assert.deepEqual([alert.direction, alert.reasons.map(({ rule }) => rule)], ['outbound', ['shortCall']]);
  assert.match(alert.reasons[0].text, /after somebody had answered, less than 120 s\.$/);
  const elapsedS = (Date.parse(alert.endedAt) - Date.parse(alert.startedAt)) / 1000;
  assert.ok(elapsedS - alert.reasons[0].value > RINGS_S - 1, `${alert.reasons[0].value} s of ${elapsedS} s`);
});
