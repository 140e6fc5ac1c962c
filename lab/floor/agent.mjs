// An agent of the simulated floor: has the planned calls in pages with the real engine, and posts to the real Function.
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../configuration.mjs';
import { Browser, Page } from './page.mjs';
import { joined } from './recording-segments.mjs';

/** `DeviceMonitoringPlugin` of every agent. */
export const CONFIGURATION = { ...WATCHFUL, reportCalls: true };
/** Every call's endpoint, which makes a card as long as it gets. */
const ENDPOINT = {
  microphone: 'Headset Microphone (0b0e:0245)',
  codec: 'opus',
  // Of a root name server.
  address: '198.41.0.4',
  cpuPerformance: 2,
  hardwareConcurrency: 8,
  deviceMemory: 8,
};
const REOPEN_MS = 2_000;
const VISIT_MS = 5_000;
const CUSTOMER = '+12025550123';
const CENTRE = '+12025550199';

/**
 * @typedef {object} Surroundings what all agents have in common
 * @property {import('./page.mjs').Engine} engine
 * @property {Map<string, object[]>} recordings
 * @property {string} functionUrl
 * @property {number} startedAt ms since 1970 at which the shift began
 * @property {() => boolean} losesAnswer whether the next answer is lost on its way to the browser
 * @property {(message: object) => void} tell
 */

export class Agent {
  #plan;
  #surroundings;
  #browser = new Browser();
  #tabs = 0;
  /** @type {Page | undefined} */
  #page;
  #monitor;

  /**
   * @param {import('./shift.mjs').PlannedAgent} plan
   * @param {Surroundings} surroundings
   */
  constructor(plan, surroundings) {
    this.#plan = plan;
    this.#surroundings = surroundings;
  }

  /** From signing in to signing out. */
  async work() {
    const { opensAt, calls, leavesAt, offline } = this.#plan;
    const outages = offline.map((outage) => this.#loseNetwork(outage));
    await this.#until(opensAt);
    this.#open();
    for (const call of calls) {
      await this.#until(call.at);
      await this.#take(call);
    }
    await Promise.all([this.#until(leavesAt), ...outages]);
    this.#close();
  }

  /** Comes back until the server has everything. @returns {Promise<boolean>} whether it has, before the signal says stop */
  async empty(signal) {
    if (this.waiting > 0) {
      this.#open();
      await sleep(VISIT_MS);
      // The card of a tab that has died waits for others if its call was healthy; now it leaves with the page.
      this.#page.close();
      // What left with a page is sent once more, since nobody heard the answer.
      this.#open();
      while (this.waiting > 0 && !signal.aborted) await sleep(250);
      this.#page.die();
    }
    return this.waiting === 0;
  }

  /** Cards, and checkpoints of calls, that the server does not have yet. */
  get waiting() {
    return this.#browser.storage.keysWith('device-monitoring.cards/').length;
  }

  #open() {
    const { sid, token } = this.#plan.worker;
    const { engine, functionUrl, tell } = this.#surroundings;
    this.#tabs += 1;
    const page = new Page({
      engine,
      browser: this.#browser,
      fetch: (request) => this.#post(request),
      onError: (error) => tell({ type: 'error', message: String(error?.stack ?? error) }),
    });
    const setup = {
      attributes: CONFIGURATION,
      serverlessUri: functionUrl,
      pluginVersion: '0.1.0',
      flexUiVersion: '2.17.1',
      browser: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0',
      workerSid: sid,
      tab: `tab-${this.#tabs}`,
    };
    this.#monitor = new page.Monitor(page.own(setup), () => {});
    this.#monitor.startDelivery(() => page.own({ token, workerSid: sid }));
    this.#page = page;
  }

  #close() {
    this.#page.close();
  }

  /** @param {import('./shift.mjs').PlannedCall} call */
  async #take({ callSid, at, durationMs, hears, tabDiesAt }) {
    const { recordings, tell } = this.#surroundings;
    const { worker } = this.#plan;
    const [page, monitor] = [this.#page, this.#monitor];
    const call = monitor.incoming('INCOMING', callSid, CUSTOMER, CENTRE);
    tell({ type: 'call', callSid, worker });
    monitor.describe(call, page.own({ direction: 'inbound', edge: 'roaming', voiceSdkVersion: '2.18.5' }));
    monitor.accept(call, false);
    monitor.endpoint(call, page.own(ENDPOINT));
    monitor.path(call, page.own({ networkType: 'wifi', relayProtocol: 'udp', selectedCandidatePairChanges: 1 }));
    const acceptedAt = Date.now();
    for (const { ms, method, values } of joined(hears, recordings)) {
      await this.#until(at + ms);
      if (ms >= tabDiesAt) {
        page.die();
        tell({ type: 'call-over', callSid, talkMs: Date.now() - acceptedAt });
        await sleep(REOPEN_MS);
        return this.#open();
      }
      monitor[method](call, ...values.map((value) => page.own(value)));
    }
    await this.#until(at + durationMs);
    tell({ type: 'call-over', callSid, talkMs: Date.now() - acceptedAt });
    return monitor.disconnect(call);
  }

  async #loseNetwork({ at, forMs }) {
    await this.#until(at);
    this.#browser.isOnline = false;
    this.#page?.dispatch('offline');
    await this.#until(at + forMs);
    this.#browser.isOnline = true;
    this.#page?.dispatch('online');
  }

  async #until(ms) {
    await sleep(Math.max(0, this.#surroundings.startedAt + ms - Date.now()));
  }

  async #post(request) {
    const { losesAnswer, tell } = this.#surroundings;
    const { url, method } = request;
    const body = await request.text();
    const post = { type: 'post', path: new URL(url).pathname, fields: Object.fromEntries(new URLSearchParams(body)) };
    delete post.fields.Token;
    const noAnswer = (outcome) => {
      tell({ ...post, outcome });
      throw new TypeError('Failed to fetch');
    };
    if (!this.#browser.isOnline) return noAnswer('offline');
    const isLost = losesAnswer();
    let response;
    try {
      response = await fetch(url, { method, headers: request.headers, body, signal: request.signal });
    } catch (error) {
      return noAnswer(error.name);
    }
    const text = await response.text();
    if (isLost) return noAnswer('answer lost');
    tell({ ...post, outcome: response.status });
    return new Response(text, { status: response.status, headers: response.headers });
  }
}
