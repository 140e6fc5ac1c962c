// A new admin sets the plugin up in Flex alone: records calls, tries thresholds on them, puts them live, loses a race,
// and puts an earlier version back. Other plugins' settings stay as they are, to the byte.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Lab } from '../../page/driver.mjs';
import { adminViewPart, assertAccessible, takeWholeCall, waitForJudgement } from '../support/steps.mjs';

const OURS = 'DeviceMonitoringPlugin';
/** Everything that reading and writing again would change. */
const OTHERS = String.raw`"AnotherPlugin": {"threshold":7.250,"big":12345678901234567890, "list": [ ]},"escaped":"\u00fc\/","twice":1,"twice":2`;
const OTHER_ADMIN = {
  worker_sid: 'WK00000000000000000000000000000077',
  roles: ['admin'],
  realm_user_id: 'another@example.com',
  identity: 'another_40example_2Ecom',
};
const OTHER_TOKEN = 'a-token-of-another-admin';
const WAIT = { timeout: 30_000 };

/** @type {Lab} */
let lab;
let adminView;
before(async () => {
  lab = await Lab.start();
  lab.function.tokenService.tokens.set(OTHER_TOKEN, OTHER_ADMIN);
});
after(() => lab?.close());

const flexConfiguration = () => lab.twilio.world.flexConfiguration;
const attributes = () => flexConfiguration().get('attributes');
const part = (name) => adminViewPart(lab, name);
const withBlock = (block) => `{${OTHERS},"${OURS}": ${JSON.stringify(block)}}`;

async function open() {
  adminView = await lab.openAdminView('Configuration');
  await part('history').waitFor(WAIT);
}

async function reload() {
  await lab.reload();
  if (await part('configuration').isVisible()) return;
  await open();
}

