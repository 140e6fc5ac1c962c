// An agent's real call is shared, and a supervisor tries other settings on it in another browser: two people's Flex, the
// real Functions, and a stand-in of Twilio Sync between them.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { floorEnvironment, floorItems, seatAgent, seatSupervisor } from '../../floor/floor-lab.mjs';
import { Lab } from '../../page/driver.mjs';
import { adminViewPart, assertAccessible, takeWholeCall, waitForJudgement } from '../support/steps.mjs';

const CONFIGURATION = {
  recordCalls: true,
  reportCalls: true,
  shareRecordings: true,
  alertAgent: false,
  shortCallThreshold: 0,
  highPacketsLostThreshold: 90,
  highRttThreshold: 5000,
  highJitterThreshold: 500,
};
const WAIT = { timeout: 60_000 };
const SITE = 'Lisbon';

/** @type {Lab} */
let agent;
/** @type {Lab} */
let supervisor;
/** What Sync was given: {map, data, at}. */
let kept;
let call;

const part = (name) => adminViewPart(supervisor, name);
const tried = () => part('tried');
const readCalls = () => tried().getByRole('button', { name: 'Read shared calls' }).click();
const said = (text) => part('shared').filter({ hasText: text }).waitFor(WAIT);

before(async () => {
  agent = await Lab.start({ functionEnv: floorEnvironment() });
  seatAgent(agent, { team_name: 'Blue', location: SITE });
  kept = floorItems(agent);
  await agent.boot({ configuration: CONFIGURATION });
  supervisor = await Lab.start({ beside: agent });
  seatSupervisor(supervisor, agent, 'supervisor');
  await supervisor.boot({ configuration: CONFIGURATION });
});
after(async () => {
  await supervisor?.close();
  await agent?.close();
});

test('a supervisor finds no shared call before there is one', async () => {
  await supervisor.openAdminView('Configuration');
  await tried().getByText('Shared by all agents').click();
  await readCalls();
  await said('There are no such calls.');
});

test('what was recorded of an agent’s call is shared when it is over, without anything that names a person', async () => {
  call = await takeWholeCall(agent, 8);
  const { map, data } = await kept.waitFor('the recording', ({ data: { pieces } }) => pieces, { timeoutMs: 60_000 });
  assert.match(map, /^device-monitoring-recordings-\d$/);
  assert.deepEqual(
    [data.callSid, data.worker, data.team, data.piece, data.pieces],
    [call.callSid, agent.world.worker.sid, 'Blue', 0, 1],
  );
  const text = gunzipSync(Buffer.from(data.data, 'base64')).toString();
  const { fields, rows } = JSON.parse(text);
  assert.ok(fields.sample.length > 5 && fields.stats.length > 5);
  assert.ok(rows.filter(([, method]) => method === 'sample').length >= 5);
  assert.doesNotMatch(text, /\+\d{7}|Robin|\d+\.\d+\.\d+\.\d+|@/);
});

test('a supervisor in another browser tries a setting on it, and sees another verdict', async () => {
  await readCalls();
  // Not "1 call so far".
  await said('1 call, of');
  const found = await part('shared').innerText();
  assert.match(found, /It takes [\d.]+ KB of memory\.[^]*Team: Blue \(1\)[^]*Agents: Robin Agent \(1\)/);
  await waitForJudgement(
    supervisor,
    'No threshold has been moved. 1 call: 0 would alert as configured, 0 as tried.',
    WAIT,
  );
  await part('shortCallThreshold').getByRole('textbox').fill('100');
  await waitForJudgement(supervisor, '1 call: 0 would alert as configured, 1 as tried.', WAIT);
  const come = await part('come').innerText();
  assert.match(come, new RegExp(`Robin Agent, ${call.callSid}[^]*The call lasted [\\d.]+ s, less than 100 s`));
  await assertAccessible(supervisor);
  await tried().evaluate((element) => element.scrollIntoView());
  await supervisor.screenshot('shared-calls');
});

test('calls of another team are not among them', async () => {
  await tried().getByLabel('Team', { exact: true }).fill('red');
  await readCalls();
  await said('There are no such calls.');
  await tried().getByLabel('Team', { exact: true }).fill('blue');
  await readCalls();
  // Not "1 call so far".
  await said('1 call, of');
  assert.deepEqual(supervisor.pageErrors(), []);
});

test('the calls of the supervisor’s own browser are as they were', async () => {
  await tried().getByText('Recorded in this browser').click();
  await waitForJudgement(supervisor, '0 calls: 0 would alert as configured, 0 as tried.', WAIT);
});
