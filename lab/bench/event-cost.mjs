// What one event of a call costs through the boundary: the plugin's own WebAssembly and glue, told what recorded calls heard,
// in their order and at their distances, by a clock that need not be waited for. Beside it the Redux reducer of the sample
// plugin of 2021, where its bundle is given.
// Usage: node bench/event-cost.mjs REPORT CONFIGURATION RECORDING… [--sample BUNDLE]; leaves the configuration for the native part.
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { WATCHFUL } from '../configuration.mjs';
import { paths } from '../paths.mjs';
import { eventsOf } from '../recordings/recorder-rows.mjs';
import { digits, machine, median, quantile, report, say, table } from './figures.mjs';
import { installPageGlobals } from './page-in-node.mjs';

/** What an event may cost: there is one a second. */
const MAX_NS = 20_000;
/** Events that are not timed, so that everything is compiled by then; and events that are. */
const WARM_UP = 300_000;
const TIMED = 2_000_000;
/** Between two calls. */
const PAUSE_MS = 5000;
/** Of the sample's reducer, as it was measured. */
const SAMPLE_NS = 2900;

const WORKER = 'WK00000000000000000000000000000001';

/** The plugin's own way to its engine, as a module for Node.js. */
async function loadEngine() {
  const outfile = path.join(paths.root, 'target', 'xtask', 'bench', 'engine.mjs');
  await esbuild.build({
    entryPoints: [path.join(paths.root, 'js-shim', 'src', 'engine.js')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  return (await import(pathToFileURL(outfile).href)).loadEngine();
}

/** A recorded call: when which method of the Monitor is told what. Ready to be told, so that little is timed beside it. */
async function read(file) {
  const lines = (await fs.readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const events = eventsOf(lines).map(([ms, method, ...values]) => ({ ms, method, values }));
  return { name: path.basename(file, '.jsonl'), events, durationMs: events.at(-1).ms };
}

function makeMonitor(Monitor) {
  const told = { effects: 0, alerts: 0 };
  const monitor = new Monitor(
    { attributes: WATCHFUL, serverlessUri: 'https://functions.example', workerSid: WORKER, tab: 'bench' },
    () => {
      told.effects += 1;
    },
  );
  return { monitor, told };
}

/** What waits to be sent is taken by the server at once. */
function send(monitor) {
  const alerts = monitor.alerts();
  alerts.forEach(({ id }) => localStorage.removeItem(`device-monitoring/${WORKER}/alert/${id}`));
  return alerts.length;
}

function play({ events }, { monitor, told }, clock, accepted) {
  let call;
  for (let index = 0; index < events.length; index += 1) {
    const { ms, method, values } = events[index];
    clock.moveTo(accepted + ms);
    if (method === 'incoming')
      call = monitor.incoming(values[0], 'CA00000000000000000000000000000001', '+12025550123', '+12025550199');
    else monitor[method](call, ...values);
  }
  told.alerts += send(monitor);
}

/** Nanoseconds an event, of each call that was played. */
function time(call, page, clock) {
  const times = [];
  let accepted = clock.now;
  for (let played = 0; played < WARM_UP + TIMED; played += call.events.length) {
    const started = process.hrtime.bigint();
    play(call, page, clock, accepted);
    const nanoseconds = Number(process.hrtime.bigint() - started);
    if (played < WARM_UP) page.told.alerts = 0;
    else times.push(nanoseconds / call.events.length);
    accepted += call.durationMs + PAUSE_MS;
    clock.moveTo(accepted);
  }
  return times;
}

const row = (name, times, calls, alerts) => [
  name,
  digits(median(times), 0),
  `${digits(quantile(times, 0.05), 0)}, ${digits(quantile(times, 0.95), 0)}`,
  calls,
  alerts,
];

await report(async (configuration, ...rest) => {
  await fs.writeFile(configuration, JSON.stringify(WATCHFUL));
  const at = rest.indexOf('--sample');
  const [recordings, sample] = at < 0 ? [rest] : [rest.slice(0, at), rest[at + 1]];
  const Monitor = await loadEngine();
  const calls = await Promise.all(recordings.map(read));
  const clock = installPageGlobals();
  const rows = [];
  const goals = [];
  for (const call of calls) {
    say(`${call.name}: ${call.events.length} events, over and over`);
    const page = makeMonitor(Monitor);
    const times = time(call, page, clock);
    rows.push(row(call.name, times, times.length, page.told.alerts));
    goals.push({
      what: `an event through the boundary, \`${call.name}\``,
      unit: 'ns',
      limit: MAX_NS,
      reached: median(times),
    });
  }
  if (sample) {
    const { timeReducer } = await import('./sample-plugin-reducer.mjs');
    const times = await timeReducer(sample, { warmUp: WARM_UP, timed: TIMED });
    rows.push(row("the sample's Redux reducer", times, '–', '–'));
  } else {
    rows.push(["the sample's Redux reducer (quoted)", SAMPLE_NS, '–', '–', '–']);
  }
  const text = table(
    ['through the boundary, nanoseconds an event', 'median', 'a twentieth below, above', 'calls', 'alerts'],
    rows,
  );
  return { goals, text: `${machine()}\n\n${text}` };
});
