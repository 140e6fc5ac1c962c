// A shift of simulated agents, and of real Flex tabs among them, against the real Function and the stand-in of Twilio Sync.
import fs from 'node:fs/promises';
import runtime from '../../plugin-serverless/test/support/start-runtime.cjs';
import standIn from '../../plugin-serverless/test/support/twilio/server.cjs';
import { seededRandom } from '../call/speech.mjs';
import { Colleagues } from './agents-parent.mjs';
import { Ledger } from './ledger.mjs';
import { floorEnvironment } from './floor-lab.mjs';
import { paceOf, planShift } from './shift.mjs';

const FAULT_EVERY_MS = 4_000;
const LOST_ANSWERS = 0.01;
const SAY_EVERY_MS = 30_000;
const INCIDENTS = 'device-monitoring-incidents';
const INCIDENT_LINE = '"event":"device-monitoring.incident"';
// What Linux counts processor time in.
const TICKS_PER_S = 100;

/**
 * @typedef {object} Outcome
 * @property {import('./ledger.mjs').Figures} figures
 * @property {string[]} wentDown CallSids of the calls whose network went down with that of the site
 * @property {Incidents} incidents
 * @property {number} refusedBySync requests that Sync answered 429
 * @property {number} notEmptied pages that could not get rid of all their cards
 * @property {string[]} errors that no code of a page has caught
 * @property {object[]} faults what the stand-in was told to do wrong
 * @property {{agents: number, function: number, standIn: number}} processorS
 */

/**
 * @typedef {object} Incidents
 * @property {{id: string, key: {kind: string, value: string}, since: number, openedAt: number}[]} opened
 * @property {{change: string, incidentId: string}[]} acted lines of the action `log-incident`
 * @property {number | null} fourthAt when Sync had a beat of the fourth call that went down with the site and was in
 *   trouble
 */

/** Twilio and the Function alone, as a lab has them. */
async function startServers(env) {
  const twilio = await standIn.startTwilio();
  try {
    const functions = await runtime.startRuntime({ twilio, env });
    return { twilio, function: functions, close: () => Promise.all([functions.stop(), twilio.stop()]) };
  } catch (error) {
    await twilio.stop();
    throw error;
  }
}

/** Twilio Sync fails now and then: before it has done something, and after. */
function spoilSync(faults, random, told) {
  const KINDS = [{ kind: 'status', status: 500 }, { kind: 'reset' }, { kind: 'lose-answer' }];
  const timer = setInterval(() => {
    const operation = ['sync.items.create', 'sync.items.update'][Math.floor(random() * 2)];
    const fault = { operation, ...KINDS[Math.floor(random() * KINDS.length)] };
    told.push(fault);
    faults.add(fault);
  }, FAULT_EVERY_MS);
  return () => {
    clearInterval(timer);
    faults.clear();
  };
}

/** User and system time of a process, in s; NaN where there is no /proc. */
async function processorTimeOf(pid) {
  const text = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/**
 * @param {object} options
 * @param {number} options.agents
 * @param {number} options.seed
 * @param {number} options.lengthMs
 * @param {import('./shift.mjs').Pace} [options.pace]
 * @param {number} [options.shards] of the Function
 * @param {boolean} [options.faults] tabs die, networks, answers and Sync fail
 * @param {import('./flex-agents.mjs').Tabs} [options.tabs] of real Flex, which bring Twilio and the Function
 * @param {(text: string) => void} [options.say]
 * @returns {Promise<Outcome>}
 */
export async function simulate({
  agents,
  seed,
  lengthMs,
  pace = paceOf(lengthMs),
  shards = 8,
  faults = true,
  tabs,
  say = () => {},
}) {
  const own = tabs ? undefined : await startServers(floorEnvironment(shards));
  const servers = tabs?.servers ?? own;
  const { twilio } = servers;
  const shift = planShift({ agents, seed, lengthMs, pace, faults });
  const ledger = new Ledger();
  const goingDown = shift.flatMap(({ calls }) => calls.filter(({ isDown }) => isDown)).map(({ callSid }) => callSid);
  /** CallSid → when Sync first had a beat that says that it is in trouble */
  const seenDown = new Map();
  const told = [];
  let colleagues;
  let progress;
  let endFaults = () => {};
  try {
    twilio.world.floor.on('item', ({ map, key, item: { data } }) => {
      ledger.stored(map.uniqueName, key, data);
      if (data.diagnosis && goingDown.includes(data.callSid) && !seenDown.has(data.callSid))
        seenDown.set(data.callSid, Date.now());
    });
    const functionBefore = await processorTimeOf(servers.function.pid);
    const standInBefore = process.cpuUsage();
    colleagues = new Colleagues({
      shift,
      twilio,
      functions: servers.function,
      seed,
      lostAnswers: faults ? LOST_ANSWERS : 0,
    });
    colleagues.on('call', (callSid) => ledger.taken(callSid));
    colleagues.on('call-over', (callSid, talkMs) => ledger.over(callSid, talkMs));
    colleagues.on('post', (fields, outcome) => ledger.posted(fields, outcome));
    const startedAt = await colleagues.started;
    say(`${agents} simulated agents begin their shift`);
    if (faults) endFaults = spoilSync(twilio.faults, seededRandom(seed + 1), told);
    progress = setInterval(() => say(sentence(ledger.figures())), SAY_EVERY_MS);
    const left = new Promise((resolve) => colleagues.once('left', () => resolve(endFaults())));
    const worked = Promise.all([tabs?.work({ ledger, startedAt, lengthMs, downAt: pace.downAt }) ?? [], left]);
    const [ofTabs] = await Promise.race([worked, colleagues.done.then(() => worked)]);
    say('the shift is over; pages come back until the Function has every card');
    const { notEmptied, processorS } = await colleagues.done;
    const { user, system } = process.cpuUsage(standInBefore);
    return {
      figures: ledger.figures(),
      wentDown: [...goingDown, ...ofTabs],
      incidents: incidentsOf(servers, [...seenDown.values()][3] ?? null),
      refusedBySync: twilio.world.floor.refused,
      notEmptied,
      errors: colleagues.errors,
      faults: told,
      processorS: {
        agents: processorS,
        function: (await processorTimeOf(servers.function.pid)) - functionBefore,
        standIn: (user + system) / 1e6,
      },
    };
  } finally {
    clearInterval(progress);
    endFaults();
    await colleagues?.stop();
    await own?.close();
  }
}

/** @returns {Incidents} */
function incidentsOf({ twilio, function: functions }, fourthAt) {
  const { open = [], closed = [] } = twilio.world.floor.find(INCIDENTS)?.items.get('state')?.data.incidents ?? {};
  const acted = functions.lines.filter((line) => line.includes(INCIDENT_LINE)).map((line) => JSON.parse(line));
  return { opened: [...open, ...closed], acted, fourthAt };
}

const sentence = ({ calls, beats, cards, inTrouble }) =>
  `${calls} calls, ${beats.kept} beats of ${beats.sent} kept, ${cards.kept} cards kept, ${inTrouble.length} calls in trouble`;
