// What several end-to-end tests do with a lab.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

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
  await sleep(seconds * 1000);
  await lab.hangUp(call);
  await lab.complete(call);
  const at = (type) => lab.sdk.all.find((event) => event.type === type && event.callSid === call.callSid).at;
  return Object.assign(call, { seconds: (at('disconnect') - at('accept')) / 1000 });
}

/** Fails if the plugin has said that the Voice SDK or Flex UI does not give what it reads. @param {Lab} lab */
export const assertNothingIsMissing = (lab) =>
  assert.deepEqual(
    lab.console.all.map(({ text }) => text).filter((text) => /device-monitoring.* does not give /.test(text)),
    [],
  );
