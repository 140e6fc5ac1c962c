// The admin view and the floor in Firefox: a supervisor sees a colleague's call in trouble, and axe looks at every page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WATCHFUL } from '../../../configuration.mjs';
import { floorEnvironment, seatAgent, seatSupervisor } from '../../../floor/floor-lab.mjs';
import { Lab } from '../../../page/driver.mjs';
import { whyNoFirefox } from '../../../page/find-browser.mjs';
import { adminViewPart, assertAccessible } from '../../support/steps.mjs';

const CONFIGURATION = { ...WATCHFUL, reportCalls: true, highJitterThreshold: 500, shortCallThreshold: 0 };
const WAIT = { timeout: 60_000 };

describe('the admin view in Firefox', { skip: whyNoFirefox() }, () => {
  /** @type {Lab} */
  let agent;
  /** @type {Lab} */
  let supervisor;
  let call;
  before(async () => {
    agent = await Lab.start({ engine: 'firefox', functionEnv: floorEnvironment() });
    seatAgent(agent, { team_name: 'Blue', location: 'Lisbon' });
    await agent.boot({ configuration: CONFIGURATION });
    supervisor = await Lab.start({ engine: 'firefox', beside: agent });
    seatSupervisor(supervisor, agent, 'admin');
    await supervisor.boot({ configuration: CONFIGURATION });
    await supervisor.openAdminView('Floor');
  });
  after(async () => {
    await supervisor?.close();
    await agent?.close();
  });

  const part = (name) => adminViewPart(supervisor, name);

  test('the floor shows a call in trouble, and whose it is', async () => {
    await part('now').filter({ hasText: 'Calls going on: 0. In trouble: 0.' }).waitFor(WAIT);
    call = await agent.callIn();
    await agent.accept(call);
    agent.spoil(call, 'down', { loss: 0.25 });
    const row = supervisor.page.locator(`tr[data-troubled="${call.callSid}"]`);
    await row.waitFor(WAIT);
    await row.getByText('Robin Agent').waitFor(WAIT);
    assert.match(await row.innerText(), /Unsteady network[^]*Blue\s+Lisbon/);
    await assertAccessible(supervisor);
    await agent.hangUp(call);
    await row.waitFor({ state: 'detached', ...WAIT });
  });

  for (const page of ['Calls', 'Configuration', 'Alerts']) {
    test(`axe finds nothing on the page ${page}`, async () => {
      await supervisor.openAdminPage(page);
      await supervisor.page.getByRole('tabpanel').filter({ visible: true }).getByRole('heading').first().waitFor(WAIT);
      await assertAccessible(supervisor);
    });
  }
});