/** Puts what is edited live, by keyboard alone. */
async function putLive() {
  const button = part('live');
  await button.waitFor(WAIT);
  await button.focus();
  await lab.page.keyboard.press('Enter');
  const dialog = lab.page.getByRole('alertdialog');
  await dialog.waitFor();
  await assertAccessible(lab);
  await dialog.getByRole('button', { name: 'Put live' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

const isLive = () =>
  part('put-live')
    .locator('pre')
    .waitFor({ state: 'detached', ...WAIT });
/** What another admin's page would send. */
async function ask(fields) {
  const body = new URLSearchParams({ Token: OTHER_TOKEN, ...fields });
  const response = await fetch(`${lab.function.url}/configuration`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

describe('a new admin, where nothing is configured', () => {
  let good;
  /** Seconds that the good call is shorter than, and no spoiled one. */
  let aboveGood;
  before(async () => {
    lab.world.worker.roles = ['admin'];
    await lab.boot({});
    flexConfiguration().set('attributes', `{${OTHERS}}`);
    await open();
  });

  test('reads of every property what it means, its default, what is recommended and why', async () => {
    await assertAccessible(lab);
    const text = await part('what-if').innerText();
    assert.match(
      text,
      /More loss than this is bad, in either direction[^]*Default: 70 %\. Recommended: 3 %\. 3 is the/,
    );
    for (const name of ['alertAgent', 'action', 'noticesPerShift', 'agentTools', 'recordCalls', 'reportWorkers'])
      assert.match(await part(name).innerText(), /Default: .+\. Recommended: .+\. \S/, name);
    assert.match(await part('history').innerText(), /The last 50 changes/);
    assert.equal(await part('live').count(), 0);
  });

  test('is told below the field what a value will do, as it is typed, and cannot put live what would not be in force', async () => {
    const field = part('action').getByRole('textbox');
    await field.fill('no action');
    assert.match(await part('action').innerText(), /Error: action\s+"no action" is not the name of an action/);
    assert.match(await part('put-live').innerText(), /One of the values would not be in force\. Correct it first\./);
    assert.equal(await part('live').count(), 0);
    await assertAccessible(lab);
    await field.fill('');
    await lab.page.keyboard.press('Tab');
    await part('action').getByText('Error').waitFor({ state: 'detached' });
    assert.equal(await part('block').count(), 0);
  });

  test('is warned of an action that would not run, as it is typed', async () => {
    const field = part('action').getByRole('textbox');
    await field.fill('open-tiket');
    assert.match(
      await part('action').innerText(),
      /Warning: action\s+The Function has no action open-tiket, [^]*It has: .*log-call/,
    );
    await field.fill('webhook');
    assert.match(await part('action').innerText(), /The action webhook is switched off, [^]*ACTIONS_ENABLED/);
    await assertAccessible(lab);
    await lab.screenshot('configuration-action-not-ready');
    await field.fill('log-call');
    await part('action').getByText('Warning').waitFor({ state: 'detached' });
    await field.fill('');
    await lab.page.keyboard.press('Tab');
  });

  test('switches the recording on by keyboard, sees the difference, and puts it live beside the data of others', async () => {
    await part('recordCalls').getByRole('checkbox').focus();
    await lab.page.keyboard.press('Space');
    assert.match(await part('put-live').innerText(), /recordCalls: from not set to true/);
    assert.deepEqual(JSON.parse(await part('block').innerText()), { recordCalls: true });
    assert.equal(await part('command').innerText(), 'replay configure set recordCalls=true');
    await lab.screenshot('configuration-difference');
    await lab.seesBriefly('Live. Agents get it with their next reload of Flex.', putLive);
    await isLive();
    assert.equal(attributes(), withBlock({ recordCalls: true }));
    await assertAccessible(lab);
  });

  test('takes three calls after a reload, which are recorded', async () => {
    await reload();
    await lab.page.getByRole('link', { name: 'Agent Desktop' }).click();
    good = await takeWholeCall(lab, 13);
    aboveGood = Math.ceil(good.seconds) + 1;
    await takeWholeCall(lab, aboveGood + 2, { loss: 0.25 });
    await takeWholeCall(lab, 4);
    await open();
    await waitForJudgement(lab, /3 calls: (\d) would alert as configured, \1 as tried\./, WAIT);
    assert.match(await part('configuration').innerText(), /From attributes of the Flex configuration\./);
  });

  test('moves a threshold, and sees at once which call would alert then', async () => {
    await part('shortCallThreshold').getByRole('textbox').fill(String(aboveGood));
    await part('come').filter({ hasText: good.callSid }).waitFor(WAIT);
    assert.match(await part('come').innerText(), new RegExp(`^1 would come\n[^]*${good.callSid} The call lasted`));
    await lab.screenshot('configuration-what-if');
  });

  test('loses a race against another admin, is told what has changed, and keeps what was edited', async () => {
    const { body } = await ask();
    const { version } = body.places.attributes;
    const block = JSON.stringify({ recordCalls: true, noticesPerShift: 3 });
    assert.equal((await ask({ block, seen: JSON.stringify(version) })).status, 200);
    await putLive();
    await part('outcome').waitFor(WAIT);
    assert.match(
      await part('outcome').innerText(),
      /Nothing was changed\s+Somebody else has changed this since it was read: DeviceMonitoringPlugin\./,
    );
    await assertAccessible(lab);
    assert.equal(attributes(), `{${OTHERS},"${OURS}": ${block}}`);
    // The difference is now the one from what the other has written.
    const text = await part('put-live').innerText();
    assert.match(text, new RegExp(`shortCallThreshold: from not set to ${aboveGood}`));
    assert.doesNotMatch(text, /noticesPerShift: from/);
  });

  test('puts it live on the second look, with what the other has set, and every other byte as it was', async () => {
    await putLive();
    await isLive();
    assert.equal(attributes(), withBlock({ recordCalls: true, noticesPerShift: 3, shortCallThreshold: aboveGood }));
  });

  test('reads in the history who changed what, and puts an earlier version back', async () => {
    const rows = part('history').locator('tr[data-change]');
    assert.equal(await rows.count(), 3);
    const texts = await rows.evaluateAll((all) => all.map(({ innerText }) => innerText));
    assert.match(
      texts[0],
      new RegExp(
        `${lab.world.worker.userName}[^]*shortCallThreshold: from not set to ${aboveGood}[^]*Written[^]*In use now`,
      ),
    );
    assert.match(texts[1], /another@example\.com[^]*noticesPerShift: from not set to 3/);
    await lab.screenshot('configuration-history');
    await rows.nth(2).getByRole('button').press('Enter');
    assert.match(await part('put-live').innerText(), /noticesPerShift: from 3 to not set/);
    await putLive();
    await isLive();
    assert.equal(attributes(), withBlock({ recordCalls: true }));
    assert.equal(await rows.count(), 4);
  });

  test('tries a threshold with one team by keyboard, sees for whom the what-if holds, and puts it live', async () => {
    const radio = (name) => part('whose').getByRole('radio', { name });
    await radio('All agents').focus();
    await lab.page.keyboard.press('ArrowRight');
    await part('holds-for').getByText('Nobody is in the pilot yet.').waitFor(WAIT);
    const threshold = part('shortCallThreshold');
    assert.match(await threshold.innerText(), /All agents have: 10 s\./);
    await threshold.getByRole('textbox').fill(String(aboveGood));
    await part('pilot').getByText('nobody is in the pilot').waitFor(WAIT);
    await part('pilot-teams').getByRole('textbox').fill('Blue');
    await part('come').filter({ hasText: good.callSid }).waitFor(WAIT);
    assert.equal(await part('holds-for').innerText(), 'For the pilot: Blue.');
    const difference = await part('put-live').innerText();
    assert.match(difference, new RegExp(`pilot\\.properties\\.shortCallThreshold: from not set to ${aboveGood}`));
    assert.match(difference, /pilot\.teams: from not set to \["Blue"\]/);
    await assertAccessible(lab);
    await lab.screenshot('configuration-pilot');

    await radio('A pilot').focus();
    await lab.page.keyboard.press('ArrowLeft');
    await part('holds-for').getByText('For all agents outside the pilot (Blue).').waitFor(WAIT);
    await waitForJudgement(lab, /3 calls: (\d) would alert as configured, \1 as tried\./);
    assert.equal(await part('come').count(), 0);
    await putLive();
    await isLive();
    const pilot = { teams: ['Blue'], properties: { shortCallThreshold: aboveGood } };
    assert.equal(attributes(), withBlock({ recordCalls: true, pilot }));
  });

  test('chooses another action for some alerts, is told of a word that does not exist, and sees which calls it is for', async () => {
    await part('actions').getByRole('button', { name: 'Add an entry' }).press('Enter');
    const rules = part('actions-1-rules').getByRole('textbox');
    await part('actions-1').getByRole('textbox', { name: 'Action', exact: true }).fill('open-ticket');
    await rules.fill('shortcall');
    await part('actions').getByText('"shortcall" is no rule; did you mean shortCall?').waitFor(WAIT);
    assert.equal(await part('live').count(), 0);
    await assertAccessible(lab);
    await rules.fill('shortCall');
    await part('stay').getByText('Actions: open-ticket.').first().waitFor(WAIT);
    await lab.screenshot('configuration-actions');
    await putLive();
    await isLive();
    const pilot = { teams: ['Blue'], properties: { shortCallThreshold: aboveGood } };
    const actions = [{ when: { rules: ['shortCall'] }, run: 'open-ticket' }];
    assert.equal(attributes(), withBlock({ recordCalls: true, pilot, actions }));
  });

  test('takes the block away again, as it was before the first change', async () => {
    await part('history')
      .getByRole('button', { name: 'Restore the version before the first of these changes' })
      .press('Enter');
    await part('live').waitFor();
    assert.equal(await part('command').innerText(), `replay configure unset ${OURS}`);
    await putLive();
    await isLive();
    assert.equal(attributes(), `{${OTHERS}}`);
  });

  test('switches the plugin off and, in the same place, on again', async () => {
    await part('enabled').getByRole('checkbox').press('Space');
    await putLive();
    await isLive();
    await reload();
    await part('enabled').getByRole('checkbox').press('Space');
    await putLive();
    await isLive();
    assert.equal(attributes(), withBlock({ enabled: true }));
    assert.deepEqual(lab.pageErrors(), []);
  });

  test('reads and edits it at 200 %, without scrolling sideways in the view', async () => {
    await lab.page.setViewportSize({ width: 700, height: 450 });
    await assertAccessible(lab);
    await part('alertAgent').getByRole('checkbox').press('Space');
    await part('live').scrollIntoViewIfNeeded();
    const { inner, outer, right } = await adminView.evaluate((view) => ({
      inner: view.scrollWidth,
      outer: view.clientWidth,
      right: view.getBoundingClientRect().right,
    }));
    assert.ok(inner <= outer && right <= 700, `${inner} px in ${outer} px, up to ${right}`);
    await lab.screenshot('configuration-200-percent');
    await part('reset').press('Enter');
    await lab.page.setViewportSize({ width: 1400, height: 900 });
  });
});

describe('the page, in the dark theme', () => {
  test('can be read and edited', async () => {
    lab.world.worker.roles = ['admin'];
    await lab.boot({ configuration: { alertAgent: true }, flexConfig: { theme: { isLight: false } } });
    await open();
    await part('alertAgent').getByRole('checkbox').press('Space');
    await part('live').waitFor();
    await assertAccessible(lab);
    await lab.screenshot('configuration-dark');
  });
});

describe('where a change would have no effect, or is not allowed', () => {
  const says = async (sentence) => {
    adminView = await lab.openAdminView('Configuration');
    await part('put-live').getByText(sentence).waitFor(WAIT);
    await part('alertAgent').getByRole('checkbox').press('Space');
    await part('command').waitFor();
    assert.equal(await part('live').count(), 0);
    await assertAccessible(lab);
  };

  test('it says that appConfig.js comes first', async () => {
    await lab.boot({ configuration: {}, appConfig: { alertAgent: false } });
    await says('the block in appConfig.js comes before it');
  });

  test('it says that ui_attributes come first, and has the command for them', async () => {
    await lab.boot({ configuration: {}, uiConfiguration: { alertAgent: false } });
    await says('the block in ui_attributes comes before it');
    assert.equal(await part('command').innerText(), 'replay configure set --ui-attributes alertAgent=true');
  });

  test('it tells supervisors that only admins may, and they can try all the same', async () => {
    lab.world.worker.roles = ['supervisor'];
    await lab.boot({ configuration: {} });
    await says('Only admins can put a configuration live.');
  });
});
