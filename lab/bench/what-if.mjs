// How long the admin view takes to judge hundreds of recorded calls anew, in the real Flex UI, and how long the page waits at most.
//
//   node bench/what-if.mjs [CALLS [MINUTES]] [--shared]
import { floorEnvironment } from '../floor/floor-lab.mjs';
import { Lab } from '../page/driver.mjs';
import { readRecordings, rowsOf } from '../recordings/recorder-rows.mjs';
import { shareCalls } from '../recordings/seed-shared-calls.mjs';
import { storeCalls } from '../recordings/seed-recorded-calls.mjs';

const [calls = 500, minutes = 10] = process.argv.slice(2).map(Number).filter(Number.isFinite);
/** Whether the calls are those that all agents share, and not those of the browser. */
const isShared = process.argv.includes('--shared');
const MEASURE = 'device-monitoring:what-if';
const LIMIT_MS = 300_000;
/**
 * What the admin tries, one after the other: property and value.
 * @type {[string, number | boolean][]}
 */
const MOVES = [
  ['highPacketsLostThreshold', 3],
  ['highPacketsLostThreshold', 10],
  ['lowMosThreshold', 3.5],
  ['lowMosThreshold', 4.2],
  ['highRttThreshold', 200],
  ['highJitterThreshold', 10],
  ['highJitterThreshold', 60],
  ['warningDurPctThreshold', 1],
  ['warningDurPctThreshold', 40],
  ['shortCallThreshold', 1200],
];

/** Runs in the page: notes the longest time for which nothing else could run, until it is asked. */
function watchTheThread() {
  const { port1, port2 } = new MessageChannel();
  let last = performance.now();
  let longest = 0;
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(0);
  };
  port2.postMessage(0);
  window.labLongest = () => {
    const found = longest;
    longest = 0;
    return found;
  };
}

const milliseconds = (value) => `${Math.round(value)} ms`;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const lab = await Lab.start({ functionEnv: floorEnvironment() });
try {
  lab.world.worker.roles = ['admin'];
  await lab.boot({ configuration: {} });
  const { page } = lab;
  page.setDefaultTimeout(LIMIT_MS);
  const durationMs = minutes * 60_000;
  const recordings = (await readRecordings()).map(({ lines }) => rowsOf(lines, durationMs));
  const from = Date.now() - calls * durationMs;
  const stored = Array.from({ length: calls }, (_, index) => ({
    startedAt: from + index * durationMs,
    callSid: `CA${String(index).padStart(32, '0')}`,
    recording: index % recordings.length,
  }));
  const bytes = isShared ? shareCalls(lab, recordings, stored) : await storeCalls(page, recordings, stored);
  const rows = stored.reduce((sum, { recording }) => sum + recordings[recording].length, 0);

  await page.evaluate(watchTheThread);
  await page.waitForTimeout(3000);
  const idle = await page.evaluate(() => window.labLongest());

  const opened = performance.now();
  await lab.openAdminView('Configuration');
  const shared = page.getByTestId('device-monitoring-admin-view-tried');
  if (isShared) {
    await shared.getByText('Shared by all agents').click();
    await shared.getByLabel('Period').selectOption('everything');
    await shared.getByRole('button', { name: 'Read shared calls' }).click();
  }
  const judged = page.getByTestId('device-monitoring-admin-view-judged');
  await judged.filter({ hasText: `${calls} calls:` }).waitFor();
  const loading = performance.now() - opened;
  if (isShared) console.log(await page.getByTestId('device-monitoring-admin-view-shared').innerText());
  const longestLoading = await page.evaluate(() => window.labLongest());

  /** @type {{total: number, longest: number}[]} */
  const results = [];
  for (const [property, value] of MOVES) {
    const before = await page.evaluate((name) => performance.getEntriesByName(name).length, MEASURE);
    await page.evaluate(() => window.labLongest());
    await page.getByTestId(`device-monitoring-admin-view-${property}`).getByRole('textbox').fill(String(value));
    await page.waitForFunction(({ name, count }) => performance.getEntriesByName(name).length > count, {
      name: MEASURE,
      count: before,
    });
    await page.waitForTimeout(200); // what is drawn after it counts, too
    results.push(
      await page.evaluate(
        (name) => ({ total: performance.getEntriesByName(name).at(-1).duration, longest: window.labLongest() }),
        MEASURE,
      ),
    );
    console.log(
      `${`${property}=${value}`.padEnd(30)} ${milliseconds(results.at(-1).total).padStart(8)}, longest ${milliseconds(results.at(-1).longest).padStart(6)}  ${await judged.innerText()}`,
    );
  }

  const totals = results.map(({ total }) => total);
  console.log(`
${calls} calls of ${minutes} min (${rows} events, ${(bytes / 1e6).toFixed(1)} MB packed), of ${recordings.length} committed recordings, in Flex UI ${lab.flexBundle.flexVersion} (Chromium ${lab.browser.version()}):
judged anew in ${milliseconds(median(totals))} (median of ${results.length}), ${milliseconds(Math.max(...totals))} at most;
the longest that the page could do nothing else: ${milliseconds(Math.max(...results.map(({ longest }) => longest)))} (${milliseconds(median(results.map(({ longest }) => longest)))} in the median; ${milliseconds(idle)} in 3 s of Flex by itself).
Read and judged once when the view is opened, in ${milliseconds(loading)}; the longest then ${milliseconds(longestLoading)}.`);
} finally {
  await lab.close();
}
