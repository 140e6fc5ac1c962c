'use strict';
/** What Twilio knows: the state behind the stand-in of its API, and how a test puts calls and tasks into it. */

const WORKSPACE_SID = 'WS00000000000000000000000000000001';

let last = 0;
/** A SID as Twilio writes them, never the same twice. */
const makeSid = (prefix) => `${prefix}${(last += 1).toString(16).padStart(8, '0')}${'5'.repeat(24)}`;

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
    /** unique name → {uniqueName, revision, data, expires} */
    this.documents = new Map();
    /** CallSid → {quality_issues, connectivity_issue, comment} */
    this.annotations = new Map();
    /** [{sid, to, from, messagingServiceSid, body}] as they were sent */
    this.messages = [];
  }

  addCall({ sid = makeSid('CA'), accountSid = this.accountSid, direction = 'outbound-api', from = '+15555550199', to, endedAgoMs = 1_000, durationMs = 60_000, parentCallSid = null }) {
    const endTime = endedAgoMs === null ? null : new Date(Date.now() - endedAgoMs);
    const startTime = new Date((endTime ?? new Date()) - durationMs);
    const call = { sid, accountSid, from, to, direction, status: endTime ? 'completed' : 'in-progress', startTime, endTime, parentCallSid };
    this.calls.set(sid, call);
    return call;
  }

  addConference({ sid = makeSid('CF'), friendlyName = null, callSids, status = 'completed', inInsights = true }) {
    const conference = { sid, friendlyName, callSids, status, inInsights };
    this.conferences.set(sid, conference);
    return conference;
  }

  addTask({ sid = makeSid('WT'), attributes = {}, workerSid, status = 'wrapping' }) {
    const task = { sid, attributes: JSON.stringify(attributes), version: 0, reservations: workerSid ? [{ sid: makeSid('WR'), workerSid, status }] : [] };
    this.tasks.set(sid, task);
    return task;
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
   * @returns {{agent: object, customer: object, conference: object, task: object}}
   */
  addFlexCall({ identity, workerSid, customer = '+15555550123', callSid, taskSid, conferenceSid, outbound = false, live = false, inInsights = true, endedAgoMs = 1_000, accountSid }) {
    const ended = live ? null : endedAgoMs;
    const agent = this.addCall({ sid: callSid, accountSid, to: `client:${identity}`, endedAgoMs: ended });
    const other = outbound
      ? this.addCall({ accountSid, to: customer, endedAgoMs: ended })
      : this.addCall({ accountSid, direction: 'inbound', from: customer, to: '+15555550199', endedAgoMs: ended });
    const task = this.addTask({ sid: taskSid, attributes: { direction: outbound ? 'outbound' : 'inbound', from: customer, call_sid: other.sid }, workerSid });
    const conference = this.addConference({
      sid: conferenceSid, friendlyName: task.sid, callSids: [other.sid, agent.sid], status: live ? 'in-progress' : 'completed', inInsights,
    });
    return { agent, customer: other, conference, task };
  }
}

module.exports = { WORKSPACE_SID, World, makeSid };
