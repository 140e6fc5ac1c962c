// What one person does in the lab and what comes of it: the panel's commands, and everything the panel shows.
import { EventEmitter } from 'node:events';
import { presets } from '../network/presets.mjs';
import { Reports } from './reports.mjs';
import {
  FUNCTION_SENTENCES,
  MICROPHONE_SENTENCES,
  TASK_SENTENCES,
  describeImpairment,
  phoneNumber,
  sdkSentence,
} from './words.mjs';

const CALLERS = ['+12025550123', '+12025550147', '+12025550162', '+12025550188'];
const LOOK_MS = 400;
const STORY_LENGTH = 80;
const HISTORY_SECONDS = 45;
const HEALTHY = { preset: 'healthy', up: {}, down: {} };
const CALL_OVER = new Set(['disconnect', 'cancel', 'reject']);

/** Emits `change` when there is something new to show. */
export class Session extends EventEmitter {
  #lab;
  #calls = new Map(); // task sid -> what is known about its call
  #story = [];
  /** @type {{notices: {text: string}[], toasts: string[], microphone: string, selected?: string}} */
  #view = { notices: [], toasts: [], microphone: 'on', selected: undefined };
  #callers = 0;
  #reports;
  #looking;
  /** Whether Flex is up. */
  ready = false;

  /** @param {import('../page/driver.mjs').Lab} lab */
  constructor(lab) {
    super();
    this.#lab = lab;
    this.#reports = new Reports(lab, {
      tell: (text, tone, callSid) => this.#tell(text, tone, this.#byCallSid(callSid)),
      numberOf: (callSid) => phoneNumber(this.#byCallSid(callSid)?.task.from ?? ''),
    });
    lab.world.on('task', (task) => this.#taskChanged(task));
    lab.world.on('participant', (task, leg) => this.#participantChanged(task, leg));
    lab.sdk.on('entry', (event) => this.#sdkSaid(event));
    lab.truth.on('entry', (second) => this.#secondPassed(second));
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  close() {
    clearInterval(this.#looking);
  }

  flexIsUp() {
    this.ready = true;
    this.#tell('Flex is up, the agent is signed in');
  }

  /** The panel's commands. An error's message goes back to the panel. */
  commands = {
    callIn: () => {
      this.#lab.world.offerCall({ from: CALLERS[this.#callers % CALLERS.length] });
      this.#callers += 1;
    },
    answer: async (sid) => {
      const { task } = this.#of(sid);
      const other = [...this.#calls.values()].some(
        (call) => call.task !== task && call.task.reservationStatus === 'accepted',
      );
      await this.#act('SelectTask', task);
      const accepting = this.#act('AcceptTask', task);
      // Flex asks first, and its action is only done when it has its answer.
      if (other) await this.#lab.acceptEndingTheOther();
      await accepting;
    },
    decline: (sid) => this.#act('RejectTask', this.#of(sid).task),
    hold: (sid, held) => this.#act(held ? 'HoldCall' : 'UnholdCall', this.#of(sid).task),
    mute: async (sid, muted) => {
      if (this.#of(sid).muted !== muted) await this.#act('ToggleMute', this.#of(sid).task);
    },
    hangUp: (sid) => this.#act('HangupCall', this.#of(sid).task),
    customerHangsUp: (sid) => this.#lab.world.endCall(this.#of(sid).task, 'customer'),
    complete: (sid) => this.#lab.world.advance(this.#of(sid).task, 'completed'),
    show: (sid) => this.#act('SelectTask', this.#of(sid).task),
    preset: (sid, name) => this.#setNetwork(this.#of(sid), { preset: name, ...presets[name] }),
    impair: (sid, direction, impairment) => {
      const call = this.#of(sid);
      this.#setNetwork(call, { ...call.network, preset: undefined, [direction]: impairment });
    },
    microphone: async (state) => {
      if (state === 'unplugged') await this.#lab.unplugMicrophone();
      else {
        if (this.#view.microphone === 'unplugged') await this.#lab.plugMicrophone();
        await this.#lab.silenceMicrophone(state === 'silent');
      }
      this.#tell(MICROPHONE_SENTENCES[state], state === 'on' ? 'good' : 'bad');
    },
    function: (state) => {
      if (state === 'works') this.#lab.mendFunction();
      else this.#lab.breakFunction(state);
      this.#tell(FUNCTION_SENTENCES[state], state === 'works' ? 'good' : 'bad');
    },
  };

  /** Everything the panel shows, as plain data. */
  snapshot() {
    return {
      now: Date.now(),
      ready: this.ready,
      calls: [...this.#calls.values()].map((call) => this.#describe(call)).reverse(),
      presets: Object.entries(presets).map(([name, { up, down }]) => ({ name, words: presetWords(up, down) })),
      view: this.#view,
      microphone: this.#view.microphone,
      function: this.#lab.breakableFunction?.fault ?? 'works',
      reports: this.#reports.all(),
      story: this.#story,
    };
  }

  #describe({ task, network, muted, startedAt, endedAt, sample, warnings, connection, seconds }) {
    return {
      sid: task.sid,
      from: phoneNumber(task.from),
      status: task.reservationStatus,
      held: task.legs.customer.hold,
      muted,
      startedAt,
      endedAt,
      shown: this.#view.selected === task.reservationSid,
      sample,
      warnings: [...warnings],
      connection,
      seconds,
      network: { ...network, words: { up: describeImpairment(network.up), down: describeImpairment(network.down) } },
    };
  }

  #of(sid) {
    const call = this.#calls.get(sid);
    if (!call) throw new Error('that call is no longer there');
    return call;
  }

  #byCallSid(callSid) {
    return [...this.#calls.values()].find(({ task }) => task.callSid === callSid);
  }

  /** An action of Flex's own, as its buttons invoke it. */
  async #act(action, task) {
    await this.#lab.page.evaluate(
      ([name, sid]) => window.Twilio.Flex.Actions.invokeAction(name, { sid }),
      [action, task.reservationSid],
    );
  }

  #setNetwork(call, network) {
    call.network = network;
    this.#applyNetwork(call);
    const words = network.preset
      ? `"${network.preset}"`
      : `to the agent ${describeImpairment(network.down)}; to the customer ${describeImpairment(network.up)}`;
    this.#tell(`The network becomes ${words}`, network.preset === 'healthy' ? 'good' : 'bad', call, 'network');
  }

  /** A call has a relay only from its invite to its end; what is chosen before is kept for it. */
  #applyNetwork({ task, network }) {
    if (!this.#lab.farEnd.hasRelay(task)) return;
    this.#lab.spoil(task, 'up', network.up);
    this.#lab.spoil(task, 'down', network.down);
  }

  #taskChanged(task) {
    const status = task.reservationStatus;
    if (!this.#calls.has(task.sid)) {
      this.#calls.set(task.sid, { task, network: HEALTHY, muted: false, warnings: new Set(), seconds: [] });
    }
    const call = this.#calls.get(task.sid);
    if (status === 'accepted') call.startedAt ??= Date.now();
    else if (call.startedAt) call.endedAt ??= Date.now();
    this.#tell(TASK_SENTENCES[status] ?? `The task is ${status}`, undefined, call);
    if (!['pending', 'accepted', 'wrapping'].includes(status)) call.gone = true;
    this.#forgetOldCalls();
  }

  /** The last completed call stays in sight until there is another one to look at. */
  #forgetOldCalls() {
    const open = [...this.#calls.values()].filter(({ gone }) => !gone);
    if (open.length) for (const [sid, { gone }] of this.#calls) if (gone) this.#calls.delete(sid);
  }

  #participantChanged(task, leg) {
    const call = this.#calls.get(task.sid);
    if (!call || leg.type !== 'customer' || leg.status !== 'joined' || call.held === leg.hold) return;
    call.held = leg.hold;
    this.#tell(leg.hold ? 'The customer is on hold' : 'The customer is back from hold', undefined, call);
  }

  #sdkSaid(event) {
    const call = this.#byCallSid(event.callSid);
    if (!call) return;
    if (event.type === 'incoming') this.#applyNetwork(call);
    if (event.type === 'sample') call.sample = event.sample;
    if (event.type === 'warning') call.warnings.add(event.name);
    if (event.type === 'warning-cleared') call.warnings.delete(event.name);
    if (event.type === 'mute') call.muted = event.muted;
    if (event.type === 'accept' || event.type === 'reconnected') call.connection = 'connected';
    if (event.type === 'reconnecting') call.connection = 'reconnecting';
    if (CALL_OVER.has(event.type)) {
      call.connection = 'over';
      call.warnings.clear();
    }
    const sentence = sdkSentence(event);
    if (sentence)
      this.#tell(
        sentence,
        event.type === 'warning' || event.type === 'reconnecting' || event.type === 'error' ? 'bad' : undefined,
        call,
      );
    else if (event.type === 'sample') this.emit('change');
  }

