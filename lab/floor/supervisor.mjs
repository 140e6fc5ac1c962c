// A supervisor who looks at the floor in the scripted demo: in a Flex of their own, beside the agent's.
import path from 'node:path';
import { Lab } from '../page/driver.mjs';
import { paths } from '../paths.mjs';
import { openFloor } from './demo.mjs';
import { floorItems, seatSupervisor } from './floor-lab.mjs';

const TROUBLE_MS = 180_000;
const REPORT_MS = 60_000;
const VIEW = { width: 1400, height: 1250 };

export class SupervisorOfDemo {
  #lab;
  #supervisor;
  #items;
  #colleagues;
  #tell;
  /** A colleague was seen to be in trouble. @type {Promise<void>} */
  #colleagueSeen;

  /**
   * Colleagues come to work beside the agent, and a supervisor opens the page Floor.
   * @param {Lab} lab the agent's, started with `FLOOR_LAB`
   * @param {{configuration: object, screenshots: string, tell: (text: string) => void}} options
   */
  static async start(lab, { configuration, screenshots, tell }) {
    const one = new SupervisorOfDemo(lab, tell);
    try {
      await one.#open({ configuration, screenshots });
      return one;
    } catch (error) {
      await one.close();
      throw error;
    }
  }

  constructor(lab, tell) {
    this.#lab = lab;
    this.#tell = tell;
    this.#items = floorItems(lab);
  }

  async #open({ configuration, screenshots }) {
    this.#supervisor = await Lab.start({ beside: this.#lab, screenshots });
    seatSupervisor(this.#supervisor, this.#lab, 'supervisor');
    await this.#supervisor.boot({ configuration });
    await this.#supervisor.page.setViewportSize(VIEW);
    this.#colleagues = openFloor(this.#lab, [this.#lab, this.#supervisor]);
    await this.#supervisor.openAdminView('Floor');
    this.#tell('a supervisor has opened the page Floor');
    this.#colleagueSeen = this.#seeColleague();
    this.#colleagueSeen.catch(() => {}); // whoever waits for it hears it
  }

  async #seeColleague() {
    const { page } = this.#supervisor;
    const row = page.locator('tr[data-troubled]').filter({ hasNotText: this.#lab.world.worker.name }).first();
    await row.waitFor({ timeout: TROUBLE_MS });
    const cells = await row.locator('td').allInnerTexts();
    this.#tell(`on the page Floor: ${cells.slice(0, 6).filter(Boolean).join(', ')}`);
    await this.#save('5-floor');
  }

  /** A colleague is in trouble, and the page Floor shows it; to be waited for while it is open. */
  async waitForColleague() {
    await this.#colleagueSeen;
  }

  /** The agent's own call has left its beats and its card, and its page opens with its timeline. */
  async waitForOwn(call) {
    const { sid } = this.#lab.world.worker;
    const own = (what, matches) =>
      this.#items.waitFor(
        what,
        ({ map, data }) => data.worker === sid && data.callSid === call.callSid && matches({ map, data }),
        { timeoutMs: REPORT_MS },
      );
    await own('the beat of the trouble', ({ data }) => data.diagnosis);
    await own('the last beat', ({ data }) => data.ended);
    await own('the card', ({ map }) => map.includes('-cards-'));
    const { page } = this.#supervisor;
    await this.#supervisor.openAdminPage('Calls');
    const row = page.locator(`tr[data-reported="${call.callSid}"]`);
    await row.getByRole('button').click({ timeout: REPORT_MS });
    const timeline = page.getByTestId('device-monitoring-admin-view-table-timeline').locator('tbody tr');
    await timeline.first().waitFor({ timeout: REPORT_MS });
    for (const stretch of await timeline.all()) {
      const [from, seconds, what, why] = await stretch.locator('td').allInnerTexts();
      this.#tell(`on the call's page: from ${from} on, for ${seconds} s: ${[what, why].filter(Boolean).join(', ')}`);
    }
    await this.#save('6-call');
    const errors = this.#supervisor.pageErrors();
    if (errors.length > 0) throw new Error(`in the supervisor's page: ${errors.map(({ text }) => text).join('; ')}`);
  }

  async #save(name) {
    this.#tell(`screenshot ${path.relative(paths.root, await this.#supervisor.screenshot(name))}`);
  }

  async close() {
    await this.#colleagues?.stop();
    await this.#supervisor?.close();
  }
}
