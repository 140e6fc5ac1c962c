// Alerts through everything that can fail between a real browser and the real Functions runtime, and what became of them.
//
//   node delivery-faults.mjs [SEED [ROUND]]     ROUND: a part of the names of the rounds to play
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from './call/speech.mjs';
import { FATES, FAULTS, outcomeOf, isAllowed } from './delivery-faults/outcomes.mjs';
import { ROUNDS, clearFaults } from './delivery-faults/rounds.mjs';
import { Lab } from './page/driver.mjs';

const [seed = '1', part = ''] = process.argv.slice(2);
const FUNCTION = {
  SMS_TEXT: 'Sorry for the bad line.',
  SMS_FROM: '+12025550199',
  ACTIONS_ENABLED: 'update-task',
  TASKROUTER_WORKSPACE_SID: 'WS00000000000000000000000000000001',
};
const TALK_MS = 1200;
/** A claim of an instance that has died is given up after 30 s, and the outbox asks again some seconds later. */
const SETTLE_LIMIT_S = 90;

const startedAt = Date.now();
const tell = (text) => console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}`);

/** A number of its own for each call, from those that are reserved for fiction: 555-0100 to 555-0199 of every area. */
function numberOf(call) {
  const [area, last] = [201 + Math.floor(call / 100), call % 100];
  return `+1${area}55501${String(last).padStart(2, '0')}`;
}

function shuffled(items, random) {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0]);
}

class Faults {
  #lab;
  #calls = 0;
  #results = [];

  constructor(lab) {
    this.#lab = lab;
  }

  async play(round) {
    const {
      name,
      calls = 1,
      action = 'send-sms-to-customer',
      spoil,
      mendAfterS = 0,
      mend = clearFaults,
      end = 'hangUp',
      settleS = SETTLE_LIMIT_S,
    } = round;
    const lab = this.#lab;
    await lab.boot({ configuration: { shortCallThreshold: 3600, action } });
    const played = [];
    for (let n = 0; n < calls; n += 1) {
      const call = await this.#takeCall();
      if (n === 0) await spoil?.(lab);
      await this.#end(call, end);
      played.push(call);
    }
    await sleep(mendAfterS * 1000);
    await mend(lab);
    clearFaults(lab);
    await this.#settled(played, action, settleS * 1000);
    for (const call of played) {
      const fate = outcomeOf({ ...(await this.#known(call, action)), may: round.may });
      this.#results.push({ name, fate, allowed: isAllowed(fate, round.may) });
      tell(`${name}: ${fate}${isAllowed(fate, round.may) ? '' : '  <-- NOT ALLOWED'}`);
    }
  }

  async #takeCall() {
    this.#calls += 1;
    const call = await this.#lab.callIn({ from: numberOf(this.#calls) });
    await this.#lab.accept(call);
    await sleep(TALK_MS);
    return call;
  }

  async #end(call, how) {
    const lab = this.#lab;
    if (how === 'hangUp') {
      await lab.hangUp(call, 'customer');
      return lab.complete(call);
    }
    if (how === 'crash') await lab.crash();
    lab.world.endCall(call, 'customer');
    lab.world.advance(call, 'completed');
    return how === 'crash' ? lab.openFlex() : lab.reload();
  }

  /** What the outbox says of an alert. */
  async #kept(call) {
    return this.#lab.page.evaluate((sid) => {
      const texts = Object.entries(localStorage)
        .filter(([key]) => /^device-monitoring\/[^/]+\/alert\//.test(key))
        .map(([, text]) => text);
      return texts.find((text) => text.includes(`alert-${sid}\n`))?.split('\n')[1];
    }, call.callSid);
  }

  async #settled(calls, action, limitMs) {
    const deadline = Date.now() + limitMs;
    const isSettled = async (call) => {
      const { acted, claim, kept } = await this.#known(call, action);
      return kept !== 'pending' && (acted > 0 || claim === 'unknown' || kept === 'refused');
    };
    while (Date.now() < deadline && !(await Promise.all(calls.map(isSettled))).every(Boolean)) await sleep(250);
    // Long enough for a second text, were there one.
    await sleep(1500);
  }

  async #known(call, action) {
    const { world, requests } = this.#lab.twilio;
    const texts = world.messages.filter(({ to }) => to === call.from).length;
    const updates = requests.filter(
      ({ operation, path }) => operation === 'tasks.update' && path.includes(call.sid),
    ).length;
    return {
      acted: action === 'update-task' ? updates : texts,
      claim: world.documents.get(`device-monitoring-alert-${call.callSid}`)?.data.state,
      kept: await this.#kept(call),
    };
  }

  report() {
    const count = (fate) => this.#results.filter((result) => result.fate === fate).length;
    /** @type {[string, number][]} */
    const rows = [
      ['alerts', this.#results.length],
      ...FATES.map((fate) => /** @type {[string, number]} */ ([`  ${fate}`, count(fate)])),
    ];
    console.log(`\n${rows.map(([name, number]) => `${name.padEnd(24)}${String(number).padStart(4)}`).join('\n')}`);
    return this.#results.every(({ fate, allowed }) => allowed && !FAULTS.includes(fate));
  }
}

const lab = await Lab.start({ functionEnv: FUNCTION });
try {
  const faults = new Faults(lab);
  const rounds = ROUNDS.filter(({ name }) => name.includes(part));
  tell(`${rounds.length} rounds with seed ${seed}, in real Chromium with the real Flex UI, against twilio-run`);
  for (const round of shuffled(rounds, seededRandom(Number(seed)))) await faults.play(round);
  process.exitCode = faults.report() ? 0 : 1;
} finally {
  await lab.close();
}
