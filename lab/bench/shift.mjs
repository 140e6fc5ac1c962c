// A shift of eight hours in the real Flex UI: 200 tasks with a call each, of 144 seconds that need not be waited for
// (page/shift.js), a quarter of them in trouble, with notices, and alerts that the real Function takes. After each 50 calls:
// the page's heap, its elements and listeners, and what is left of calls and Devices. Then the same without the plugin.
// Usage: node bench/shift.mjs REPORT [CALLS]
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../configuration.mjs';
import { Lab } from '../page/driver.mjs';
import { paths } from '../paths.mjs';
import { bootPatiently } from './boot-with-retry.mjs';
import { digits, machine, report, say, table } from './figures.mjs';
import { measureHeap } from './heap.mjs';
import { readShiftCalls } from './shift-calls.mjs';

const CALLS = 200;
const LOOKS = 4;
/** Before the first look: what is loaded and cached when it is first needed. */
const WARM_UP = 10;
const GOAL_MEGABYTES = 1;
/** Of 8 hours. */
const CALL_AND_PAUSE_MS = 144_000;
/** Flex takes its notifications down after 8 s of its own time. */
const SETTLE_MS = 10_000;
const CALLS_OF_A_DEVICE = 20;

/** The browser forgets compiled code that it has not run for some collections of garbage: megabytes, at any time. */
const FLAGS = ['--js-flags=--no-flush-bytecode'];

const HEALTHY = 'healthy';
const isSpoiled = (number) => number % 4 === 3;
/** In some of them, the agent looks at something else and is told by a notification. */
const looksAway = (number) => number % 8 === 7;

async function takeOne(lab, number, scenario) {
  const { page, world } = lab;
  const task = world.offerCall({ from: `+1555010${String(number).padStart(4, '0')}` });
  await page.evaluate(
    ([sid, looks]) => window.labShift.takeTask(sid, looks),
    [task.reservationSid, !looksAway(number)],
  );
  const canvas = page.locator('.Twilio-CallCanvas').first();
  if (!looksAway(number)) await canvas.waitFor();
  await page.evaluate((told) => window.labShift.takeCall(told), {
    callSid: task.callSid,
    from: task.from,
    taskSid: task.sid,
    scenario,
  });
  world.endCall(task, 'customer');
  await page.waitForFunction(
    (sid) =>
      window.Twilio.Flex.Manager.getInstance().store.getState().flex.worker.tasks.get(sid)?.status === 'wrapping',
    task.reservationSid,
  );
  await lab.complete(task);
  await page.evaluate((span) => window.labShift.moveOn(span), (8 * 3600e3) / CALLS - CALL_AND_PAUSE_MS);
  // The lab's own memory of it goes with it.
  world.tasks.delete(task.sid);
}

/** Every alert that there is to send has been answered. */
async function untilSent(lab) {
  const waiting = () =>
    lab.page.evaluate(
      () => Object.keys(localStorage).filter((key) => /^device-monitoring\/.*\/alert\//.test(key)).length,
    );
  for (let tries = 0; tries < 60 && (await waiting()) > 0; tries += 1) await sleep(1000);
}

/**
 * @param {{calls: number, plugin?: string | null}} what
 * @returns {Promise<{looks: object[], alerts: number, texts: number, told: string}>}
 */
async function work({ calls, plugin }) {
  const what = plugin === null ? 'without the plugin' : 'with the plugin';
  const lab = await Lab.start({ plugin, flags: FLAGS });
  try {
    const configuration = { ...WATCHFUL, agentTools: 'true', recordCalls: 'true', noticesPerShift: 1000 };
    await bootPatiently(lab, { configuration, beforeFlex: { path: path.join(paths.lab, 'page', 'shift.js') } });
    lab.taskrouter.onConference = (task) => lab.world.advance(task, 'accepted');
    const scenarios = await readShiftCalls();
    await lab.page.evaluate((given) => Object.assign(window.labShift.scenarios, given), scenarios);
    const troubles = Object.keys(scenarios).filter((name) => name !== HEALTHY);
    const looks = [];
    const look = async (after) => {
      await untilSent(lab);
      await sleep(SETTLE_MS);
      looks.push({
        after,
        ...(await measureHeap(lab.page)),
        ...(await lab.page.evaluate(() => window.labShift.look())),
      });
      say(`${what}: after ${after} calls a heap of ${digits(looks.at(-1).heap / 1e6, 2)} MB`);
    };
    for (let number = -WARM_UP; number < calls; number += 1) {
      if (number === 0) await look(0);
      if (number % CALLS_OF_A_DEVICE === 0 || number === -WARM_UP)
        await lab.page.evaluate(() => window.labShift.replaceDevice());
      const scenario = isSpoiled(Math.abs(number)) ? troubles[Math.abs(number) % troubles.length] : HEALTHY;
      await takeOne(lab, Math.abs(number), scenario);
      if ((number + 1) % (calls / LOOKS) === 0 && number > 0) await look(number + 1);
    }
    const errors = lab.pageErrors().map(({ text }) => text.split('\n')[0]);
    if (errors.length > 0) say(`${what}: the page had errors: ${errors.slice(0, 3).join('; ')}`);
    return {
      looks,
      alerts: lab.requests.all.filter(({ status }) => status === 200).length,
      texts: (await lab.seen()).texts.length,
      told: machine(lab),
    };
  } finally {
    await lab.close();
  }
}

const megabytes = (bytes, count = 2) => digits(bytes / 1e6, count);

await report(async (given) => {
  const calls = Number(given ?? CALLS);
  const ours = await work({ calls });
  const control = await work({ calls, plugin: null });
  const growth = ({ looks }) => looks.at(-1).heap - looks[1].heap;
  const last = ours.looks.at(-1);
  const rows = ours.looks.map((look, index) => {
    const other = control.looks[index];
    return [
      look.after,
      megabytes(look.heap),
      megabytes(other.heap),
      megabytes(look.heap - other.heap),
      megabytes(look.webAssemblyBytes),
      `${look.nodes}, ${other.nodes}`,
      `${look.listeners}, ${other.listeners}`,
      `${look.detachedOurs} of ${look.detached}, ${other.detached}`,
    ];
  });
  const head = [
    'after calls',
    'heap, MB',
    'without the plugin',
    'difference',
    'WebAssembly, MB',
    'nodes, and without',
    'listeners, and without',
    'elements detached: ours of all, and without',
  ];
  const from = ours.looks[1].after;
  const text = [
    ours.told,
    table(head, rows),
    `${last.calls} calls, ${last.devices} Devices replaced, ${ours.alerts} alerts taken by the Function, ${ours.texts} different texts shown. Of the calls that are over, ${last.callsAlive} are still held by anything, of the Devices that were replaced ${last.devicesAlive}.` +
      ` The heap grew by ${megabytes(growth(ours))} MB from call ${from} to call ${calls}, without the plugin by ${megabytes(growth(control))} MB.`,
  ].join('\n\n');
  return {
    text,
    goals: [
      {
        what: `heap, growth from call ${from} to call ${calls}, less that of Flex alone`,
        unit: 'MB',
        limit: GOAL_MEGABYTES,
        reached: (growth(ours) - growth(control)) / 1e6,
      },
      {
        what: 'elements of the plugin that are in memory and in no page',
        unit: '',
        limit: 0,
        reached: last.detachedOurs,
      },
      { what: 'listeners on calls that are over', unit: '', limit: 0, reached: last.listenersOnCalls },
      { what: 'listeners on Devices that were replaced', unit: '', limit: 0, reached: last.listenersOnDevices },
    ],
  };
});
