// What several end-to-end tests do with a lab.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './until.mjs';

/** @typedef {import('../../page/driver.mjs').Lab} Lab */

/** A part of the admin view, by its name. @param {Lab} lab @param {string} name */
export const adminViewPart = (lab, name) => lab.page.getByTestId(`device-monitoring-admin-view-${name}`);

/** Fails if axe finds anything against WCAG 2.2 AA in what is on the page. @param {Lab} lab */
export const assertAccessible = async (lab) => assert.deepEqual(await lab.accessibilityViolations(), []);

/**
 * Waits until the admin view has judged the recorded calls with the values that are tried.
 * @param {Lab} lab
 * @param {string | RegExp} sentence that says what came of it
 * @param {{timeout?: number}} [within]
 */
export const waitForJudgement = (lab, sentence, within = {}) =>
  adminViewPart(lab, 'judged')
    .filter({ hasText: sentence })
    .waitFor({ state: 'attached', ...within });

/**
 * A call from its beginning to the end of its wrap-up.
 * @param {Lab} lab
 * @param {number} seconds that it lasts
 * @param {object} [impairment] of the network, towards the agent
 * @returns {Promise<object>} the call, with the `seconds` that it really lasted: on a busy machine more
 */
export async function takeWholeCall(lab, seconds, impairment) {
  const call = await lab.callIn();
  await lab.accept(call);
  if (impairment) lab.spoil(call, 'down', impairment);
  // On a busy machine, samples may come late.
  await Promise.all([sleep(seconds * 1000), waitForSamples(lab, call, seconds - 1)]);
  await lab.hangUp(call);
  await lab.complete(call);
  const at = (type) => lab.sdk.all.find((event) => event.type === type && event.callSid === call.callSid).at;
  return Object.assign(call, { seconds: (at('disconnect') - at('accept')) / 1000 });
}

/**
 * Waits until the Voice SDK has given so many more samples of a call, one a second.
 * @param {Lab} lab
 * @param {object} call
 * @param {number} count
 */
export async function waitForSamples(lab, call, count) {
  const from = lab.sdk.all.length;
  let left = count;
  const isLast = ({ type, callSid }) => {
    if (type === 'sample' && callSid === call.callSid) left -= 1;
    return left === 0;
  };
  await lab.sdk.waitFor(`${count} samples`, isLast, { timeoutMs: 15_000 + count * 1000, from });
}

/** Waits until the customer has received so many more packets of the agent. @param {Lab} lab @param {object} call */
export async function waitForPackets(lab, call, count) {
  const received = async () => (await lab.farEnd.heard(call)).packetsReceived;
  const before = await received();
  await until(`${count} packets`, async () => (await received()) > before + count);
}

/** Fails if the plugin has said that the Voice SDK or Flex UI does not give what it reads. @param {Lab} lab */
export const assertNothingIsMissing = (lab) =>
  assert.deepEqual(
    lab.console.all.map(({ text }) => text).filter((text) => /device-monitoring.* does not give /.test(text)),
    [],
  );
