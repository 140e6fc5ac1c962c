// A boot that a busy machine does not end.
import { say } from './figures.mjs';

const TRIES = 3;
const TIMEOUT_MS = 60_000;

/**
 * Boots Flex, once more if that took too long, and is patient with its page from then on.
 * @param {import('../page/driver.mjs').Lab} lab
 * @param {Parameters<import('../page/driver.mjs').Lab['boot']>[0]} options
 */
export async function bootPatiently(lab, options) {
  for (let tries = 1; ; tries += 1) {
    try {
      await lab.boot(options);
      break;
    } catch (error) {
      if (error.name !== 'TimeoutError' || tries === TRIES) throw error;
      say('Flex was too slow to start: once more');
    }
  }
  lab.page.setDefaultTimeout(TIMEOUT_MS);
}
