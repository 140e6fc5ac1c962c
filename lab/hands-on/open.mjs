// Opens the lab for a person: Flex with the agent, and beside it the panel.
import path from 'node:path';
import { WATCHFUL } from '../configuration.mjs';
import { FLOOR_LAB, openFloor } from '../floor/demo.mjs';
import { Lab } from '../page/driver.mjs';
import { paths } from '../paths.mjs';
import { PANEL_ORIGIN, preparePanel } from './panel.mjs';
import { Session } from './session.mjs';
import { place, screenOf, sideBySide } from './windows.mjs';

const HEADLESS_PANEL = { width: 700, height: 1000 };

/** The panel as a window without tabs and address bar, which only a page can open; that page goes away again. */
async function popUpPanel(opener, { left, top, width, height }) {
  const opened = opener.waitForEvent('popup');
  await opener.evaluate(
    ([address, features]) => {
      window.open(address, '', features);
    },
    [PANEL_ORIGIN, `popup,left=${left},top=${top},width=${width},height=${height}`],
  );
  const panel = await opened;
  await opener.close();
  await place(panel, { left, top, width, height });
  return panel;
}

/**
 * @param {{headed?: boolean, microphone?: 'speech'|'real', plugin?: string, configuration?: object, adminView?: boolean, floor?: boolean}} options adminView: the agent is an
 *   admin, too, and the calls are recorded; floor: colleagues have calls beside, and all calls are reported to the admin's floor
 * @returns {Promise<{lab: Lab, panel: import('playwright-core').Page, closed: Promise<void>, close: () => Promise<void>}>}
 *   closed: one of the two windows is gone
 */
export async function openHandsOn({
  headed = true,
  microphone,
  plugin,
  configuration = WATCHFUL,
  adminView = false,
  floor = false,
} = {}) {
  let isClosed = false;
  let seeClosed;
  const closed = new Promise((resolve) => {
    seeClosed = () => {
      isClosed = true;
      resolve();
    };
  });
  let bounds;
  const onPage = async (flex) => {
    flex.once('close', seeClosed);
    await flex.addInitScript({ path: path.join(paths.lab, 'hands-on', 'what-agent-sees.js') });
    if (bounds) await place(flex, bounds.flex);
  };

  const lab = await Lab.start({ headed, microphone, plugin, onPage, screenshots: paths.demo, ...(floor && FLOOR_LAB) });
  const session = new Session(lab);
  let colleagues;
  const close = async () => {
    session.close();
    await colleagues?.stop();
    await lab.close();
  };
  try {
    lab.browser.once('disconnected', seeClosed);
    const context = await lab.browser.newContext({ viewport: headed ? null : HEADLESS_PANEL });
    await preparePanel(context, session);
    let panel = await context.newPage();
    await panel.goto(headed ? `${PANEL_ORIGIN}/opener` : PANEL_ORIGIN);
    if (headed) {
      bounds = sideBySide(await screenOf(panel));
      panel = await popUpPanel(panel, bounds.panel);
    }
    panel.once('close', seeClosed);

    if (adminView || floor) lab.world.worker.roles = ['agent', 'admin'];
    if (floor) colleagues = openFloor(lab);
    await lab.boot({
      configuration: {
        ...configuration,
        ...(adminView && { recordCalls: true }),
        ...(floor && { reportCalls: true }),
      },
    });
    // Somebody may reload Flex: its new Device is to be listened to as well.
    lab.page.on('load', () => lab.page.evaluate(() => window.labFollowDevice()).catch(() => {}));
    session.flexIsUp();
    return { lab, panel, closed, close };
  } catch (error) {
    await close();
    throw isClosed ? new Error('A window was closed before Flex was up.') : error;
  }
}
