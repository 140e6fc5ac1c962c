// How long the plugin keeps the page's thread at a stretch, while a real call in the real Flex UI is spoiled: a CPU profile of
// the page, and in it whatever runs with the plugin's script or its WebAssembly on the stack.
// Usage: node bench/main-thread.mjs REPORT
import fs from 'node:fs/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../configuration.mjs';
import { Lab } from '../page/driver.mjs';
import { paths } from '../paths.mjs';
import { bootPatiently } from './boot-with-retry.mjs';
import { digits, machine, median, quantile, report, say, table } from './figures.mjs';
import { stretchesOf } from './profile.mjs';

const CALLS = 3;
const GOAL_MS = 5;
/** Between two samples of the profiler. */
const INTERVAL_US = 100;
const SHOWN = 5;

const isOurs = (url) => url.includes('plugin-device-monitoring') || url.startsWith('wasm:');

/** A call that is fine, bad in several ways one after the other, and fine again; its panel is opened in the middle. */
async function take(lab, number) {
  const call = await lab.callIn({ from: `+1555010${String(1000 + number)}` });
  await lab.accept(call);
  await sleep(5000);
  lab.spoil(call, 'down', { loss: 0.12, jitter: 40 });
  await lab.waitForNotice('active', { timeoutMs: 60_000 });
  await sleep(3000);
  await lab.page.getByTestId('device-monitoring-header').click();
  lab.spoil(call, 'both', { delay: 350 });
  await sleep(10_000);
  lab.heal(call);
  await sleep(12_000);
  lab.spoil(call, 'up', { loss: 1 });
  await sleep(8000);
  await lab.page.keyboard.press('Escape');
  await lab.hangUp(call, 'customer');
  await lab.alertOf(call, { timeoutMs: 60_000 });
  await sleep(1000);
  await lab.complete(call);
}

/** Where in the plugin's sources a frame of its bundle is. */
async function sources() {
  const map = new SourceMap(JSON.parse(await fs.readFile(`${paths.plugin}.map`, 'utf8')));
  return ({ lineNumber, columnNumber }) => {
    const { originalSource, originalLine } = /** @type {Partial<import('node:module').SourceMapping>} */ (
      map.findEntry(lineNumber, columnNumber)
    );
    return originalSource ? `${path.posix.basename(originalSource)}:${originalLine + 1}` : 'unknown';
  };
}

await report(async () => {
  const sourceOf = await sources();
  const lab = await Lab.start();
  try {
    await bootPatiently(lab, {
      configuration: { ...WATCHFUL, agentTools: 'true', recordCalls: 'true', noticesPerShift: 1000 },
    });
    const devtools = await lab.page.context().newCDPSession(lab.page);
    await devtools.send('Profiler.enable');
    await devtools.send('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    const found = [];
    for (let number = 1; number <= CALLS; number += 1) {
      await devtools.send('Profiler.start');
      await take(lab, number);
      const { profile } = await devtools.send('Profiler.stop');
      found.push({ ...stretchesOf(profile, isOurs), intervals: profile.timeDeltas });
      say(
        `call ${number} of ${CALLS}: ${digits(Math.max(...found.at(-1).ours.map(({ ms }) => ms)))} ms at the longest`,
      );
    }
    const all = found.flatMap(({ ours }) => ours);
    if (all.length === 0) throw new Error('nothing of the plugin was seen at work: was it loaded?');
    const longest = Math.max(...all.map(({ ms }) => ms));
    const sum = (name) => found.reduce((total, one) => total + one[name], 0);
    const rows = found.map(({ ours, busy, oursMs, totalMs, intervals }, index) => [
      index + 1,
      digits(totalMs / 1000, 0),
      ours.length,
      digits(median(ours.map(({ ms }) => ms)), 2),
      digits(
        quantile(
          ours.map(({ ms }) => ms),
          0.95,
        ),
        2,
      ),
      digits(Math.max(...ours.map(({ ms }) => ms)), 1),
      digits(Math.max(...busy.map(({ ms }) => ms)), 1),
      `${digits((100 * oursMs) / totalMs, 2)} %`,
      digits(median(intervals), 0),
    ]);
    const worst = all
      .sort((one, other) => other.ms - one.ms)
      .slice(0, SHOWN)
      .map(({ ms, by, entry }) => [
        digits(ms, 1),
        `\`${sourceOf(entry)}\``,
        by
          .slice(0, 4)
          .map((name) => `\`${name}\``)
          .join(', '),
      ]);
    const text = [
      machine(lab),
      table(
        [
          'call',
          's',
          'stretches of the plugin',
          'median, ms',
          '95th percentile, ms',
          'longest, ms',
          'longest of all scripts, ms',
          'share of the time',
          'between samples, µs',
        ],
        rows,
      ),
      table([`the ${SHOWN} longest, ms`, 'entered at', 'most of it in (names of the minified scripts)'], worst),
      `All scripts together had ${digits((100 * sum('busyMs')) / sum('totalMs'), 1)} % of the time, the plugin ${digits((100 * sum('oursMs')) / sum('totalMs'), 2)} %.`,
    ].join('\n\n');
    return {
      text,
      goals: [
        { what: 'longest stretch of the plugin in a spoiled call', unit: 'ms', limit: GOAL_MS, reached: longest },
      ],
    };
  } finally {
    await lab.close();
  }
});
