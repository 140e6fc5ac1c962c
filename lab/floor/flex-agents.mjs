// Agents of the floor in real Flex, with a real call each, that share a browser, Twilio and the Function.
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../page/driver.mjs';
import { CONFIGURATION } from './agent.mjs';
import { SITE_THAT_GOES_DOWN } from './shift.mjs';

const SPOILED_MS = 40_000;
const HANG_UP_BEFORE_END_MS = 10_000;
const CARD_LIMIT_MS = 120_000;

export class Tabs {
  /** @type {Lab[]} */
  #labs = [];

  /**
   * @param {object} options
   * @param {number} options.count at least one
   * @param {Record<string, string>} options.functionEnv
   * @param {(text: string) => void} options.say
   */
  static async open({ count, functionEnv, say }) {
    const tabs = new this();
    try {
      for (let number = 1; number <= count; number += 1) {
        say(`Flex is started for agent ${number} of ${count} in real calls`);
        await tabs.#open(number, functionEnv);
      }
    } catch (error) {
      await tabs.close();
      throw error;
    }
    return tabs;
  }

  async #open(number, functionEnv) {
    const name = `flex-${number}`;
    const lab = await Lab.start({
      functionEnv,
      beside: this.#labs[0],
      worker: { name: `Flex ${number}`, userName: `${name}@example.com`, identity: `${name}_40example_2Ecom` },
    });
    this.#labs.push(lab);
    const attributes = { full_name: lab.world.worker.name, team_name: 'Amber', location: SITE_THAT_GOES_DOWN };
    lab.twilio.world.addWorker({ sid: lab.world.worker.sid, attributes });
    await lab.boot({ configuration: CONFIGURATION });
  }

  /** @returns {{twilio: object, function: object}} */
  get servers() {
    const [{ twilio, function: functions }] = this.#labs;
    return { twilio, function: functions };
  }

  /**
   * A call for each, whose network goes down with that of the site.
   * @param {object} options
   * @param {import('./ledger.mjs').Ledger} options.ledger
   * @param {number} options.startedAt
   * @param {number} options.lengthMs
   * @param {number} options.downAt ms of the shift
   * @returns {Promise<string[]>} CallSids
   */
  async work({ ledger, startedAt, lengthMs, downAt }) {
    const until = (ms) => sleep(Math.max(0, startedAt + ms - Date.now()));
    return Promise.all(
      this.#labs.map(async (lab) => {
        lab.requests.on('entry', ({ path, fields, status }) => path === '/calls' && ledger.posted(fields, status));
        const call = await lab.callIn();
        ledger.taken(call.callSid);
        await lab.accept(call);
        const acceptedAt = Date.now();
        await until(downAt);
        lab.spoil(call, 'both', 'loss-12');
        await until(Math.min(downAt + SPOILED_MS, lengthMs - HANG_UP_BEFORE_END_MS));
        lab.heal(call);
        await until(lengthMs - HANG_UP_BEFORE_END_MS);
        await lab.hangUp(call);
        ledger.over(call.callSid, Date.now() - acceptedAt);
        // After trouble it is sent at once.
        const isCard = ({ fields, status }) => status === 200 && fields.cards?.includes(call.callSid);
        await lab.requests.waitFor('the card', isCard, { timeoutMs: CARD_LIMIT_MS });
        return call.callSid;
      }),
    );
  }

  async close() {
    for (const lab of this.#labs.splice(0).reverse()) await lab.close();
  }
}
