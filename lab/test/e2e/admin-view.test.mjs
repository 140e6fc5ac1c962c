// What an admin has: the configuration in force, refused alerts, recorded calls, and thresholds tried on them.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Lab } from '../../page/driver.mjs';
import { paths } from '../../paths.mjs';
import { adminViewPart, assertAccessible, takeWholeCall, waitForJudgement } from '../support/steps.mjs';

const SCRIPT = '/admin-view';
const ASSET = 'device-monitoring-admin-view.private.js';
/**
 * What Paste names: the fonts that Flex loads from there as well, a namespace, and where a message is explained. And how
 * the addresses of Twilio Sync begin.
 */
const OF_LIBRARIES =
  /\b(?:https?:\/\/(?:assets\.twilio\.com|www\.w3\.org|paste\.twilio\.design|github\.com|fb\.me)|https:\/\/cds|wss:\/\/tsock)\b/g;
const CONFIGURATION = {
  recordCalls: true,
  alertAgent: false,
  shortCallThreshold: 0,
  highPacketsLostThreshold: 3,
  lowMosThreshold: 1,
  highRttThreshold: 2000,
  highJitterThreshold: 500,
  // A busy machine's own gaps in the sound are less of the time.
  warningDurPctThreshold: 50,
  highRTTTreshold: 1,
};

/** What no public script may have. */
const PRIVATE = {
  'a SID': /\b[A-Z]{2}[0-9a-f]{32}\b/,
  'an auth token': /\b[0-9a-f]{32}\b/,
  'a Flex token': /\beyJ[\w-]+\.[\w-]+\.[\w-]+/,
  'a phone number': /\+\d{7}/,
  'an address': /\b(https?|wss?):\/\//,
  'an e-mail address': /\b[\w.-]+@[\w-]+\.[a-z]{2,}\b/,
};

/** @type {Lab} */
let lab;
let adminView;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

const part = (name) => adminViewPart(lab, name);
const copied = () => lab.page.evaluate(() => window.labCopied);
const lost = () => part('highPacketsLostThreshold');

/** `replay`, as the README has it. */
async function replay(recording, configuration) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'admin-view-'));
  const config = path.join(folder, 'thresholds.json');
  await fs.writeFile(config, JSON.stringify(configuration));
  const words = ['--format', 'json', '--config', config, recording];
  const { stdout } = await promisify(execFile)(paths.replay, words).finally(() => fs.rm(folder, { recursive: true }));
  return JSON.parse(stdout.trim());
}

/**
 * The copied command, run as an admin would, against a stand-in of Twilio's API that holds another plugin's data, too.
 * @returns {Promise<{text: string, attributes: object}>} what the stand-in has after it
 */
