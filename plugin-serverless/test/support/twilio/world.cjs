'use strict';
/** What Twilio knows: the state behind the stand-in of its API, and how a test puts calls and tasks into it. */

const { FlexConfiguration } = require('./flex-configuration.cjs');
const { makeSid } = require('./sids.cjs');
const { SyncMaps } = require('./sync-maps.cjs');

const WORKSPACE_SID = 'WS00000000000000000000000000000001';
/** The Sync service that `npm run set-up` has made long ago. */
const CLAIMS_SERVICE_SID = 'IS00000000000000000000000000000001';
const CLAIMS_SERVICE_NAME = 'Device Monitoring';
/** The one that `npm run set-up -- --floor` has made. */
const FLOOR_SERVICE_SID = 'IS00000000000000000000000000000002';
const FLOOR_SERVICE_NAME = 'Device Monitoring floor';
const LONG_AGO_MS = 60 * 86_400_000;
// A customer waits before an agent is there.
const AGENT_MS = 60_000;
const CUSTOMER_MS = 80_000;

class World {
  constructor(accountSid) {
    this.accountSid = accountSid;
    this.reset();
  }

  reset() {
    /** sid → {sid, accountSid, from, to, direction, status, startTime, endTime, parentCallSid} */
    this.calls = new Map();
    /** sid → {sid, friendlyName, status, callSids, inInsights}; `inInsights`: Voice Insights has its record */
    this.conferences = new Map();
    /** sid → {sid, attributes (JSON, as it was written), version, reservations: [{sid, workerSid, status}]} */
    this.tasks = new Map();
    /** sid → {sid, uniqueName, friendlyName, aclEnabled, dateCreated, documents, maps}; `documents`: unique name → {uniqueName, revision, data, expires} */
    this.services = new Map();
    this.addSyncService({ uniqueName: 'default', friendlyName: 'Default Service', createdAgoMs: LONG_AGO_MS });
    this.addSyncService({
      sid: CLAIMS_SERVICE_SID,
      friendlyName: CLAIMS_SERVICE_NAME,
      aclEnabled: true,
      createdAgoMs: LONG_AGO_MS,
    });
    this.addSyncService({
      sid: FLOOR_SERVICE_SID,
      friendlyName: FLOOR_SERVICE_NAME,
      aclEnabled: true,
      createdAgoMs: LONG_AGO_MS,
    });
    /** sid → {sid, attributes (JSON)} of TaskRouter's workers */
    this.workers = new Map();
    /** [{sid, friendlyName}] API keys that were made */
    this.keys = [];
    /** TaskRouter's events: [{eventType, actorType, taskSid, workerSid, date, data}] */
    this.events = [];
    /** Whether a call is found by its SID in capitals as well: Twilio does not say. */
    this.findsAnyCase = false;
    /** CallSid → {quality_issues, connectivity_issue, comment} */
    this.annotations = new Map();
    /** [{sid, to, from, messagingServiceSid, body}] as they were sent */
    this.messages = [];
    this.flexConfiguration = new FlexConfiguration(this.accountSid);
  }

  /** The documents of the service that claims lie in. */
  get documents() {
    return this.services.get(CLAIMS_SERVICE_SID).documents;
  }

  /** The maps of that service. */
  get claimsMaps() {
    return this.services.get(CLAIMS_SERVICE_SID).maps;
  }

  /** The maps of the service that cards and beats lie in. */
  get floor() {
    return this.services.get(FLOOR_SERVICE_SID).maps;
  }

  /** @returns {object | undefined} the service of this SID, or of this unique name */
  serviceOf(name) {
    return this.services.get(name) ?? [...this.services.values()].find(({ uniqueName }) => uniqueName === name);
  }

  addSyncService({
    sid = makeSid('IS'),
    uniqueName = null,
    friendlyName = null,
    aclEnabled = false,
    createdAgoMs = 0,
  }) {
    const service = {
      sid,
      uniqueName,
      friendlyName,
      aclEnabled,
      dateCreated: new Date(Date.now() - createdAgoMs),
      documents: new Map(),
      maps: new SyncMaps(),
    };
    this.services.set(sid, service);
    return service;
  }

  callOf(sid) {
    const same = (one) => one === sid || (this.findsAnyCase && one.toLowerCase() === sid.toLowerCase());
    return [...this.calls.values()].find((call) => same(call.sid));
  }

