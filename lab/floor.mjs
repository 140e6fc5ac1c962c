// `cargo xtask floor`: a contact centre that reports its calls, and what of that reaches Twilio Sync, and when.
//
//   node floor.mjs [--agents N] [--tabs N] [--seed N] [--minutes N] [--shards N] [--report FILE]
import fs from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { digits, machine, table } from './bench/figures.mjs';
import { floorEnvironment } from './floor/floor-lab.mjs';
import { simulate } from './floor/simulation.mjs';
import { Tabs } from './floor/flex-agents.mjs';

/** @type {Record<string, {type: 'string', default: string}>} */
const OPTIONS = Object.fromEntries(
  Object.entries({ agents: '300', tabs: '3', seed: '1', minutes: '6', shards: '8', report: '' }).map(
    ([name, value]) => [name, { type: 'string', default: value }],
  ),
);
const MINUTE_MS = 60_000;
const MAX_BYTES = 430;
const MAX_BEATS = 6;
const MAX_BEHIND_S = 3;
const MAX_CARD_BYTES = 700;

const startedAt = Date.now();
const say = (text) => console.log(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${text}`);

/** @param {import('./floor/simulation.mjs').Outcome} outcome */
function rowsOf({ figures, wentDown, refusedBySync, faults, processorS }, { agents, tabs }) {
  const { calls, talkS, inTrouble, cards, beats, tooMany, behindS, bytes, mostBeats } = figures;
  const notKept = Object.entries(beats.notKept).map(([outcome, count]) => `${count} × ${outcome}`);
  const down = wentDown.filter((callSid) => inTrouble.includes(callSid)).length;
  return [
    ['agents', `${agents} simulated, ${tabs} in real Flex`],
    ['calls', `${calls}, of ${digits(talkS / calls, 0)} s in the mean`],
    ['calls that went down with their site', `${wentDown.length}, seen on the floor: ${down}`],
    ['cards kept', `${cards.kept}, from ${cards.requests} requests`],
    ['cards lost', cards.lost.length],
    ['cards doubled', cards.doubled.length],
    ['longest card', `${cards.longest} bytes`],
    ['beats sent', beats.sent],
    ['beats kept', `${beats.kept}${notKept.length > 0 ? `; not kept, by the last answer: ${notKept.join(', ')}` : ''}`],
    ['seconds behind', `median ${digits(behindS.median, 2)}, p95 ${shown(behindS.p95)}, most ${shown(behindS.most)}`],
    ['refused by Sync (429)', refusedBySync],
    [
      '429 from the Function',
      `cards ${tooMany.ofCards}, beats ${tooMany.ofBeats}; never got through: ${tooMany.unhandled.length}`,
    ],
    ['failures of Sync that were made', faults.length],
    ['bytes for 30 s of talk', digits(bytes, 0)],
    ['most beats of an agent in a minute', mostBeats],
    [
      'processor seconds',
      `agents ${digits(processorS.agents)}, Function ${digits(processorS.function)}, Twilio's stand-in and the lab ${digits(processorS.standIn)}`,
    ],
  ];
}

/** @returns {import('./bench/figures.mjs').Goal[]} */
function goalsOf({ figures, wentDown, notEmptied, errors }) {
  const { cards, tooMany, behindS, bytes, mostBeats, inTrouble } = figures;
  const none = (what, reached) => ({ what, unit: '', limit: 0, reached });
  return [
    none('cards lost', cards.lost.length),
    none('cards doubled', cards.doubled.length),
    none('cards of no call', cards.unknown.length),
    none('pages that kept a card', notEmptied),
    none('429 that never got through', tooMany.unhandled.length),
    none('calls that went down and were not seen', wentDown.filter((callSid) => !inTrouble.includes(callSid)).length),
    none('errors in pages', errors.length),
    { what: 'behind the beat, at most', unit: 's', limit: MAX_BEHIND_S, reached: behindS.most },
    { what: 'beats and cards for 30 s of talk, in the mean', unit: 'bytes', limit: MAX_BYTES, reached: bytes },
    { what: 'a card, at most', unit: 'bytes', limit: MAX_CARD_BYTES, reached: cards.longest },
    { what: 'beats of an agent in a minute, at most', unit: '', limit: MAX_BEATS, reached: mostBeats },
  ];
}

const isMissed = ({ limit, reached }) => !(reached <= limit);

const shown = (value) => (value === Infinity ? 'never' : digits(value, Number.isInteger(value) ? 0 : 2));

function tellGoal({ what, unit, limit, reached }) {
  const told = `${what}: ${`${shown(reached)} ${unit}`.trim()}, goal ${limit}`;
  return isMissed({ limit, reached }) ? `MISSED by ${digits(reached - limit, 2)}: ${told}` : `met: ${told}`;
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  const [agents, tabCount, seed, minutes, shards] = ['agents', 'tabs', 'seed', 'minutes', 'shards'].map((name) =>
    Number(values[name]),
  );
  const functionEnv = floorEnvironment(shards);
  const tabs = tabCount > 0 ? await Tabs.open({ count: tabCount, functionEnv, say }) : undefined;
  let outcome;
  try {
    outcome = await simulate({ agents, seed, shards, lengthMs: minutes * MINUTE_MS, tabs, say });
  } finally {
    await tabs?.close();
  }
  const rows = rowsOf(outcome, { agents, tabs: tabCount });
  const goals = goalsOf(outcome);
  console.log();
  for (const [name, value] of rows) console.log(`${name.padEnd(38)}${value}`);
  console.log();
  for (const goal of goals) console.log(tellGoal(goal));
  for (const error of new Set(outcome.errors)) console.log(`in a page: ${error}`);
  if (values.report) await fs.writeFile(values.report, reportOf({ rows, goals, seed, minutes, shards }));
  if (goals.some(isMissed)) process.exitCode = 1;
}

function reportOf({ rows, goals, seed, minutes, shards }) {
  const command = `cargo xtask floor --report --seed ${seed} --minutes ${minutes} --shards ${shards}`;
  return `# Load on the floor

\`${command}\` has written this. [What it does](../floor.md#tried-with-300-agents).

${machine()}

${table(['', ''], rows)}

${table(
  ['goal', 'limit', 'reached', ''],
  goals.map((goal) => [
    goal.what,
    `${goal.limit} ${goal.unit}`.trim(),
    shown(goal.reached),
    isMissed(goal) ? 'missed' : 'met',
  ]),
)}
`;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
}
