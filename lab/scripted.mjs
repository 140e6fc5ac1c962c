// One call in the real Flex UI, from ringing to the alert, told as it happens.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from './configuration.mjs';
import { FLOOR_LAB } from './floor/demo.mjs';
import { SupervisorOfDemo } from './floor/supervisor.mjs';
import { Lab } from './page/driver.mjs';
import { paths } from './paths.mjs';
import { startTimeOf, formatStartTime } from './start-time.mjs';

const HEALTHY_MS = 6000;
const SPOILED_MS = 20_000; // enough that more than 15 % of the call is under warning

const startedAt = Date.now();
const tell = (text) => console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}`);
const relative = (file) => path.relative(paths.root, file);
const percent = (share) => `${Math.round(share * 100)} %`;

let doing = 'starting';
const begin = (what) => {
  doing = what;
};

/** What the network did to a call so far: share of RTP packets lost each way since `from`. */
function lossSince(lab, from) {
  const seconds = lab.truth.all.slice(from);
  const share = (direction) => {
    const sum = (field) => seconds.reduce((total, second) => total + second[direction][field], 0);
    return sum('rtpIn') ? sum('rtpDrop') / sum('rtpIn') : 0;
  };
  return `${percent(share('down'))} of the customer's packets and ${percent(share('up'))} of the agent's`;
}

function tellWhatTheSdkSays(lab) {
  const words = {
    accept: () => 'call accepted, media flows through the relay',
    warning: ({ name }) => `the Voice SDK raises ${name}`,
    'warning-cleared': ({ name }) => `the Voice SDK clears ${name}`,
    reconnecting: () => 'the Voice SDK is reconnecting',
    disconnect: () => 'call over',
  };
  lab.sdk.on('entry', (event) => words[event.type] && tell(words[event.type](event)));
}

async function save(lab, name) {
  tell(`screenshot ${relative(await lab.screenshot(name))}`);
}

async function spoilAndHeal(lab, call) {
  begin('waiting for the notice in the call');
  const from = lab.truth.all.length;
  const spoiledAt = Date.now();
  lab.spoil(call, 'both', 'loss-12');
  tell('the network gets bad: 12 % of the packets are lost, both ways');
  await lab.waitForNotice('active', { timeoutMs: 30_000 });
  const [notice] = await lab.notices();
  tell(
    `the agent is told after ${((Date.now() - spoiledAt) / 1000).toFixed(1)} s: "${notice.text}" (${notice.diagnosis})`,
  );
  await save(lab, '2-network-spoiled');
  await sleep(Math.max(0, spoiledAt + SPOILED_MS - Date.now()));
  tell(`the relay dropped ${lossSince(lab, from)}`);

  begin('waiting for the notice to go after the network healed');
  const healedAt = Date.now();
  lab.heal(call);
  tell('the network is healthy again');
  await lab.waitForNotice('none', { timeoutMs: 45_000 });
  tell(`the notice is gone after ${((Date.now() - healedAt) / 1000).toFixed(1)} s`);
  await save(lab, '3-network-healed');
}

async function hangUpAndFollowTheAlert(lab, call) {
  begin('hanging up');
  await lab.hangUp(call);

  begin('waiting for the alert to reach the Function');
  const request = await lab.alertOf(call);
  tell(`the Function answers ${request.status} to the alert: ${request.fields.issues}`);
  if (request.status !== 200) throw new Error(`the Function refused the alert: ${request.answer}`);
  for (const { rule, text } of request.fields.alert.reasons) tell(`reason ${rule}: ${text}`);
  begin("waiting for the alert in the Function's log");
  const line = await lab.function.waitForLine((text) => text.includes(call.callSid));
  tell(`log-call wrote: ${line}`);
  const file = path.join(paths.demo, 'alert.json');
  await fs.writeFile(file, `${JSON.stringify(request.fields.alert, undefined, 2)}\n`);
  tell(`alert ${relative(file)}`);

  begin('waiting for the end-of-call alert to the agent');
  await lab.waitForNotice('ended');
  const [notice] = await lab.notices();
  tell(`the agent is told: "${notice.text}"`);
  await save(lab, '4-wrap-up');
}

async function play({ plugin: bundle, floor: hasFloor }) {
  await fs.rm(paths.demo, { recursive: true, force: true });
  await fs.mkdir(paths.demo, { recursive: true });
  const plugin = bundle ? path.resolve(bundle) : paths.plugin;
  tell(`plugin ${relative(plugin)}`);
  begin('starting Chromium and twilio-run');
  const lab = await Lab.start({ plugin, screenshots: paths.demo, ...(hasFloor && FLOOR_LAB) });
  let floor;
  try {
    tell(`twilio-run serves the Functions on ${lab.function.url}`);
    tellWhatTheSdkSays(lab);
    begin('starting Flex');
    const configuration = { ...WATCHFUL, ...(hasFloor && { reportCalls: true }) };
    await lab.boot({ configuration });
    const [{ state }] = await lab.plugins();
    if (state !== 'Initialized') throw new Error(`Flex did not initialise the plugin (its state is ${state})`);
    tell('Flex is up, the agent is signed in, the plugin is initialised');
    tell(await startTimeOf(lab).then(formatStartTime, (error) => error.message));
    for (const { text } of lab.console.all.filter((entry) => entry.text.startsWith('[device-monitoring]')))
      tell(`console: ${text}`);
    begin('opening the floor');
    if (hasFloor) floor = await SupervisorOfDemo.start(lab, { configuration, screenshots: paths.demo, tell });
    begin('taking the call');
    const call = await lab.callIn();
    tell(`a customer calls from ${call.from}`);
    await lab.accept(call);
    await sleep(HEALTHY_MS);
    await save(lab, '1-healthy-call');
    await spoilAndHeal(lab, call);
    await hangUpAndFollowTheAlert(lab, call);
    begin('waiting for a colleague in trouble on the page Floor');
    await floor?.waitForColleague();
    begin("waiting for the agent's call on the page Calls");
    await floor?.waitForOwn(call);
    tell(`done: screenshots and the alert are in ${relative(paths.demo)}`);
  } catch (error) {
    if (lab.page)
      await lab.screenshot('failure').then(
        (file) => tell(`screenshot ${relative(file)}`),
        () => {},
      );
    for (const { type, text } of lab.console.all.filter(({ type: kind }) => kind === 'error' || kind === 'pageerror'))
      tell(`the page's console, ${type}: ${text}`);
    throw error;
  } finally {
    await floor?.close();
    await lab.close();
  }
}

/** @param {{plugin?: string, floor?: boolean}} options plugin: path of another bundle; floor: colleagues have calls beside */
export async function scripted({ plugin, floor = false } = {}) {
  process.once('leave', () => process.exit(130));
  try {
    await play({ plugin, floor });
  } catch (error) {
    throw new Error(`The demo failed while ${doing}: ${error.message}`, { cause: error });
  }
}