  /**
   * @param {object} options
   * @param {string} [options.sid]
   * @param {string} [options.accountSid]
   * @param {string} [options.direction]
   * @param {string} [options.from]
   * @param {string} options.to
   * @param {number | null} [options.endedAgoMs] null for one that goes on
   * @param {number} [options.durationMs]
   * @param {string | null} [options.parentCallSid]
   * @param {string} [options.status] of one that nobody answered, which has no times
   */
  addCall({
    sid = makeSid('CA'),
    accountSid = this.accountSid,
    direction = 'outbound-api',
    from = '+12025550199',
    to,
    endedAgoMs = 1_000,
    durationMs = AGENT_MS,
    parentCallSid = null,
    status,
  }) {
    const endTime = endedAgoMs === null || status ? null : new Date(Date.now() - endedAgoMs);
    const startTime = status ? null : new Date((endTime ?? new Date()).getTime() - durationMs);
    const call = {
      sid,
      accountSid,
      from,
      to,
      direction,
      status: status ?? (endTime ? 'completed' : 'in-progress'),
      startTime,
      endTime,
      parentCallSid,
    };
    this.calls.set(sid, call);
    return call;
  }

  addConference({ sid = makeSid('CF'), friendlyName = null, callSids, status = 'completed', inInsights = true }) {
    const conference = { sid, friendlyName, callSids, status, inInsights };
    this.conferences.set(sid, conference);
    return conference;
  }

  addTask({ sid = makeSid('WT'), attributes = {}, workerSid, status = 'wrapping' }) {
    const task = {
      sid,
      attributes: JSON.stringify(attributes),
      version: 0,
      reservations: workerSid ? [{ sid: makeSid('WR'), workerSid, status }] : [],
    };
    this.tasks.set(sid, task);
    return task;
  }

  addWorker({ sid, attributes = {} }) {
    const worker = { sid, attributes: JSON.stringify(attributes) };
    this.workers.set(sid, worker);
    return worker;
  }

  addEvent({ eventType, actorType = 'workspace', taskSid, workerSid = null, agoMs = 0, data = {} }) {
    this.events.push({
      eventType,
      actorType,
      taskSid,
      workerSid,
      date: new Date(Date.now() - agoMs),
      data: { task_sid: taskSid, ...(workerSid && { worker_sid: workerSid }), ...data },
    });
  }

  /**
   * A call as Flex makes it: the customer and the agent, each with a leg, in a conference that is named after the task.
   *
   * @param {object} options
   * @param {string} options.identity the agent's, as Flex writes it in `client:` addresses
   * @param {string} options.workerSid
   * @param {string} [options.customer] the customer's number
   * @param {string} [options.callSid] of the agent's leg
   * @param {string} [options.taskSid]
   * @param {string} [options.conferenceSid]
   * @param {boolean} [options.outbound] the agent called the customer
   * @param {boolean} [options.live] the conference goes on
   * @param {boolean} [options.inInsights] Voice Insights has the conference's record
   * @param {number} [options.endedAgoMs]
   * @param {string} [options.accountSid]
   * @returns {{agent: object, customer: object, conference: object, task: object}}
   */
  addFlexCall({
    identity,
    workerSid,
    customer = '+12025550123',
    callSid,
    taskSid,
    conferenceSid,
    outbound = false,
    live = false,
    inInsights = true,
    endedAgoMs = 1_000,
    accountSid,
  }) {
    const ended = live ? null : endedAgoMs;
    const agent = this.addCall({ sid: callSid, accountSid, to: `client:${identity}`, endedAgoMs: ended });
    const other = outbound
      ? this.addCall({ accountSid, to: customer, endedAgoMs: ended, durationMs: CUSTOMER_MS })
      : this.addCall({
          accountSid,
          direction: 'inbound',
          from: customer,
          to: '+12025550199',
          endedAgoMs: ended,
          durationMs: CUSTOMER_MS,
        });
    const attributes = { direction: outbound ? 'outbound' : 'inbound', from: customer, call_sid: other.sid };
    const task = this.addTask({ sid: taskSid, attributes, workerSid });
    const agoMs = (ended ?? 0) + AGENT_MS;
    this.addEvent({
      eventType: 'task.created',
      actorType: outbound ? 'worker' : 'workspace',
      taskSid: task.sid,
      agoMs,
      data: { task_attributes: JSON.stringify(attributes) },
    });
    this.addEvent({ eventType: 'reservation.accepted', actorType: 'worker', taskSid: task.sid, workerSid, agoMs });
    const conference = this.addConference({
      sid: conferenceSid,
      friendlyName: task.sid,
      callSids: [other.sid, agent.sid],
      status: live ? 'in-progress' : 'completed',
      inInsights,
    });
    return { agent, customer: other, conference, task };
  }
}

module.exports = {
  CLAIMS_SERVICE_NAME,
  CLAIMS_SERVICE_SID,
  FLOOR_SERVICE_NAME,
  FLOOR_SERVICE_SID,
  WORKSPACE_SID,
  World,
  makeSid,
};
