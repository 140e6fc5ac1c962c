// `cargo xtask record`: recordings of real calls, from the scenarios in recordings/scenarios.json.
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { openNamespace } from './network/namespace.mjs';
import { paths } from './paths.mjs';
import { checkRecording } from './recordings/check-recording.mjs';
import { readScenarios } from './recordings/scenarios.mjs';

const USAGE = `cargo xtask record NAME…       records these scenarios
cargo xtask record --all       all of them
cargo xtask record --missing   those that are not there yet
cargo xtask record --list      what there is
cargo xtask record --look      looks again at what is recorded

--parallel N   so many at once; 1 unless given
--tries N      again where the machine disturbed a call, so often at most; 2 unless given
--keep         even if the machine disturbed the call`;

const FOLDER = path.join(paths.root, 'tests', 'recordings');
const DUMPS = path.join(paths.root, 'tests', 'dumps');
/** @param {import('./recordings/scenarios.mjs').Scenario} scenario */
const fileOf = ({ name, heldOut, check, cause, customer, browser, dumpEvery }) => {
  if (dumpEvery) return path.join(DUMPS, `${name}.jsonl`);
  const aside = heldOut ? ['held-out', ...(check ? ['check'] : [])] : [];
  const subject = cause === undefined ? [] : ['causes'];
  if (customer === 'test signal') subject.push('sound');
  if (browser) subject.push(browser);
  const folders = [...subject, ...aside].length ? [...subject, ...aside] : ['lab'];
  return path.join(FOLDER, ...folders, `${name}.jsonl`);
};
const exists = (file) =>
  fs.access(file).then(
    () => true,
    () => false,
  );
const secondsOf = ({ calls }) => calls.reduce((sum, { seconds }) => sum + seconds, 0);

/**
 * @typedef {{names: string[], parallel: number, tries: number, all?: true, missing?: true, list?: true, look?: true, keep?: true, one?: true}} Options
 */

function parse(words) {
  /** @type {Options} */
  const options = { names: [], parallel: 1, tries: 2 };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    const flag = word.slice(2);
    if (['--all', '--missing', '--list', '--look', '--keep', '--one'].includes(word)) options[flag] = true;
    else if (['--parallel', '--tries'].includes(word)) {
      options[flag] = Number(words[(index += 1)]);
      if (!(Number.isInteger(options[flag]) && options[flag] > 0))
        throw new Error(`${word} takes a number\n\n${USAGE}`);
    } else if (word.startsWith('-')) throw new Error(`${word} is not known\n\n${USAGE}`);
    else options.names.push(word);
  }
  return options;
}

/**
 * @param {import('./recordings/scenarios.mjs').Scenario[]} scenarios
 * @param {Options} options
 */
async function choose(scenarios, { names, all, missing }) {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown) throw new Error(`there is no scenario ${unknown}; --list names them`);
  if (all) return scenarios;
  const there = await Promise.all(scenarios.map((scenario) => exists(fileOf(scenario))));
  return scenarios.filter(({ name }, index) => names.includes(name) || (missing && !there[index]));
}

async function list(scenarios) {
  for (const scenario of scenarios) {
    const state = (await exists(fileOf(scenario))) ? 'recorded' : 'missing ';
    console.log(
      `${scenario.name.padEnd(28)}${String(secondsOf(scenario)).padStart(4)} s  ${state}  ${scenario.heldOut ? 'held out' : '        '}  ${scenario.description}`,
    );
  }
}

async function lookAll(scenarios) {
  for (const scenario of scenarios) {
    if (await exists(fileOf(scenario)))
      tell(scenario, (await fs.readFile(fileOf(scenario), 'utf8')).trimEnd().split('\n'));
  }
}

/** @returns {boolean} whether the machine left the call alone */
function tell({ name }, lines) {
  const { text, disturbed } = checkRecording(lines);
  console.log(`${name}: ${text}; ${Math.round(lines.join('\n').length / 1000)} KB`);
  if (disturbed.length)
    console.log(
      `  ${name} was disturbed: ${disturbed.slice(0, 6).join(', ')}${disturbed.length > 6 ? ` and ${disturbed.length - 6} more` : ''}`,
    );
  return disturbed.length === 0;
}

/**
 * In this process. A call that was disturbed stays in target/lab/recordings.
 * @param {import('./recordings/scenarios.mjs').Scenario} scenario
 * @param {Options} options
 */
async function recordHere(scenario, { tries, keep }) {
  const { record } = await import('./recordings/recorder.mjs');
  const aside = path.join(paths.target, 'recordings', `${scenario.name}.jsonl`);
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const { lines, dumps } = await record(scenario);
    const clean = tell(scenario, lines);
    const file = clean || keep ? fileOf(scenario) : aside;
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, `${lines.join('\n')}\n`);
    for (const [end, dump] of Object.entries(dumps))
      await fs.writeFile(path.join(path.dirname(file), `${scenario.name}.${end}`), dump);
    if (file !== aside) return console.log(`  ${path.relative(paths.root, file)}`);
  }
  throw new Error(
    `${scenario.name} was disturbed each time; what came of it is in ${path.relative(paths.root, aside)}`,
  );
}

/**
 * A process each: a lab takes all of one, and its failure shall not end the others.
 * @param {import('./recordings/scenarios.mjs').Scenario} scenario
 * @param {Options} options
 */
function recordElsewhere({ name, networks, relay }, { tries, keep }) {
  const words = [name, '--one', '--tries', String(tries), ...(keep ? ['--keep'] : [])];
  const namespace = networks || relay ? openNamespace(networks ?? []) : undefined;
  const [command, ...rest] = [...(namespace?.prefix ?? []), process.execPath, path.join(paths.lab, 'record.mjs')];
  return new Promise((resolve) => {
    const child = spawn(command, [...rest, ...words], { stdio: 'inherit' });
    child.once('exit', (code) => {
      namespace?.close();
      resolve(code === 0);
    });
  });
}

async function main() {
  const options = parse(process.argv.slice(2));
  const scenarios = readScenarios();
  if (options.list) return list(scenarios);
  const chosen = await choose(scenarios, options);
  if (options.look) return lookAll(options.names.length ? chosen : scenarios);
  if (!chosen.length) {
    if (options.missing) return console.log('Every scenario is recorded.');
    throw new Error(USAGE);
  }
  if (options.one) return recordHere(chosen[0], options);
  const { bundleFlexUi } = await import('./flex-bundle/build.mjs');
  await bundleFlexUi();
  const waiting = [...chosen].sort((one, other) => secondsOf(other) - secondsOf(one));
  if (options.names.length)
    waiting.sort((one, other) => options.names.indexOf(one.name) - options.names.indexOf(other.name));
  const failed = [];
  const worker = async () => {
    for (let scenario = waiting.shift(); scenario; scenario = waiting.shift()) {
      if (!(await recordElsewhere(scenario, options))) failed.push(scenario.name);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  if (failed.length) throw new Error(`not recorded: ${failed.join(', ')}`);
  return undefined;
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
