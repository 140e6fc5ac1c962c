// A lab in which every short call makes an alert that texts the customer, and what is known of such alerts.
import { after, before, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../page/driver.mjs';

const SMS = { SMS_TEXT: 'Sorry for the bad line.', SMS_FROM: '+12025550199' };
export const CONFIGURATION = { shortCallThreshold: 120, action: 'send-sms-to-customer' };

/** The lab of the file's tests. @type {{ lab: Lab }} */
export const current = { lab: undefined };
let calls = 0;

/** Starts the lab before the file's tests, loads Flex anew before each, and ends it after them. */
export function startForEachTest() {
  before(async () => {
    current.lab = await Lab.start({ functionEnv: SMS });
  });
  after(() => current.lab?.close());
  beforeEach(async () => {
    current.lab.mendFunction();
    current.lab.twilio.faults.clear();
    await current.lab.boot({ configuration: CONFIGURATION });
  });
}

export async function takeCall() {
  calls += 1;
  const call = await current.lab.callIn({ from: `+120255501${String(calls).padStart(2, '0')}` });
  await current.lab.accept(call);
  await sleep(1200);
  return call;
}

export async function shortCall() {
  const call = await takeCall();
  await current.lab.hangUp(call, 'customer');
  return call;
}

export const attemptsAt = (call) =>
  current.lab.attempts.all.filter(({ fields }) => fields.alert?.callSid === call.callSid).length;
export const firstAttempt = (call) =>
  current.lab.attempts.waitFor('an attempt', ({ fields }) => fields.alert?.callSid === call.callSid);
export const textsTo = (call) => current.lab.twilio.world.messages.filter(({ to }) => to === call.from).length;
export const stored = () =>
  current.lab.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('device-monitoring/')));

/** Waits until the server has everything, or has refused it. */
export const nothingStored = () =>
  current.lab.page.waitForFunction(
    () => !Object.keys(localStorage).some((key) => key.startsWith('device-monitoring/')),
  );
