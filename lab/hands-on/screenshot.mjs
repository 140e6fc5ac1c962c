// The picture of the lab for a person: Flex with a call in trouble, and beside it the panel that spoils the call.
import { setTimeout as sleep } from 'node:timers/promises';
import { openHandsOn } from './open.mjs';

const HEIGHT = 880;
const FLEX_WIDTH = 1000;
const PANEL_WIDTH = 700;
/** As long as trouble lasts in the first call, so that it alerts, and in the second, until it is seen everywhere. */
const TROUBLE_MS = 12_000;

const beside = (pictures) =>
  `<body style="margin: 0; display: flex">${pictures
    .map((picture) => `<img alt="" src="data:image/png;base64,${picture.toString('base64')}">`)
    .join('')}</body>`;

/** @param {(name: string, clip: object, page: import('playwright-core').Page) => Promise<void>} shoot */
export async function shootHandsOn(shoot) {
  const { lab, panel, close } = await openHandsOn({ headed: false });
  try {
    await lab.page.setViewportSize({ width: FLEX_WIDTH, height: HEIGHT });
    await panel.setViewportSize({ width: PANEL_WIDTH, height: HEIGHT });
    const press = (name) => panel.getByRole('button', { name, exact: true }).click();
    const beginCall = async () => {
      await press('A customer calls');
      await press('Answer');
      await sleep(5000);
    };

    await beginCall();
    await press('loss-12');
    await lab.waitForNotice('active');
    await sleep(TROUBLE_MS);
    await press('Hang up');
    await panel.locator('#alerts details').filter({ hasText: 'answered 200' }).first().waitFor();
    await press('Complete');

    await beginCall();
    await panel.getByRole('slider', { name: 'Lost, to the agent' }).fill('12');
    await lab.waitForNotice('active');
    await sleep(TROUBLE_MS);
    const pictures = [await lab.page.screenshot(), await panel.screenshot()];
    const page = await panel.context().newPage();
    const size = { width: FLEX_WIDTH + PANEL_WIDTH, height: HEIGHT };
    await page.setViewportSize(size);
    await page.setContent(beside(pictures));
    await shoot('hands-on', { x: 0, y: 0, ...size }, page);
  } finally {
    await close();
  }
}
