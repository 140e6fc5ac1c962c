// Pictures of every state that an agent sees, and of the admin view, made in the real Flex UI with real calls:
// docs/screenshots/. `node screenshots.mjs admin-view` makes that of the admin view alone, `… floor` those of the floor,
// `… hands-on` that of the lab for a person.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from './configuration.mjs';
import { shootFloor } from './floor/screenshots.mjs';
import { shootHandsOn } from './hands-on/screenshot.mjs';
import { Lab } from './page/driver.mjs';
import { paths } from './paths.mjs';

const FOLDER = path.join(paths.root, 'docs', 'screenshots');
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, hideFlexIndicator: true, noticesPerShift: 100 };
/** Header, task list and call, with the top of the call's canvas. */
const CALL = { x: 52, y: 0, width: 1348, height: 330 };
const BOX = '[data-testid=device-monitoring-call]';

const lab = await Lab.start({ functions: false });

async function shoot(name, clip = CALL, page = lab.page) {
  await fs.mkdir(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${name}.png`);
  await page.mouse.move(1100, 600);
  await page.screenshot({ path: file, clip, animations: 'disabled' });
  console.log(path.relative(paths.root, file));
}

/** The notice alone, with a little around it. */
async function shootBox(name) {
  const { x, y, width, height } = await lab.page.locator(BOX).boundingBox();
  await shoot(name, { x: x - 12, y: y - 8, width: width + 24, height: height + 16 });
}

async function shootPanel(name) {
  const { x, y, width, height } = await lab.page.getByTestId('device-monitoring-panel').boundingBox();
  await shoot(name, { x: x - 8, y: y - 8, width: width + 16, height: height + 16 });
}

async function newCall() {
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(5000);
  return call;
}

async function end(call) {
  lab.heal(call);
  await lab.silenceMicrophone(false);
  await lab.hangUp(call);
  await lab.complete(call);
}

/** A call that is spoiled until its notice says so. */
async function diagnosed(name, diagnosis, spoil, picture = shootBox) {
  const call = await newCall();
  await spoil(call);
  await lab.page.locator(`[data-diagnosis=${diagnosis}][data-phase=active]`).waitFor({ timeout: 60_000 });
  await sleep(400);
  await picture(name);
  return call;
}

/** Thresholds tried on three recorded calls. */
async function shootAdminView() {
  lab.world.worker.roles = ['admin'];
  await lab.boot({ configuration: { ...WATCHFUL, highJitterThreshold: 500, recordCalls: true } });
  await lab.page.route('**/admin-view?*', (route) =>
    route.fulfill({
      path: path.join(paths.root, 'plugin-serverless/assets/device-monitoring-admin-view.private.js'),
      contentType: 'text/javascript',
      headers: { 'access-control-allow-origin': '*' },
    }),
  );
  for (const impairment of [{}, { loss: 0.08 }, { loss: 0.25 }]) {
    const call = await newCall();
    lab.spoil(call, 'down', impairment);
    await sleep(15_000);
    await end(call);
  }
  const adminView = await lab.openAdminView('Calls');
  await adminView.locator('tr[data-call]').nth(2).waitFor();
  await lab.openAdminPage('Configuration');
  const field = (property) => adminView.getByTestId(`device-monitoring-admin-view-${property}`).getByRole('textbox');
  await field('highPacketsLostThreshold').fill('15');
  await field('lowMosThreshold').fill('2');
  await field('shortCallThreshold').fill('22');
  await sleep(1000);
  await lab.page.setViewportSize({ width: 1400, height: 1150 });
  await adminView.getByTestId('device-monitoring-admin-view-what-if').evaluate((part) => part.scrollIntoView());
  await shoot('admin-view', { x: 0, y: 0, width: 1400, height: 1150 });
}

async function shootCalls() {
  await lab.boot({ configuration: CONFIGURATION });
  let call = await diagnosed('notice', 'your-network', (it) => lab.spoil(it, 'down', { loss: 0.15 }), shoot);
  await shootBox('your-network');
  await lab.lookAway();
  await shoot('another-task');
  await lab.lookAt(call);
  await lab.pressSnooze();
  await lab.waitForNotice('snoozed');
  await shoot('snoozed');
  await lab.pressSnooze();
  await lab.waitForNotice('active');
  lab.heal(call);
  await lab.waitForNotice('recovered', { timeoutMs: 60_000 });
  await shoot('recovered');
  await lab.hangUp(call);
  await lab.waitForNotice('ended');
  await shoot('wrap-up');
  await lab.complete(call);

  await end(await diagnosed('your-network-outbound', 'your-network', (it) => lab.spoil(it, 'up', { loss: 0.15 })));
  // Silent from the beginning: behind the noise suppression that its pauses would show, silence is only asked about.
  await lab.silenceMicrophone(true);
  await end(await diagnosed('your-microphone', 'your-microphone', () => {}));
  await lab.silenceMicrophone(false);
  await end(
    await diagnosed('customer-cannot-hear-you', 'customer-cannot-hear-you', (it) =>
      lab.spoil(it, 'both', 'unheard-agent'),
    ),
  );
  await end(
    await diagnosed('no-audio-from-customer', 'no-audio-from-customer', (it) => lab.spoil(it, 'both', 'deaf-agent')),
  );
  await end(await diagnosed('connection-lost', 'connection-lost', (it) => lab.spoil(it, 'both', 'blackout')));

  await lab.boot({ configuration: { ...CONFIGURATION, agentTools: true } });
  await lab.check();
  await shootPanel('check');
  await lab.page.keyboard.press('Escape');
  call = await newCall();
  await sleep(10_000);
  lab.spoil(call, 'down', { loss: 0.15 });
  await lab.waitForNotice('active');
  await sleep(8000);
  lab.heal(call);
  await lab.waitForNotice('none', { timeoutMs: 60_000 });
  lab.spoil(call, 'both', { delay: 300 });
  await lab.waitForNotice('active', { timeoutMs: 60_000 });
  await lab.page.getByTestId('device-monitoring-report').click();
  await lab.page.getByTestId('device-monitoring-open').click();
  await sleep(2500);
  await shoot('tools', { x: 52, y: 0, width: 1348, height: 560 });
  await shootPanel('panel');
  await lab.page.keyboard.press('Escape');
  await end(call);

  await lab.boot({ configuration: CONFIGURATION, flexConfig: { theme: { isLight: false } } });
  call = await diagnosed('dark', 'your-network', (it) => lab.spoil(it, 'down', { loss: 0.15 }), shoot);
  await end(call);
  await lab.boot({ configuration: CONFIGURATION, flexConfig: { language: 'ja' } });
  call = await diagnosed('japanese', 'your-network', (it) => lab.spoil(it, 'down', { loss: 0.15 }));
  await lab.page.setViewportSize({ width: 700, height: 450 });
  await shoot('zoomed', { x: 0, y: 0, width: 700, height: 450 });
}

try {
  const [, , only] = process.argv;
  const isWanted = (name) => !only || only === name;
  if (!only) await shootCalls();
  if (isWanted('admin-view')) await shootAdminView();
  if (isWanted('floor')) await shootFloor(shoot);
  if (isWanted('hands-on')) await shootHandsOn(shoot);
} finally {
  await lab.close();
}
