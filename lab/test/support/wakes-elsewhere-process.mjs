// One call on a laptop that sleeps in it and wakes on another network, in a process of its own: a network namespace holds
// for all of one. Prints what the agent and the Function were told, as JSON.
//
//   node wakes-elsewhere-process.mjs
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WATCHFUL } from '../../configuration.mjs';
import { addressOf, plugNetwork } from '../../network/namespace.mjs';
import { Lab } from '../../page/driver.mjs';
import { paths } from '../../paths.mjs';

const HOUR = 3_600_000;
const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, shortCallThreshold: 2 * (HOUR / 1000) };

async function tell() {
  const addresses = ['ethernet', 'wifi'].map(addressOf);
  const lab = await Lab.start({ near: (address) => addresses.includes(address), throttled: true });
  try {
    await lab.boot({
      configuration: CONFIGURATION,
      beforeFlex: { path: path.join(paths.lab, 'page', 'clocks.js') },
    });
    const call = await lab.callIn();
    await lab.accept(call);
    const { at: accepted } = lab.sdk.all.find(({ type, callSid }) => type === 'accept' && callSid === call.callSid);
    await sleep(8000);

    const devtools = await lab.hide();
    await lab.page.evaluate((ms) => window.labClocks.sleep(ms), HOUR);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    const asleep = Date.now();
    plugNetwork('ethernet', false);
    lab.voice.goAway(6000);
    await sleep(8000);
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    const slept = Date.now() - asleep;
    await lab.show();
    const from = lab.sdk.all.length;
    await lab.sdk.waitFor('a sample after it', ({ type }) => type === 'sample', { from });
    const { packetsReceived } = await lab.farEnd.heard(call);
    await sleep(15_000);
    const heardAfterwards = (await lab.farEnd.heard(call)).packetsReceived - packetsReceived;
    const notices = await lab.notices();
    await lab.hangUp(call, 'customer');
    const awake = Date.now() - accepted - slept;
    const {
      fields: { alert },
    } = await lab.alertOf(call, { status: 200 });
    await sleep(1500);
    return {
      alert,
      awake,
      absent: HOUR + slept,
      heardAfterwards,
      notices,
      alerts: lab.alertsOf(call).length,
      errors: lab.pageErrors(),
    };
  } finally {
    await lab.close();
  }
}

process.stdout.write(JSON.stringify(await tell()));
