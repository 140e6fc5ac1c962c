// The product on a real call: real Flex UI, real Voice SDK, real WebRTC through the relay, real twilio-run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { Lab } from '../../page/driver.mjs';
import { assertNothingIsMissing, waitForPackets } from '../support/steps.mjs';

// A busy machine's own jitter must not add a reason or a notice, nor keep one.
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, endedInWarningIsTrigger: false };
const SPOILED_MS = 15_000;
const NOTHING_SEEN = { mostNotices: 0, mostToasts: 0, texts: [], anything: false };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

const rules = ({ fields }) => fields.alert.reasons.map(({ rule }) => rule);
const logLinesOf = (call) => lab.function.lines.filter((line) => line.includes(call.callSid));

/** The answer to the call's alert, then a moment in which a second one would come. */
async function alertOf(call) {
  const request = await lab.alertOf(call);
  await sleep(1500);
  return request;
}

const sdkWarns = (call) =>
  lab.sdk.waitFor("a warning of the SDK's own", ({ type, callSid }) => type === 'warning' && callSid === call.callSid, {
    timeoutMs: 30_000,
  });

describe('with alertAgent', () => {
  before(() => lab.boot({ configuration: CONFIGURATION }));

  describe('on a call spoiled by packet loss', () => {
    let call;
    let request;
    before(async () => {
      call = await lab.callIn();
      await lab.accept(call);
      await sleep(3000);
      await lab.forget();
    });

    test('the agent gets one notice in the call, nothing over its buttons, and a state in the header', async () => {
      lab.spoil(call, 'both', 'loss-12');
      await lab.waitForNotice('active');
      const [notice] = await lab.notices();
      assert.equal(notice.diagnosis, 'your-network');
      assert.match(notice.text, /^Warning .* your network is .*\. /);
      assert.deepEqual(await lab.toasts(), []);
      await lab.waitForHeader('warning');
    });

    test('the notice is still there after the agent looked at another tab', async () => {
      await lab.openTab('Info');
      await lab.waitForNotice('none');
      await lab.openTab('Call');
      await lab.waitForNotice('active');
      assert.equal((await lab.notices()).length, 1);
    });

    test('the notice is still there after the agent left the task and came back', async () => {
      await lab.lookAwayAndBack(call);
      await lab.waitForNotice('active');
      assert.equal((await lab.notices()).length, 1);
    });

    test('it is gone after the network healed, and there was never more than one', async () => {
      await sleep(SPOILED_MS);
      lab.heal(call);
      await lab.waitForNotice('none', { timeoutMs: 45_000 });
      const { mostNotices, mostToasts } = await lab.seen();
      assert.deepEqual({ mostNotices, mostToasts }, { mostNotices: 1, mostToasts: 0 });
      await lab.waitForHeader('quiet');
    });

    test('the alert reaches the Function once, with the reason, and carries no token', async () => {
      await lab.hangUp(call);
      request = await alertOf(call);
      assert.equal(lab.alertsOf(call).length, 1);
      assertNothingIsMissing(lab);
      assert.equal(request.status, 200);
      assert.deepEqual(rules(request), ['warningDurPct']);
      assert.equal(request.fields.issues, 'call warning condition pct');
      assert.equal(request.fields.action, 'log-call');
      assert.ok(!JSON.stringify(request.fields.alert).includes(request.fields.Token));
    });

    test("the alert's metrics are those of the SDK's own samples", () => {
      const { metrics } = request.fields.alert;
      const samples = lab.sdk.all
        .filter(({ type, callSid }) => type === 'sample' && callSid === call.callSid)
        .map(({ sample }) => sample);
      for (const name of ['jitter', 'rtt', 'audioInputLevel', 'audioOutputLevel']) {
        // Not every sample has all of them.
        const values = samples.map((sample) => sample[name]).filter(Number.isFinite);
        for (const [of, expected] of [
          ['min', Math.min(...values)],
          ['max', Math.max(...values)],
        ]) {
          assert.ok(
            Math.abs(metrics[name][of] - expected) < 0.01,
            `${name}: ${of} is ${metrics[name][of]} in the alert and ${expected} in the samples`,
          );
        }
      }
      assert.ok(metrics.mos.max <= 4.5 && metrics.mos.min < metrics.mos.max);
    });

    test('log-call names the call and the reason in the log, and neither number in full', () => {
      const lines = logLinesOf(call);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0], /warningDurPct|call warning condition pct/);
      for (const secret of [call.from, call.to, request.fields.Token]) assert.ok(!lines[0].includes(secret));
    });

    test('in wrap-up the agent is told what was wrong and when, in one sentence', async () => {
      await lab.waitForNotice('ended');
      const [notice, ...others] = await lab.notices();
      assert.deepEqual([notice.phase, others.length, await lab.toasts()], ['ended', 0, []]);
      assert.match(
        notice.text,
        /^The last call was in trouble for \d+% of its time, longest from \d:\d\d to \d:\d\d: your network was unsteady\.$/,
      );
      await lab.complete(call);
    });
  });

  test('a wrong token is refused by the Function, and Flex and the calls go on', async () => {
    const errorsBefore = lab.pageErrors().length;
    const first = await lab.callIn();
    await lab.accept(first);
    lab.revokeTokens();
    await lab.hangUp(first);
    const request = await alertOf(first);
    assert.equal(request.status, 403);
    assert.deepEqual(logLinesOf(first), [], 'a refused alert has no effect');
    await lab.closeToasts();
    await lab.complete(first);

    const second = await lab.callIn();
    await lab.accept(second);
    await waitForPackets(lab, second, 1);
    await lab.hangUp(second);
    assert.deepEqual(lab.pageErrors().slice(errorsBefore), []);
  });
});

test('with alertAgent false a bad call shows the agent nothing, and its alert arrives all the same', async () => {
  await lab.boot({
    configuration: { ...CONFIGURATION, alertAgent: 'false', shortCallThreshold: 60, warningDurPctThreshold: 100 },
  });
  const call = await lab.callIn();
  await lab.accept(call);
  lab.spoil(call, 'both', 'loss-30');
  await sdkWarns(call);
  await sleep(3000);
  await lab.hangUp(call);
  const request = await alertOf(call);
  assert.equal(request.status, 200);
  assert.deepEqual(rules(request), ['shortCall']);
  assert.deepEqual(await lab.seen(), NOTHING_SEEN);
});

test('without any configuration the agent sees nothing, and a short call still alerts', async () => {
  await lab.boot();
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(1500);
  await lab.hangUp(call, 'customer');
  const request = await alertOf(call);
  assert.equal(request.status, 200);
  // Of a call of two seconds, a busy machine's own jitter may be a reason too.
  assert.ok(rules(request).includes('shortCall'), rules(request).join());
  assert.equal(lab.alertsOf(call).length, 1);
  assert.deepEqual(await lab.seen(), NOTHING_SEEN);
});
