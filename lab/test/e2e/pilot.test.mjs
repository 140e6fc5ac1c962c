// A pilot: one team gets other settings than all other agents.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../page/driver.mjs';

const CONFIGURATION = {
  shortCallThreshold: 0,
  pilot: { teams: ['Blue'], properties: { shortCallThreshold: 60, alertAgent: true } },
};

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

/** A call of some seconds, of a worker of this team. */
async function callIn(team) {
  lab.world.worker.team = team;
  await lab.boot({ configuration: CONFIGURATION });
  const call = await lab.callIn();
  await lab.accept(call);
  await sleep(3000);
  await lab.hangUp(call);
  return call;
}

test('a worker of the team is judged by the thresholds of the pilot, is shown the alert, and the alert says so', async () => {
  const call = await callIn('Blue');
  const { status, fields } = await lab.alertOf(call);
  assert.equal(status, 200);
  const { pilot, reasons, configuration } = fields.alert;
  assert.deepEqual([pilot, configuration.shortCallThreshold, configuration.alertAgent], [true, 60, true]);
  assert.deepEqual(
    reasons.map(({ rule, threshold }) => [rule, threshold]),
    [['shortCall', 60]],
  );
  await lab.page.getByText('The last call lasted only').first().waitFor();
});

test('a worker of another team is judged by what holds for all agents, and sees nothing', async () => {
  const call = await callIn('Coral');
  await lab.complete(call);
  // In which an alert would come.
  await sleep(3000);
  assert.deepEqual(lab.alertsOf(call), []);
  const { texts, anything } = await lab.seen();
  assert.deepEqual({ texts, anything }, { texts: [], anything: false });
  assert.deepEqual(lab.pageErrors(), []);
});
