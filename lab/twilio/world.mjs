// The state of the pretended Twilio account: one worker, any number of tasks with their calls.
// The servers beside this file only translate between it and Twilio's protocols. Emits `task` (task) after every change
// of a task's or reservation's status, `participant` (task, leg) and `hangup` (task, by).
import { EventEmitter } from 'node:events';
import { randomBytes } from 'node:crypto';

const hex = (bytes) => randomBytes(bytes).toString('hex');

/** A SID as Twilio writes them: two letters, 32 hexadecimal digits. */
export const makeSid = (prefix) => prefix + hex(16);

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN_LIFETIME_MS = 8 * 3600e3;

/**
 * @typedef {object} Leg a participant of the task's conference
 * @property {'customer'|'worker'} type
 * @property {string} callSid
 * @property {string} status
 * @property {boolean} hold
 * @property {boolean} muted
 */

const makeLeg = (type) => ({ type, callSid: makeSid('CA'), status: 'joined', hold: false, muted: false });

/** A voice task: its reservation, its conference, and both legs of the call. */
class VoiceTask {
  constructor({ from, to, attributes }) {
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
    /** @type {{customer: Leg, worker: Leg, colleague?: Leg}} */
    this.legs = { customer: makeLeg('customer'), worker: makeLeg('worker') };
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
    return { direction: 'inbound', from: this.from, to: this.to, name: this.from, call_sid: customer.callSid, ...conference, ...this.extraAttributes };
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
    /** @type {Map<string, VoiceTask>} */
    this.tasks = new Map();
    /** Calls that the browser makes by itself, without a task that TaskRouter knows. @type {VoiceTask[]} */
    this.directCalls = [];
  }

  /** A new Flex token for the worker. Unsigned: no stand-in does more than compare it. */
  makeToken() {
    const expiresAt = Date.now() + TOKEN_LIFETIME_MS;
    const header = encode({ alg: 'none', typ: 'JWT' });
    const claims = encode({ jti: hex(8), exp: Math.floor(expiresAt / 1000), grants: { identity: this.worker.identity } });
    return { token: `${header}.${claims}.unsigned`, expiresAt };
  }

  /** A caller dials in and the call is offered to the worker. */
  offerCall({ from = '+15550100123', to = '+15550100199', attributes = {} } = {}) {
    const task = new VoiceTask({ from, to, attributes });
    this.tasks.set(task.sid, task);
    this.emit('task', task);
    return task;
  }

  /** The browser calls somebody with the Voice SDK's own `connect`. */
  dialDirectly(to = '+15550100123') {
    const call = new VoiceTask({ from: `client:${this.worker.identity}`, to, attributes: {} });
    call.reservationStatus = 'accepted';
    this.directCalls.push(call);
    return call;
  }

  /** A colleague is consulted: another worker joins the conference. */
  consult(task) {
    task.legs.colleague = makeLeg('worker');
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
  updateParticipant(task, type, change) {
    const leg = task.legs[type];
    Object.assign(leg, change);
    this.emit('participant', task, leg);
  }

  /** The call is over, whoever ended it; the agent goes to wrap-up. */
  endCall(task, by) {
    if (task.reservationStatus !== 'accepted') return;
    if (this.directCalls.includes(task)) {
      task.reservationStatus = 'completed';
      this.emit('hangup', task, by);
      return;
    }
    for (const type of Object.keys(task.legs)) this.updateParticipant(task, type, { status: 'left' });
    this.emit('hangup', task, by);
    this.advance(task, 'wrapping');
  }

  taskOfCall(callSid) {
    return [...this.tasks.values(), ...this.directCalls].find((task) => task.callSid === callSid);
  }

  taskOfReservation(sid) {
    return [...this.tasks.values()].find((task) => task.reservationSid === sid);
  }

  /** Those the worker still has to do with. */
  openTasks() {
    return [...this.tasks.values()].filter((task) => ['pending', 'accepted', 'wrapping'].includes(task.reservationStatus));
  }
}
