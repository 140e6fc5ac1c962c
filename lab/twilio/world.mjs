// The state of the pretended Twilio account: one worker, any number of tasks with their calls.
// The servers beside this file only translate between it and Twilio's protocols. Emits `task` (task) after every change
// of a task's or reservation's status of the worker's, `colleague` (task) after one of the colleague's, `participant` (task, leg)
// and `hangup` (task, by).
import { EventEmitter } from 'node:events';
import { randomBytes } from 'node:crypto';

const hex = (bytes) => randomBytes(bytes).toString('hex');

/** A SID as Twilio writes them: two letters, 32 hexadecimal digits. */
export const makeSid = (prefix) => prefix + hex(16);

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN_LIFETIME_MS = 8 * 3600e3;

/**
 * @typedef {object} Leg a participant of the task's conference
 * @property {'customer'|'worker'|'supervisor'} type
 * @property {string} callSid
 * @property {string} status
 * @property {boolean} hold
 * @property {boolean} muted
 * @property {string} [workerSid] of an agent or a supervisor
 * @property {string} [reservationSid] of an agent
 */

/** @returns {Leg} */
const makeLeg = (type, more) => ({
  type,
  callSid: makeSid('CA'),
  status: 'joined',
  hold: false,
  muted: false,
  ...more,
});

/** A voice task: its reservation, its conference, and both legs of the call. */
class VoiceTask {
  /**
   * The colleague's call that this one is to listen in to.
   * @type {VoiceTask | undefined}
   */
  monitored;

  /**
   * What the browser that makes the call names it by until it has a CallSid.
   * @type {string | undefined}
   */
  connectionId;

  constructor({ from, to, attributes, workerSid, ringing = false }) {
    this.sid = makeSid('WT');
    this.reservationSid = makeSid('WR');
    this.conferenceSid = makeSid('CF');
    this.from = from;
    this.to = to;
    this.createdAt = Date.now();
    this.updatedAt = this.createdAt;
    this.status = 'reserved';
    this.reservationStatus = 'pending';
    this.version = 0;
    this.extraAttributes = attributes;
    this.workerSid = workerSid;
    /** Those of supervisors by their CallSid. @type {{customer: Leg, worker: Leg, colleague?: Leg}} */
    this.legs = {
      customer: makeLeg('customer', ringing && { status: 'ringing' }),
      worker: makeLeg('worker', { workerSid, reservationSid: this.reservationSid }),
    };
  }

  /** The CallSid of the agent's leg: what the Voice SDK knows as `parameters.CallSid`. */
  get callSid() {
    return this.legs.worker.callSid;
  }

  get attributes() {
    const { customer, worker } = this.legs;
    const conference = this.conferenceStarted && {
      conference: { sid: this.conferenceSid, participants: { customer: customer.callSid, worker: worker.callSid } },
    };
    return {
      direction: 'inbound',
      from: this.from,
      to: this.to,
      name: this.from,
      call_sid: customer.callSid,
      ...conference,
      ...this.extraAttributes,
    };
  }

  get conferenceStarted() {
    return this.status !== 'reserved';
  }
}

export class World extends EventEmitter {
  constructor({ account = makeSid('AC') } = {}) {
    super();
    this.sids = {
      account,
      flexInstance: makeSid('GO'),
      workspace: makeSid('WS'),
      workflow: makeSid('WW'),
      queue: makeSid('WQ'),
      voiceChannel: makeSid('TC'),
      flexUser: makeSid('FU'),
      chatService: makeSid('IS'),
      flexService: makeSid('IS'),
      syncService: makeSid('IS'),
    };
    this.activities = [
      { sid: makeSid('WA'), name: 'Available', available: true },
      { sid: makeSid('WA'), name: 'Offline', available: false },
    ];
    this.worker = {
      sid: makeSid('WK'),
      name: 'Robin Agent',
      userName: 'robin@example.com',
      identity: 'robin_40example_2Ecom',
      activity: this.activities[0],
      channelSid: makeSid('WC'),
      roles: ['agent'],
    };
    /** Another agent, whose browser is not in the lab. */
    this.colleague = { sid: makeSid('WK'), name: 'Kim Colleague', identity: 'kim_40example_2Ecom' };
    /** More agents, of whom there is nothing but their names. @type {{sid: string, name: string, identity: string}[]} */
    this.others = [];
    /** The worker's. @type {Map<string, VoiceTask>} */
    this.tasks = new Map();
    /** Those of the colleague, which a supervisor sees. @type {Map<string, VoiceTask>} */
    this.colleaguesTasks = new Map();
    /** Calls that the browser makes by itself, without a task that TaskRouter knows. @type {VoiceTask[]} */
    this.directCalls = [];
  }

  /** A new Flex token for the worker. Unsigned: no stand-in does more than compare it. */
  makeToken() {
    const expiresAt = Date.now() + TOKEN_LIFETIME_MS;
    const header = encode({ alg: 'none', typ: 'JWT' });
    const claims = encode({
      jti: hex(8),
      exp: Math.floor(expiresAt / 1000),
      grants: { identity: this.worker.identity },
    });
    return { token: `${header}.${claims}.unsigned`, expiresAt };
  }

