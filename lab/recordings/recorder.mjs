// Plays a scenario with a real call in the real Flex UI, without the plugin, and writes down what was witnessed.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, plugNetwork } from '../network/namespace.mjs';
import { isRelayed, startTurn } from '../network/turn.mjs';
import { microphoneFile } from '../page/browser.mjs';
import { Lab } from '../page/driver.mjs';
import { SoundServer } from '../page/sound-server.mjs';
import { throttleCpu } from '../page/throttle-cpu.mjs';
import { stopSound } from '../page/stop-audio-service.mjs';
import { paths } from '../paths.mjs';
import { openInternals, saveDumps } from './dumps.mjs';
import { concealmentBetween } from './concealed-sound.mjs';
import { LONG_SECONDS, linesOf } from './lines.mjs';
import { actionText, timeline } from './timeline.mjs';

/** The relay's first count also holds what passed before the call was accepted. */
const FIRST_WHOLE_SECOND_MS = 900;
/** Firefox sends its first packet up to a fifth of a second later. */
const FIRST_WHOLE_SECOND_IN_FIREFOX_MS = 1900;
/** Percent of a processor on which a browser plays some three quarters of a call's sound. */
const STARVED_PERCENT = 15;
/** An error may be told after the end that it caused. */
const AFTERWARDS_MS = 500;

/** @typedef {Lab & {networks?: import('./scenarios.mjs').Scenario['networks'], soundServer?: SoundServer, feed?: () => unknown}} Studio a lab and what a scenario needs besides */

/**
 * What the steps of a timeline do in the lab. Each says by itself when it is done.
 * @type {Record<string, (lab: Studio, task: object, action: import('./timeline.mjs').Action) => unknown>}
 */
const STEP_ACTIONS = {
  network: (lab, task, { state }) => {
    lab.spoil(task, 'up', state.up);
    lab.spoil(task, 'down', state.down);
  },
  customer: (lab, _task, { value }) => lab.farEnd.sound(value),
  microphone: (lab, _task, { on, label, value }) => {
    if (label === 'microphone muted by the system') return lab.soundServer.muteMicrophone(on);
    if (label === 'microphone unplugged') return on ? lab.unplugMicrophone() : lab.plugMicrophone();
    return lab.silenceMicrophone(value !== 'on');
  },
  mute: (lab, task, { value }) => lab.mute(task, value),
  hold: (lab, task, { value }) => lab.hold(task, value),
  computer: async (lab, _task, { on, label }) => {
    if (label === 'computer under pressure') return lab.press(on ? 'critical' : 'nominal');
    if (!on) return lab.feed();
    lab.feed = await (label === 'browser without sound'
      ? stopSound(lab.browser)
      : throttleCpu(lab.browser, STARVED_PERCENT));
    return undefined;
  },
  cable: (lab, _task, { on }) => plugNetwork(lab.networks[0], !on),
  busy: (lab, _task, { value }) => lab.keepBusy(value),
};

/**
 * One call, from ringing to its end.
 * @param {import('../page/driver.mjs').Lab} lab
 * @param {import('./scenarios.mjs').CallOf} call
 * @param {import('./scenarios.mjs').Scenario['customer']} customer
 * @param {(line: object) => void} tell
 * @param {() => Promise<unknown>} atTheEnd what is to be done before anybody hangs up
 * @returns {Promise<{callSid: string, acceptedAt: number, endedAt: number}>}
 */