async function runPutLive(command) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'live-'));
  const file = path.join(folder, 'configuration.json');
  const { highRTTTreshold: _misspelt, ...block } = CONFIGURATION;
  await fs.writeFile(
    file,
    `{"account_sid": "AC00000000000000000000000000000001", "attributes": {"AnotherPlugin": {"threshold": 7.250}, "DeviceMonitoringPlugin": ${JSON.stringify(block)}}}`,
  );
  const api = spawn(paths.flexConfigurationApi, [file, '--port', '0']);
  try {
    let printed = '';
    for await (const chunk of api.stdout) {
      printed += chunk;
      if (/AUTH_TOKEN=\S+\n/.test(printed)) break;
    }
    const env = Object.fromEntries(
      [...printed.matchAll(/(TWILIO_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const [, ...words] = command.split(' ');
    await promisify(execFile)(paths.replay, [...words, '--yes'], { env: { ...process.env, ...env } });
    const text = await fs.readFile(file, 'utf8');
    return { text, attributes: JSON.parse(text).attributes };
  } finally {
    api.kill();
    await fs.rm(folder, { recursive: true });
  }
}

test('its script has no secret, no address of ours, and no folder of who built it', async () => {
  const script = await fs.readFile(path.join(paths.root, 'plugin-serverless/assets', ASSET), 'utf8');
  const [packed] = /H4sI[A-Za-z0-9+/=]+/.exec(script);
  const engine = gunzipSync(Buffer.from(packed, 'base64')).toString('latin1');
  // Licences name their authors.
  const code = script.replace(packed, '').replace(/\/\*! Bundled license information:[^]*?\*\//, '');
  for (const text of [code, engine]) {
    for (const [what, pattern] of Object.entries(PRIVATE))
      assert.equal(pattern.exec(text.replace(OF_LIBRARIES, ''))?.[0], undefined, what);
    for (const folder of [os.homedir(), paths.root]) assert.ok(!text.includes(`${folder}/`), folder);
  }
});

describe('an admin who records calls', () => {
  let good;
  /** Seconds that the good call is shorter than, and no spoiled one. */
  let aboveGood;
  let spoiled;
  before(async () => {
    lab.world.worker.roles = ['admin'];
    await lab.boot({
      configuration: CONFIGURATION,
      beforeFlex: () => {
        navigator.clipboard.writeText = async (text) => {
          window.labCopied = text;
        };
      },
    });
    // An alert that the server refuses for good.
    await lab.page.route('**/respond-to-issue', (route) =>
      route.fulfill({
        status: 422,
        headers: { 'access-control-allow-origin': '*' },
        json: { error: 'call-unknown', message: 'There is no such call.' },
      }),
    );
    good = await takeWholeCall(lab, 9);
    aboveGood = Math.ceil(good.seconds) + 1;
    spoiled = await takeWholeCall(lab, aboveGood + 4, { loss: 0.25 });
    assert.equal(
      lab.attempts.all.some((attempt) => attempt.path === SCRIPT),
      false,
    );
    adminView = await lab.openAdminView('Calls');
    await adminView.locator('[data-call]').nth(1).waitFor();
  });

  test('downloads the admin view when it is opened, once', async () => {
    assert.deepEqual(
      lab.requests.all.filter((request) => request.path === SCRIPT).map(({ status }) => status),
      [200],
    );
    await assertAccessible(lab);
  });

  test('sees what is in force, where it comes from, and what is to be said about it', async () => {
    await lab.openAdminPage('Configuration');
    await assertAccessible(lab);
    const text = await part('configuration').innerText();
    assert.match(text, /From attributes of the Flex configuration\./);
    assert.match(text, /Warning: highRTTTreshold\s+1 does nothing; did you mean highRttThreshold\?/);
    assert.match(text, /highPacketsLostThreshold\s+3\n/);
  });

  test('sees the alert that was refused, and why', async () => {
    await lab.openAdminPage('Alerts');
    await part('alerts')
      .getByRole('row')
      .filter({ hasText: spoiled.callSid })
      .getByText('the server answered 422: There is no such call.')
      .waitFor();
    await assertAccessible(lab);
  });

  test('sees the calls with their verdicts, how many bytes they are, since when and whose', async () => {
    await lab.openAdminPage('Calls');
    const verdicts = await adminView
      .locator('tr[data-call]')
      .evaluateAll((rows) => rows.map(({ dataset }) => [dataset.call, dataset.alert]));
    assert.deepEqual(verdicts, [
      [spoiled.callSid, 'true'],
      [good.callSid, 'false'],
    ]);
    const text = await part('calls').innerText();
    assert.match(text, /This browser keeps 2 calls of yourself: \d+\.\d KB, since .+\. At most 10 MB/);
    assert.match(text, /high-packet-loss/);
    assert.doesNotMatch(text, /\+1555/);
  });

  test('moves a threshold by keyboard, and the alert goes, with what it was for', async () => {
    await lab.openAdminPage('Configuration');
    await waitForJudgement(lab, '2 calls: 1 would alert as configured, 1 as tried.');
    await lost().getByRole('slider').focus();
    await lab.page.keyboard.press('End');
    await waitForJudgement(lab, '1 would alert as configured, 0 as tried');
    assert.match(await part('go').innerText(), new RegExp(`^1 would go\n[^]*${spoiled.callSid} [^]*high-packet-loss`));
    assert.match(await lost().innerText(), /Warning: highPacketsLostThreshold\s+100 % cannot be passed/);
    await assertAccessible(lab);
    await lab.screenshot('admin-view-what-if');
  });

  test('moves another, and the good call would alert, too', async () => {
    const field = part('shortCallThreshold').getByRole('textbox');
    await field.focus();
    await lab.page.keyboard.press('Backspace');
    assert.equal(await field.inputValue(), '');
    await lab.page.keyboard.type(String(aboveGood));
    await waitForJudgement(lab, '1 would alert as configured, 1 as tried');
    assert.match(await part('come').innerText(), new RegExp(`^1 would come\n[^]*${good.callSid} The call lasted`));
  });

  test('copies the command and the result', async () => {
    await lab.seesBriefly('Copied.', () => part('copy').click());
    const command = `replay configure set highPacketsLostThreshold=100 shortCallThreshold=${aboveGood}`;
    assert.equal(await copied(), command);
    const { highRTTTreshold: _misspelt, ...block } = CONFIGURATION;
    const live = await runPutLive(await copied());
    assert.deepEqual(live.attributes.AnotherPlugin, { threshold: 7.25 });
    assert.deepEqual(live.attributes.DeviceMonitoringPlugin, {
      ...block,
      highPacketsLostThreshold: 100,
      shortCallThreshold: aboveGood,
    });
    assert.match(live.text, /"AnotherPlugin": ?\{ ?"threshold": ?7\.250 ?\}/, 'to the byte');
    await part('json').click();
    await lab.page.waitForFunction(() => window.labCopied.startsWith('{'));
    const result = JSON.parse(await copied());
    assert.deepEqual([result.calls, result.alertsBefore, result.alertsAfter], [2, 1, 1]);
    assert.deepEqual(result.changes, { highPacketsLostThreshold: 100, shortCallThreshold: aboveGood });
    assert.deepEqual([result.come[0].callSid, result.go[0].callSid], [good.callSid, spoiled.callSid]);
    assert.equal(result.configuration.highRttThreshold, 2000);
  });

  test('tries a third set, and what is in force again', async () => {
    await part('reset').click();
    await waitForJudgement(lab, 'No threshold has been moved.');
    // All of a short call can be under warning.
    await part('warningDurPctThreshold').getByRole('textbox').fill('100');
    await waitForJudgement(lab, '1 would alert as configured, 0 as tried');
    await adminView.getByLabel('A call that ends in warning alerts').press('Space');
    await waitForJudgement(lab, '1 would alert as configured, 1 as tried');
    assert.match(await part('stay').innerText(), /The call ended under warning/);
    await part('reset').click();
    await waitForJudgement(lab, 'No threshold has been moved.');
  });

  test('exports the calls, and replay says of them what the admin view says', async () => {
    await lab.openAdminPage('Calls');
    const [download] = await Promise.all([lab.page.waitForEvent('download'), part('export').click()]);
    assert.match(download.suggestedFilename(), /^recorded-calls-\d{4}-\d\d-\d\d\.jsonl$/);
    const file = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'admin-view-')), 'calls.jsonl');
    await download.saveAs(file);
    assert.doesNotMatch(await fs.readFile(file, 'utf8'), /\+1555|Robin|client:/);
    const { calls, problems } = await replay(file, CONFIGURATION);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      calls.map(({ callSid, alert }) => [callSid, alert]),
      [
        [good.callSid, false],
        [spoiled.callSid, true],
      ],
    );
    const shown = await adminView.locator(`tr[data-call="${spoiled.callSid}"]`).innerText();
    // The engine of the page reads the clock a moment after the recorder: the share may differ in its last digit.
    const said = (text) => text.replace(/\d+(\.\d+)? ?%/g, '%').replace(/\d+(\.\d+)? s\b/g, 's');
    assert.ok(said(shown).includes(said(calls[1].reasons[0].text)), `${shown}\n${calls[1].reasons[0].text}`);
    await fs.rm(path.dirname(file), { recursive: true });
  });

  test('finds them after a reload', async () => {
    await lab.screenshot('admin-view-calls');
    await lab.reload();
    adminView = lab.page.getByTestId('device-monitoring-admin-view');
    if (!(await adminView.isVisible())) adminView = await lab.openAdminView();
    await lab.openAdminPage('Calls');
    await adminView.locator('tr[data-call]').nth(1).waitFor();
    await waitForJudgement(lab, '2 calls: 1 would alert as configured');
  });

  test('deletes them, when asked twice', async () => {
    const dialog = lab.page.getByRole('alertdialog');
    await part('ask').focus();
    await lab.page.keyboard.press('Enter');
    await dialog.waitFor();
    await assertAccessible(lab);
    await dialog.getByRole('button', { name: 'Keep them' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await lab.page.waitForFunction(() => document.activeElement.dataset.testid === 'device-monitoring-admin-view-ask');
    assert.equal(await adminView.locator('tr[data-call]').count(), 2);

    await lab.page.keyboard.press('Enter');
    await lab.seesBriefly('All recorded calls are deleted.', () =>
      dialog.getByRole('button', { name: 'Delete for good' }).press('Enter'),
    );
    await adminView.getByText('There is no recorded call in this browser yet.').waitFor();
    await waitForJudgement(lab, '0 calls');
    assert.deepEqual(lab.pageErrors(), []);
  });
});

describe('the view in the dark theme, where nothing is recorded', () => {
  before(async () => {
    lab.world.worker.roles = ['supervisor'];
    await lab.boot({ configuration: {}, flexConfig: { theme: { isLight: false } } });
    adminView = await lab.openAdminView();
  });

  test('says how to switch on what is off, and every page can be read', async () => {
    await adminView.getByText('Calls are not reported').waitFor();
    await assertAccessible(lab);
    await lab.openAdminPage('Calls');
    await adminView.getByText('Nothing is being recorded: recordCalls is false.').waitFor();
    await waitForJudgement(lab, '0 calls');
    for (const page of ['Calls', 'Configuration', 'Alerts']) {
      await lab.openAdminPage(page);
      await assertAccessible(lab);
    }
    await lab.openAdminPage('Configuration');
    await lab.screenshot('admin-view-dark');
  });

  test('is walked through by keyboard: the tabs with the arrows', async () => {
    const selected = () => adminView.getByRole('tab', { selected: true }).innerText();
    await adminView.getByRole('tab', { name: 'Configuration' }).focus();
    await lab.page.keyboard.press('ArrowRight');
    assert.equal(await selected(), 'Alerts');
    await lab.page.keyboard.press('ArrowRight');
    assert.equal(await selected(), 'Floor');
  });

  test('is in the language of Flex', async () => {
    await lab.boot({ configuration: {}, flexConfig: { language: 'de' } });
    adminView = await lab.openAdminView('Konfiguration');
    await adminView.getByText('Geltende Konfiguration').first().waitFor();
    await assertAccessible(lab);
  });
});

describe('where the Function is not to be reached', () => {
  test('the view says so in one sentence, and loads when it is opened again', async () => {
    lab.world.worker.roles = ['admin'];
    await lab.boot({ configuration: { recordCalls: true } });
    lab.breakFunction('stopped');
    await lab.page.getByRole('link', { name: 'Device Monitoring' }).click();
    await lab.page.getByText('This view cannot be loaded from the Function').waitFor();
    lab.mendFunction();
    await lab.page.getByRole('link', { name: 'Agent Desktop' }).click();
    await lab.openAdminView();
  });
});

describe('an agent', () => {
  before(async () => {
    lab.world.worker.roles = ['agent'];
    await lab.boot({ configuration: { recordCalls: true, alertAgent: false, shortCallThreshold: 0 } });
  });

  test('has no view, downloads no admin view, and sees nothing of the recording', async () => {
    const from = lab.attempts.all.length;
    await takeWholeCall(lab, 3);
    assert.equal(await lab.page.getByRole('link', { name: 'Device Monitoring' }).count(), 0);
    assert.equal(
      lab.attempts.all.slice(from).some((attempt) => attempt.path === SCRIPT),
      false,
    );
    assert.equal((await lab.seen()).anything, false);
    const kept = await lab.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('device-monitoring');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const asked = opening.result.transaction('calls').objectStore('calls').getAll();
            asked.onsuccess = () => resolve(asked.result.map(({ packed, ...call }) => call));
          };
        }),
    );
    assert.equal(kept.length, 1);
    assert.equal(kept[0].workerSid, lab.world.worker.sid);
  });
});
