// Long calls in which something looks like trouble and is none: what the plugin says in them, which is nothing.
//
//   node false-alarms.mjs [NAME…] [--minutes N]     NAME: pressure, room, office; all of them unless given
//
// The calls are taken at the same time, each in a browser of its own. Each leaves its recording in target/lab/false-alarms.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from './configuration.mjs';
import { Lab } from './page/driver.mjs';
import { paths } from './paths.mjs';

/** Each call is short, so that an alert says what there was in it; and all that could be said is. */
const CONFIGURATION = { ...WATCHFUL, shortCallThreshold: 36_000, noticesPerShift: 1000, recordCalls: true };
const MINUTE_MS = 60_000;
const SETTLED_AFTER_MS = 6000;
const FOLDER = path.join(paths.target, 'false-alarms');

/** Each minute the other one, so that the browser tells of it. */
async function press(lab, minutes) {
  for (let left = minutes, isSerious = true; left > 0; left -= 1, isSerious = !isSerious) {
    await lab.press(isSerious ? 'serious' : 'critical');
    await sleep(Math.min(left, 1) * MINUTE_MS);
  }
}

async function beMuted(lab, minutes, call) {
  await lab.mute(call, true);
  await sleep(minutes * MINUTE_MS);
}

/** @type {Record<string, {what: string, minutes: number, microphone?: 'room' | 'office', run: (lab: Lab, minutes: number, call: object) => Promise<void>}>} */
const CALLS = {
  pressure: { what: 'pressure on the processor, serious or critical, without harm', minutes: 30, run: press },
  room: { what: 'muted in a room whose noise never stops', minutes: 10, microphone: 'room', run: beMuted },
  office: { what: 'muted in an office: a fan, typing, a door', minutes: 10, microphone: 'office', run: beMuted },
};

function parse(words) {
  const at = words.indexOf('--minutes');
  const minutes = at < 0 ? undefined : Number(words.splice(at, 2)[1]);
  if (minutes !== undefined && !(minutes > 0)) throw new Error('--minutes takes a number');
  const unknown = words.find((word) => !(word in CALLS));
  if (unknown) throw new Error(`there is no call called ${unknown}; there are ${Object.keys(CALLS).join(', ')}`);
  return { names: words.length ? words : Object.keys(CALLS), minutes };
}

/** The only recorded call of this browser, as the admin view exports it: the lines of its recording. */
async function recordingOf(lab) {
  await lab.openAdminView('Calls');
  const [download] = await Promise.all([
    lab.page.waitForEvent('download'),
    lab.page.getByTestId('device-monitoring-admin-view-export').click(),
  ]);
  return (await fs.readFile(await download.path(), 'utf8')).trimEnd().split('\n');
}

/** Seconds in which the loudspeaker got made-up sound, as the browser's statistics have it: harm that was there. */
function harmedSeconds(lines) {
  const played = lines.map((line) => JSON.parse(line).stats?.mediaPlayout).filter(Boolean);
  return played.filter((now, index) => {
    const before = played[index - 1];
    if (!before) return false;
    const madeUp = now.synthesizedSamplesDuration - before.synthesizedSamplesDuration;
    return madeUp > 0.01 * (now.totalSamplesDuration - before.totalSamplesDuration);
  }).length;
}

async function take(name, asked) {
  const { what, minutes: usual, microphone = 'speech', run } = CALLS[name];
  const minutes = asked ?? usual;
  const lab = await Lab.start({ microphone });
  lab.world.worker.roles = ['admin']; // who may export what was recorded
  try {
    await lab.boot({ configuration: CONFIGURATION });
    if (name === 'pressure') await lab.press('critical');
    const call = await lab.callIn();
    await lab.accept(call);
    await sleep(SETTLED_AFTER_MS);
    await lab.forget();
    await run(lab, minutes, call);
    const { texts } = await lab.seen();
    await lab.hangUp(call);
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    await lab.complete(call);
    const lines = await recordingOf(lab);
    await fs.writeFile(path.join(FOLDER, `${name}.jsonl`), `${lines.join('\n')}\n`);
    return {
      name,
      what,
      minutes,
      texts,
      causes: (alert.causes ?? []).map((cause) => cause.name),
      conditions: alert.conditions.map((condition) => condition.name),
      harmed: harmedSeconds(lines),
    };
  } finally {
    await lab.close();
  }
}

function tell({ name, what, minutes, texts, causes, conditions, harmed }) {
  console.log(`${name}: ${minutes} minutes, ${what}`);
  console.log(`  said: ${texts.length}; causes: ${causes.length}; seconds with made-up sound: ${harmed}`);
  for (const text of texts) console.log(`  "${text}"`);
  for (const condition of conditions) console.log(`  condition: ${condition}`);
  for (const cause of causes) console.log(`  cause: ${cause}`);
}

try {
  const { names, minutes } = parse(process.argv.slice(2));
  await fs.mkdir(FOLDER, { recursive: true });
  const outcomes = await Promise.allSettled(names.map((name) => take(name, minutes)));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') console.error(outcome.reason.message);
    else tell(outcome.value);
  }
  const isQuiet = ({ texts, causes, conditions }) => [texts, causes, conditions].every((said) => said.length === 0);
  const isPassed = (outcome) => outcome.status === 'fulfilled' && isQuiet(outcome.value);
  process.exitCode = outcomes.every(isPassed) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