async function take(lab, { seconds, steps, hangUp }, customer, tell, atTheEnd) {
  await lab.farEnd.sound(customer);
  const task = await lab.callIn();
  const { callSid } = task;
  const has = (type) => (event) => event.type === type && event.callSid === callSid;
  const over = lab.sdk.waitFor('the end of the call', has('disconnect'), { timeoutMs: (seconds + 120) * 1000 });
  over.catch(() => {}); // looked at below, unless something else fails first
  const onScreen = lab.accept(task);
  onScreen.catch(() => {});
  const { at: acceptedAt } = await lab.sdk.waitFor('the accepted call', has('accept'), { timeoutMs: 30_000 });
  const ended = over.then(() => true);
  ended.catch(() => {});
  const untilMs = (ms) => Promise.race([ended, sleep(Math.max(0, acceptedAt + ms - Date.now())).then(() => false)]);

  for (const action of timeline(steps, seconds * 1000, customer)) {
    if (await untilMs(action.at)) break;
    const { what, on, label, network = null, value } = action;
    // Not awaited before the time is taken: what is done to a network or a sound holds at once, a click does not.
    const performed = STEP_ACTIONS[what](lab, task, action);
    if (['mute', 'hold'].includes(what)) await performed;
    const at = Date.now();
    if (what === 'hold') tell({ at, type: 'hold', callSid, held: value });
    tell({ at, type: 'truth', callSid, on, label, network, action: actionText(action) });
    await performed;
  }
  if (!(await untilMs(seconds * 1000))) {
    await onScreen;
    await atTheEnd();
    await lab.hangUp(task, hangUp);
  }
  const { at: endedAt } = await over;
  await sleep(AFTERWARDS_MS);
  await lab.complete(task);
  return { callSid, acceptedAt, endedAt };
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @returns {Promise<{lines: string[], dumps: Record<string, Buffer>}>} the recording's lines, and what is beside it
 */
export async function record({
  name,
  description,
  heldOut,
  cause,
  networks,
  relay,
  browser,
  codec,
  silence,
  microphone,
  customer,
  dumpEvery,
  calls,
}) {
  const closers = [];
  const isHeard = customer === 'test signal';
  const isPressed = calls.some(({ steps }) => steps.some(({ computer }) => computer === 'pressed'));
  /** @type {any} */
  let lab;
  try {
    /** @type {any} */
    const options = {};
    // Firefox's own fake microphone does not speak.
    const isOfSystem = microphone === 'of the system' || browser === 'firefox';
    if (isOfSystem) {
      const soundServer = await SoundServer.start(await microphoneFile('speech'));
      closers.push(() => soundServer.close());
      Object.assign(options, { microphone: 'real', browserEnv: soundServer.env, soundServer });
    }
    if (networks) {
      const addresses = networks.map(addressOf);
      options.near = (address) => addresses.includes(address);
    }
    if (browser) options.engine = browser;
    let turn;
    if (relay) {
      turn = await startTurn();
      closers.push(turn.stop);
      options.near = isRelayed;
    }
    const apart =
      isOfSystem || dumpEvery !== undefined || calls.some(({ steps }) => steps.some(({ computer }) => computer));
    lab = await Lab.start({ plugin: null, functions: false, apart, microphone, ...options });
    Object.assign(lab, { networks, soundServer: options.soundServer });
    lab.farEnd.silence = { dtx: silence === 'dtx', comfortNoise: silence === 'comfort noise' };
    const codecPreferences = codec === 'opus' ? ['opus', 'pcmu'] : ['pcmu', 'opus'];
    await lab.boot({
      flexConfig: { sdkOptions: { voice: { codecPreferences } } },
      beforeFlex: [
        ...['statistics.js', 'signals.js', ...(isHeard ? ['playout-recorder.js'] : [])].map((script) => ({
          path: path.join(paths.lab, 'page', script),
        })),
        ...(turn ? [{ content: throughRelay(relay, turn.iceServer) }] : []),
      ],
    });
    const told = [];
    const sidOf = (taskSid) => lab.world.tasks.get(taskSid).callSid;
    lab.truth.on('entry', ({ task, down, up }) =>
      told.push({ at: Date.now(), type: 'truth-second', callSid: sidOf(task), down, up }),
    );

    if (isPressed) await lab.press('nominal');
    const internals = dumpEvery && (await openInternals(lab.browser, dumpEvery));
    /** @type {Record<string, Buffer>} */
    let dumps = {};
    const atTheEnd = async () => {
      if (internals) dumps = await saveDumps(internals);
    };
    const startedAt = Date.now();
    const taken = [];
    for (const call of calls) taken.push(await take(lab, call, customer, (event) => told.push(event), atTheEnd));
    if (isHeard) {
      const { callSid } = taken[0];
      const readings = lab.sdk.all.filter(({ type }) => type === 'stats').map(({ at }) => at);
      const heard = concealmentBetween(await lab.page.evaluate(() => window.labEar.take()), readings);
      told.push(...heard.map((second) => ({ ...second, type: 'truth-sound', callSid })));
    }
    // Flex itself fails to catch one when a microphone is pulled.
    for (const { text } of lab.pageErrors()) console.log(`  ${name}: Flex's page says "${text.split('\n', 1)[0]}"`);

    const firstWholeSecondMs = browser === 'firefox' ? FIRST_WHOLE_SECOND_IN_FIREFOX_MS : FIRST_WHOLE_SECOND_MS;
    const wholeSecond = ({ at, callSid, type }) => {
      const { acceptedAt, endedAt } = taken.find((call) => call.callSid === callSid);
      return type !== 'truth-second' || (at >= acceptedAt + firstWholeSecondMs && at <= endedAt);
    };
    const header = {
      name,
      description,
      ...(heldOut && { heldOut }),
      ...(cause !== undefined && { cause }),
      sdk: `@twilio/voice-sdk ${lab.flexBundle.voiceSdkVersion}`,
      browser: `${browser === 'firefox' ? 'Firefox' : 'Chromium'} ${lab.browser.version()}`,
    };
    const isLong = calls.some(({ seconds }) => seconds > LONG_SECONDS);
    const events = [...lab.sdk.all, ...told.filter(wholeSecond)];
    return { lines: linesOf({ header, events, calls: taken, startedAt, isLong }), dumps };
  } finally {
    await lab?.close();
    for (const close of closers.reverse()) await close();
  }
}

/**
 * A script that has the page's connections take a relay over TCP.
 * @param {'forced' | 'asked for'} kind forced: nothing else passes; asked for: the page wants no other path
 * @param {RTCIceServer} iceServer
 */
const throughRelay = (kind, iceServer) => `{
  const Connection = RTCPeerConnection;
  const more = ${JSON.stringify({ iceServers: [iceServer], ...(kind === 'asked for' && { iceTransportPolicy: 'relay' }) })};
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration) {
      super({ ...configuration, ...more });
    }
  };
}`;