  #secondPassed({ task, up, down }) {
    const call = this.#calls.get(task);
    if (!call) return;
    call.seconds = [...call.seconds, { up, down }].slice(-HISTORY_SECONDS);
    this.emit('change');
  }

  /** Looks over the agent's shoulder. Flex may be loading: then there is nothing to see. */
  async #look() {
    if (!this.ready) return;
    const before = this.#view;
    const view = await this.#lab.page.evaluate(() => window.labWhatAgentSees?.()).catch(() => undefined);
    if (!view) return;
    this.#view = view;
    const textOf = ({ notices }) => notices[0]?.text ?? '';
    if (textOf(view) !== textOf(before))
      this.#tell(textOf(view) ? `Flex shows the agent: ${textOf(view)}` : 'The notice in Flex is gone', 'agent');
    for (const text of view.toasts)
      if (!before.toasts.includes(text)) this.#tell(`Flex notification: ${text}`, 'agent');
    if (JSON.stringify(view) !== JSON.stringify(before)) this.emit('change');
  }

  /** @param {string} [kind] of which only the latest in a row is kept, as a slider makes many */
  #tell(text, tone, call, kind) {
    const last = this.#story[0];
    if (kind && last?.kind === kind && last.sid === call?.task.sid) this.#story.shift();
    this.#story = [
      { at: Date.now(), text, tone, kind, sid: call?.task.sid, from: call && phoneNumber(call.task.from) },
      ...this.#story,
    ].slice(0, STORY_LENGTH);
    this.emit('change');
  }
}

function presetWords(up, down) {
  const [toCustomer, toAgent] = [describeImpairment(up), describeImpairment(down)];
  return toCustomer === toAgent ? `both ways: ${toAgent}` : `to the agent: ${toAgent}; to the customer: ${toCustomer}`;
}
