// How long the plugin takes to start inside the real Flex UI: from the first line of its script to the moment at which
// it listens to the Device, by the marks that it sets itself.
// Usage: node start-time.mjs [path of a plugin bundle]; leaves its figures in target/lab/start-time.json
import fs from 'node:fs/promises';
import path from 'node:path';
import { Lab } from './page/driver.mjs';
import { paths } from './paths.mjs';

const MEASURE = 'device-monitoring:start';
const LISTENING_LIMIT_MS = 5000;
/** One with a browser that has just been started, and an odd number of others, so that one of them is the median. */
const BOOTS = 4;

const milliseconds = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const rounded = (value) => Math.round(value * 10) / 10;

/** In the Flex that the lab has booted. @param {Lab} lab @returns {Promise<number>} milliseconds */
export async function startTimeOf(lab) {
  try {
    const handle = await lab.page.waitForFunction((name) => window.labTimings[name], MEASURE, {
      timeout: LISTENING_LIMIT_MS,
    });
    return await handle.jsonValue();
  } catch (error) {
    throw error.name === 'TimeoutError'
      ? new Error(`the plugin has not measured its start ("${MEASURE}") within ${LISTENING_LIMIT_MS / 1000} s`)
      : error;
  }
}

/** The figure of one boot as a sentence. */
export const formatStartTime = (duration) =>
  `the plugin listens to the Device ${milliseconds(duration)} after its script began to run (in which it also waits for its turn on the page's event loop)`;

export function summarise(durations) {
  const [cold, ...warm] = durations;
  const sorted = [...warm].sort((a, b) => a - b);
  return { cold, median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1), warm };
}

export function describe({ cold, median, min, max, warm, flexUi, browser }) {
  return [
    `From script evaluation to listening in Flex UI ${flexUi} (Chromium ${browser}): ${milliseconds(median)}, the median of`,
    `${warm.length} boots (${milliseconds(min)} to ${milliseconds(max)}); ${milliseconds(cold)} in a browser that has just been started.`,
    "It contains waiting for the page's event loop, where Flex starts at the same time.",
  ].join('\n');
}

/** @param {{plugin?: string, boots?: number}} options */
export async function measureStartTime({ plugin = paths.plugin, boots = BOOTS } = {}) {
  const lab = await Lab.start({ plugin });
  try {
    const durations = [];
    for (let boot = 0; boot < boots; boot += 1) {
      await lab.boot();
      durations.push(rounded(await startTimeOf(lab)));
    }
    const { flexVersion: flexUi, voiceSdkVersion: voiceSdk } = lab.flexBundle;
    return { unit: 'ms', ...summarise(durations), flexUi, voiceSdk, browser: lab.browser.version() };
  } finally {
    await lab.close();
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  try {
    const result = await measureStartTime({ plugin: process.argv[2] && path.resolve(process.argv[2]) });
    await fs.writeFile(path.join(paths.target, 'start-time.json'), `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(describe(result));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
