// The panel's page: its files, the commands it may give, and what it is told. Like everything in the lab's browser it
// is answered by routes and reaches no network.
import fs from 'node:fs/promises';
import path from 'node:path';
import { paths } from '../paths.mjs';

export const PANEL_ORIGIN = 'https://lab.example';
const FILES = path.join(paths.lab, 'hands-on', 'page');
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };
/** Often enough for a slider that is being moved, seldom enough for a busy machine. */
const SHOW_EVERY_MS = 200;

/**
 * Gives a context what the panel's page needs and keeps the page up to date.
 * @param {import('playwright-core').BrowserContext} context
 * @param {import('./session.mjs').Session} session
 */
export async function preparePanel(context, session) {
  const files = new Set(await fs.readdir(FILES));
  await context.route('**/*', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    if (!files.has(name)) return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Lab</title>' });
    return route.fulfill({ path: path.join(FILES, name), contentType: TYPES[path.extname(name)] });
  });
  await context.exposeBinding('labCommand', async (_source, name, values) => {
    try {
      if (!Object.hasOwn(session.commands, name)) throw new Error(`the lab knows no command "${name}"`);
      await session.commands[name](...values);
      return {};
    } catch (error) {
      return { error: `That did not work: ${error.message.split('\n')[0]}` };
    }
  });
  await context.exposeBinding('labHello', ({ page }) => keepShowing(page, session));
}

function keepShowing(page, session) {
  let timer;
  const show = () => {
    timer = undefined;
    if (!page.isClosed()) page.evaluate((state) => window.labShow(state), session.snapshot()).catch(() => {}); // closed or reloading
  };
  const soon = () => {
    timer ??= setTimeout(show, SHOW_EVERY_MS);
  };
  session.on('change', soon);
  page.once('close', () => {
    session.off('change', soon);
    clearTimeout(timer);
  });
  show();
}
