// The lab for a person: the real panel beside the real Flex UI, clicked as a person clicks it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WATCHFUL } from '../../configuration.mjs';
import { openHandsOn } from '../../hands-on/open.mjs';

let handsOn;
let lab;
let panel;
before(async () => {
  // Every call is short enough to alert, so that a test need not wait for one that was bad for long.
  handsOn = await openHandsOn({ headed: false, configuration: { ...WATCHFUL, shortCallThreshold: 3600 } });
  ({ lab, panel } = handsOn);
  panel.setDefaultTimeout(20_000);
});
after(() => handsOn?.close());

const button = (name) => panel.getByRole('button', { name, exact: true });
const choose = (group, name) => panel.getByRole('radiogroup', { name: group }).getByText(name, { exact: true }).click();
const card = (number) => panel.getByRole('article', { name: `Call from ${number}` });
const says = (locator, text) => locator.filter({ hasText: text }).first().waitFor();
const newestTask = () => [...lab.world.tasks.values()].at(-1);
const nextSample = (matches) =>
  lab.sdk.waitFor('such a sample', ({ type, sample }) => type === 'sample' && matches(sample), {
    from: lab.sdk.all.length,
  });
const impairment = (task, direction) => lab.farEnd.relayOf(task)[direction].impairment;

async function until(what, holds) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await panel.waitForTimeout(100);
  }
  assert.fail(`${what} did not come within 10 s`);
}

let first;
test('a call is taken, put on hold and taken back, muted and unmuted', async () => {
  await button('A customer calls').click();
  await button('Answer').click();
  await says(card('+1 202 555 0123'), 'in call');
  first = newestTask();
  await button('Hold').click();
  await says(card('+1 202 555 0123'), 'on hold');
  assert.equal(first.legs.customer.hold, true);
  await button('Take off hold').click();
  await says(card('+1 202 555 0123'), 'in call');
  assert.equal(first.legs.customer.hold, false);
  await button('Mute').click();
  await says(card('+1 202 555 0123'), 'muted');
  await button('Unmute').click();
  await says(card('+1 202 555 0123'), 'in call');
});

test('a named network and a slider reach the relay, each direction for itself', async () => {
  await button('loss-12').click();
  await until(
    'the named network',
    () => impairment(first, 'up').loss === 0.12 && impairment(first, 'down').loss === 0.12,
  );
  await panel.getByRole('slider', { name: 'Lost, to the agent' }).fill('30');
  await until('the slider', () => impairment(first, 'down').loss === 0.3);
  assert.equal(impairment(first, 'up').loss, 0.12);
  const dropped = await lab.truth.waitFor('a lossy second', ({ down }) => down.rtpDrop > 0, {
    from: lab.truth.all.length,
  });
  assert.ok(dropped.down.rtpIn > 0);
  await says(panel.getByTestId('truth-down'), /\d+ of \d+ packets passed/);
});

test('the notice that Flex shows the agent is in the panel too', async () => {
  await lab.waitForNotice('active');
  await says(panel.locator('#notice'), 'your network');
  await button('healthy').click();
  await until('the healthy network', () => impairment(first, 'down').loss === undefined);
});

test('a silenced microphone gives the Voice SDK nothing, and then sound again', async () => {
  await choose("The agent's microphone", 'Silent');
  await nextSample(({ audioInputLevel }) => audioInputLevel === 0);
  await choose("The agent's microphone", 'Speaks');
  await nextSample(({ audioInputLevel }) => audioInputLevel > 0);
});

test('a second call can be taken, which ends the first, and a broken Function gets its alert', async () => {
  await choose('The Function', 'Answers 500');
  await button('A customer calls').click();
  await says(card('+1 202 555 0147'), 'rings');
  await button('Answer, ending the other').click();
  await says(card('+1 202 555 0147'), 'in call');
  await says(card('+1 202 555 0123'), 'wrap-up');
  await says(panel.locator('#alerts'), 'answered 500');
  await card('+1 202 555 0123').getByRole('button', { name: 'Complete' }).click();
  await card('+1 202 555 0123').waitFor({ state: 'detached' });
});

test('an unplugged microphone is gone from the devices, and the call sends nothing', async () => {
  const microphones = () =>
    lab.page.evaluate(
      async () => (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput').length,
    );
  await choose("The agent's microphone", 'Unplugged');
  await nextSample(({ packetsSent }) => packetsSent === 0);
  assert.equal(await microphones(), 0);
  await choose("The agent's microphone", 'Speaks');
  await until('the microphone', async () => (await microphones()) > 0);
});

test('once the Function is mended an alert arrives, with its reasons and the log line of the action', async () => {
  await choose('The Function', 'Works');
  await button('Hang up').click();
  await says(card('+1 202 555 0147'), 'wrap-up');
  // Not simply the newest: alerts that the Function had failed come again, too.
  const its = panel
    .locator('#alerts details')
    .filter({ hasText: `"callSid":"${newestTask().callSid}"` })
    .first();
  await says(its, 'answered 200');
  await says(its, /The call lasted/);
});

test('every control has a name for assistive technology, and can be reached with the keyboard', async () => {
  const nameless = await panel.evaluate(() =>
    [...document.querySelectorAll('button, input, summary')]
      .filter((element) => element.checkVisibility())
      .filter(
        (element) =>
          !(
            element.getAttribute('aria-label') ??
            element.closest('label')?.textContent ??
            element.textContent
          ).trim() && !element.textContent.trim(),
      )
      .map(({ outerHTML }) => outerHTML),
  );
  assert.deepEqual(nameless, []);
  await button('A customer calls').focus();
  await panel.keyboard.press('Enter');
  await says(card('+1 202 555 0162'), 'rings');
  await button('Decline').click();
  await says(panel.locator('#story'), 'The call is declined');
});

test('closing the panel is the end of the lab', async () => {
  await panel.close();
  await handsOn.closed;
});