  /**
   * A caller dials in and the call is offered to the worker.
   * @param {{from?: string, to?: string, attributes?: object, ringing?: boolean}} [call] ringing: somebody was dialled, and
   *   has not answered
   */
  offerCall({ from = '+12025550123', to = '+12025550199', attributes = {}, ringing } = {}) {
    const task = new VoiceTask({ from, to, attributes, ringing, workerSid: this.worker.sid });
    this.tasks.set(task.sid, task);
    this.emit('task', task);
    return task;
  }

  /** The browser calls somebody with the Voice SDK's own `connect`. */
  dialDirectly(to = '+12025550123') {
    return this.#direct({ from: `client:${this.worker.identity}`, to });
  }

  /**
   * A browser calls a TwiML app.
   * @param {{identity: string, app: string, connectionId: string}} what connectionId: how the browser calls it until it has
   *   a CallSid
   */
  callApp({ identity, app, connectionId }) {
    return Object.assign(this.#direct({ from: `client:${identity}`, to: app }), { connectionId });
  }

  /** A call of the worker's that no task of theirs is about. */
  #direct(parties) {
    const call = new VoiceTask({ ...parties, attributes: {}, workerSid: this.worker.sid });
    call.reservationStatus = 'accepted';
    this.directCalls.push(call);
    return call;
  }

  /** The colleague talks with a customer. */
  callColleague({ from = '+12025550125', to = '+12025550199' } = {}) {
    const task = new VoiceTask({ from, to, attributes: {}, workerSid: this.colleague.sid });
    Object.assign(task, { status: 'assigned', reservationStatus: 'accepted' });
    this.colleaguesTasks.set(task.sid, task);
    this.emit('colleague', task);
    return task;
  }

  /**
   * The worker, a supervisor, asks to monitor the colleague's call.
   * @returns {VoiceTask & {monitored: VoiceTask}} the call that TaskRouter makes to the supervisor for that
   */
  superviseCall(task) {
    return Object.assign(this.#direct({ from: task.to, to: `client:${this.worker.identity}` }), { monitored: task });
  }

  /** A call of `superviseCall` was answered: the supervisor is in the conference, muted. */
  joinMonitored({ monitored, callSid }) {
    monitored.legs[callSid] = makeLeg('supervisor', { callSid, workerSid: this.worker.sid, muted: true });
    this.emit('participant', monitored, monitored.legs[callSid]);
  }

  /** The colleague's call is over. */
  endColleaguesCall(task) {
    for (const name of Object.keys(task.legs)) this.updateParticipant(task, name, { status: 'left' });
    Object.assign(task, { status: 'wrapping', reservationStatus: 'wrapping' });
    this.emit('colleague', task);
  }

  /** Who was dialled answers, and is in the conference. */
  answer(task) {
    this.updateParticipant(task, 'customer', { status: 'joined' });
  }

  /** A colleague is consulted: another worker joins the conference. */
  consult(task) {
    task.legs.colleague = makeLeg('worker', { workerSid: this.colleague.sid, reservationSid: makeSid('WR') });
    this.emit('participant', task, task.legs.colleague);
  }

  /** @param {'accepted'|'wrapping'|'completed'|'canceled'|'rejected'|'rescinded'} reservationStatus */
  advance(task, reservationStatus) {
    if (task.reservationStatus === reservationStatus) return;
    const statusOfTask = { accepted: 'assigned', wrapping: 'wrapping', completed: 'completed' };
    task.reservationStatus = reservationStatus;
    task.status = statusOfTask[reservationStatus] ?? 'canceled';
    task.updatedAt = Date.now();
    task.version += 1;
    this.emit('task', task);
  }

  /** Conference state that Flex keeps: hold and mute of a participant. */
  updateParticipant(task, name, change) {
    const leg = task.legs[name];
    Object.assign(leg, change);
    this.emit('participant', task, leg);
  }

  /** The call is over, whoever ended it; the agent goes to wrap-up. */
  endCall(task, by) {
    if (task.reservationStatus !== 'accepted') return;
    if (this.directCalls.includes(task)) {
      task.reservationStatus = 'completed';
      if (task.monitored?.legs[task.callSid]) this.updateParticipant(task.monitored, task.callSid, { status: 'left' });
      this.emit('hangup', task, by);
      return;
    }
    for (const type of Object.keys(task.legs)) this.updateParticipant(task, type, { status: 'left' });
    this.emit('hangup', task, by);
    this.advance(task, 'wrapping');
  }

  taskOfCall(callSid) {
    return [...this.tasks.values(), ...this.directCalls].find(
      (task) => task.callSid === callSid || (callSid && task.connectionId === callSid),
    );
  }

  taskOfReservation(sid) {
    return this.allTasks().find((task) => task.reservationSid === sid);
  }

  /** The worker's and the colleague's. */
  allTasks() {
    return [...this.tasks.values(), ...this.colleaguesTasks.values()];
  }

  /** Those the worker still has to do with. */
  openTasks() {
    return [...this.tasks.values()].filter((task) =>
      ['pending', 'accepted', 'wrapping'].includes(task.reservationStatus),
    );
  }
}
