// Where the two windows go on the screen: Flex on the left, the panel on the right of it.

const PANEL = { narrowest: 440, widest: 700, share: 0.36 };
const FLEX_NARROWEST = 860;

/**
 * On a small screen the panel lies over Flex's right edge, where Flex shows nothing that a call needs.
 * @param {{left: number, top: number, width: number, height: number}} screen its usable part
 */
export function sideBySide({ left, top, width, height }) {
  const panelWidth = Math.min(
    width,
    Math.max(PANEL.narrowest, Math.min(PANEL.widest, Math.round(width * PANEL.share))),
  );
  const flexWidth = Math.min(width, Math.max(FLEX_NARROWEST, width - panelWidth));
  return {
    flex: { left, top, width: flexWidth, height },
    panel: { left: left + width - panelWidth, top, width: panelWidth, height },
  };
}

/** The screen's usable part, as the page's window sees it. */
export const screenOf = (page) =>
  page.evaluate(() => ({
    left: window.screen.availLeft ?? 0,
    top: window.screen.availTop ?? 0,
    width: window.screen.availWidth,
    height: window.screen.availHeight,
  }));

/** A window manager may know better, and Wayland does: then the windows are simply where they are. */
export async function place(page, bounds) {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { windowId } = await devtools.send('Browser.getWindowForTarget');
    await devtools.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
    await devtools.send('Browser.setWindowBounds', { windowId, bounds });
  } catch {
    // not placed
  } finally {
    await devtools.detach().catch(() => {});
  }
}
