// How long the plugin takes to start inside the real Flex UI: from the first line of its script to listening, in a browser that
// was just started and when Flex is loaded again; and what of it is WebAssembly.
// Usage: node bench/start.mjs REPORT
import path from 'node:path';
import { Lab } from '../page/driver.mjs';
import { paths } from '../paths.mjs';
import { startTimeOf } from '../start-time.mjs';
import { bootPatiently } from './boot-with-retry.mjs';
import { digits, machine, median, report, say, spread, table } from './figures.mjs';
import { partsOf } from './start-parts.mjs';

const COLD = 5;
const WARM = 11;
const GOAL_MS = 15;
const GOAL_WEB_ASSEMBLY_MS = 5;

const NAMES = {
  total: '**from script evaluation to listening**',
  waiting: 'until Flex lets it begin',
  base64: 'base64 to bytes',
  unpack: "unpacking, beside the page's thread",
  compile: "compiling and starting the engine, beside the page's thread",
  rest: 'configuration, places in Flex, listeners',
  thread: "**the plugin on the page's thread**",
};

async function partsIn(lab) {
  await startTimeOf(lab);
  return partsOf(await lab.page.evaluate(() => window.labStart));
}

const tell = (what, parts) =>
  say(`${what}: ${digits(parts.total)} ms, of which on the page's thread ${digits(parts.thread)} ms`);

await report(async () => {
  const beforeFlex = { path: path.join(paths.lab, 'page', 'start-parts.js') };
  const cold = [];
  const warm = [];
  let told;
  for (let boot = 1; boot <= COLD; boot += 1) {
    const lab = await Lab.start({ functions: false });
    try {
      await bootPatiently(lab, { beforeFlex });
      cold.push(await partsIn(lab));
      tell(`cold ${boot} of ${COLD}`, cold.at(-1));
      told = machine(lab);
      for (let load = 1; boot === COLD && load <= WARM; load += 1) {
        await lab.reload();
        warm.push(await partsIn(lab));
        tell(`warm ${load} of ${WARM}`, warm.at(-1));
      }
    } finally {
      await lab.close();
    }
  }
  const of = (boots, part) => boots.map((parts) => parts[part]);
  const rows = Object.entries(NAMES).map(([part, name]) => [name, spread(of(cold, part)), spread(of(warm, part))]);
  const goals = [
    ['cold', cold],
    ['warm', warm],
  ].flatMap(([what, boots]) => [
    {
      what: `the start's work on the page's thread, ${what}`,
      unit: 'ms',
      limit: GOAL_MS,
      reached: median(of(boots, 'thread')),
    },
    {
      what: `of it WebAssembly, ${what}`,
      unit: 'ms',
      limit: GOAL_WEB_ASSEMBLY_MS,
      reached: median(of(boots, 'base64')),
    },
  ]);
  return {
    goals,
    text: `${told}\n\n${table(['milliseconds: median (least to most)', `cold, ${COLD} browsers`, `warm, ${WARM} loads`], rows)}`,
  };
});
