// What a supervisor sees of an agent's calls: two people's Flex, one real call that is spoiled, the real Functions, and a
// stand-in of Twilio Sync between them.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { floorEnvironment, floorItems, seatAgent, seatSupervisor } from '../../floor/floor-lab.mjs';
import { Lab } from '../../page/driver.mjs';
import { makeSid } from '../../twilio/world.mjs';
import { adminViewPart, assertAccessible } from '../support/steps.mjs';
import { until } from '../support/until.mjs';

const CONFIGURATION = {
  reportCalls: true,
  alertAgent: false,
  shortCallThreshold: 0,
  highPacketsLostThreshold: 3,
  lowMosThreshold: 1,
  highRttThreshold: 2000,
  highJitterThreshold: 500,
  warningDurPctThreshold: 5,
};
const WAIT = { timeout: 60_000 };
/** A page asks again what the Function did, a minute later at the latest. */
const ASKED_AGAIN = { timeout: 90_000 };
/** What a spreadsheet would run. */
const SITE = '=1+1';

/** @type {Lab} */
let agent;
/** @type {Lab} */
let supervisor;
/** Somebody whose reports name nobody. */
const UNNAMED = { sid: makeSid('WK'), name: 'Kim Colleague', identity: 'kim_40example_2Ecom' };
/** What Sync was given: {map, data, at}. */
let kept;
let call;

const part = (name) => adminViewPart(supervisor, name);
const row = ({ callSid }) => supervisor.page.locator(`tr[data-troubled="${callSid}"]`);
const reported = ({ callSid }) => supervisor.page.locator(`tr[data-reported="${callSid}"]`);
const now = (text) => part('now').filter({ hasText: text }).waitFor(WAIT);
const told = (what, matches) => kept.waitFor(what, ({ data }) => matches(data), { timeoutMs: 60_000 });

before(async () => {
  agent = await Lab.start({ functionEnv: floorEnvironment() });
  seatAgent(agent, { team_name: 'Blue', location: SITE });
  kept = floorItems(agent);
  await agent.boot({ configuration: CONFIGURATION });
  supervisor = await Lab.start({ beside: agent });
  seatSupervisor(supervisor, agent, 'admin');
  await supervisor.boot({ configuration: CONFIGURATION });
});
after(async () => {
  await supervisor?.close();
  await agent?.close();
});

describe('the floor', () => {
  test('says that no call is in trouble before there is one', async () => {
    await supervisor.openAdminView('Floor');
    await now('Calls going on: 0. In trouble: 0.');
    await assertAccessible(supervisor);
  });

  test('counts a call when it begins, and shows it when it is in trouble: since when, what, where and whose', async () => {
    call = await agent.callIn();
    await agent.accept(call);
    await now('Calls going on: 1. In trouble: 0.');
    agent.spoil(call, 'down', { loss: 0.25 });
    await row(call).waitFor(WAIT);
    const shownAt = Date.now();
    const beat = await told('the beat of the trouble', ({ diagnosis }) => diagnosis);
    console.log(
      `from the beat to the row: ${shownAt - beat.data.at} ms; from Sync to the row: ${shownAt - beat.at} ms`,
    );
    await now('In trouble: 1.');
    await row(call).getByText('Robin Agent').waitFor(WAIT);
    const text = await row(call).innerText();
    assert.match(text, /Robin Agent\s+\d.*, for \d:\d\d\s+Unsteady network\s[^]*Blue\s+=1\+1/);
    assert.doesNotMatch(text, /WK[0-9a-f]{32}/);
    await assertAccessible(supervisor);
    await supervisor.screenshot('floor');
  });

  test('is filtered and sorted by keyboard, and saved without a formula', async () => {
    const filter = supervisor.page.getByLabel('Agent, team or site', { exact: true });
    await filter.fill('nobody');
    await row(call).waitFor({ state: 'detached' });
    await filter.fill('robin');
    await row(call).waitFor();
    const header = part('table-in-trouble').getByRole('columnheader', { name: 'Agent' });
    await header.getByRole('button').press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    await header.getByRole('button').press('Enter');
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    const [download] = await Promise.all([
      supervisor.page.waitForEvent('download'),
      part('csv-in-trouble').press('Enter'),
    ]);
    assert.match(download.suggestedFilename(), /^in-trouble-\d{4}-\d\d-\d\d\.csv$/);
    const lines = (await fs.readFile(await download.path(), 'utf8')).split('\r\n');
    assert.match(lines[0], /"Agent","Since","What","Why","Team","Site"$/);
    assert.match(lines[1], /^"Robin Agent",".*","Unsteady network",".*","Blue","'=1\+1"$/);
    await filter.fill('');
  });

  test('shows the call itself, with what is wrong, while it goes on', async () => {
    await row(call).getByRole('button', { name: 'Open the call of Robin Agent' }).press('Enter');
    await part('call').getByText('The call is going on.').waitFor();
    const text = await part('call').innerText();
    assert.match(text, new RegExp(`Call of Robin Agent[^]*${call.callSid}[^]*Unsteady network`));
    await until('the heading to have the focus', async () => /Call of Robin Agent/.test(await supervisor.focused()));
    await assertAccessible(supervisor);
    await part('call').getByRole('button', { name: 'Back' }).press('Enter');
    await row(call).waitFor(WAIT);
  });

  test('tells in the Teams View, too, whose call is in trouble', async () => {
    await supervisor.page.getByRole('link', { name: 'Teams', exact: true }).click();
    try {
      const cell = supervisor.page.getByTestId('device-monitoring-teams-cell');
      await cell.filter({ hasText: /In trouble for \d+:\d\d: Unsteady network/ }).waitFor({ timeout: 20_000 });
      await supervisor.screenshot('teams-view');
    } finally {
      await supervisor.openAdminView('Floor');
      await row(call).waitFor(WAIT);
    }
  });

  test('goes on after its token was renewed', async () => {
    const tokens = () => supervisor.requests.all.filter(({ path }) => path === '/floor-token').length;
    const earlier = tokens();
    const from = supervisor.requests.all.length;
    supervisor.twilsock.expireSoon();
    await supervisor.requests.waitFor('another token', ({ path }) => path === '/floor-token', { from });
    assert.equal(tokens(), earlier + 1);
  });

  test('says when the trouble is over and when the call is, whose report then has figures and what the Function did', async () => {
    await row(call).getByRole('button').click();
    await part('call').waitFor();
    // The alert, which is independent of the report, comes after it.
    let goOn;
    const mayGoOn = new Promise((resolve) => {
      goOn = resolve;
    });
    await agent.page.route('**/respond-to-issue', async (route) => {
      await mayGoOn;
      await route.fallback().catch(() => {}); // given up meanwhile, it comes again
    });
    await agent.hangUp(call);
    await part('call').getByText('Why it alerted').waitFor(WAIT);
    await part('outcome').getByText('The Function has no record of it').waitFor(WAIT);
    goOn();
    await part('outcome').getByText('The Function has carried out log-call').waitFor(ASKED_AGAIN);
    const text = await part('call').innerText();
    assert.match(text, /Something was wrong for [\d.]+\s% of its time\./);
    assert.match(text, /Packet loss, %\s+[\d.]+\s+[\d.]+/);
    assert.match(text, /high-packet-loss\s+[\d.]+/);
    await assertAccessible(supervisor);
    await supervisor.screenshot('floor-call');
  });

  test('shows when what was wrong, as bars and as a table that can be saved', async () => {
    const timeline = part('timeline');
    await timeline.getByText(/^What was worst at each moment, from the beginning of the call/).waitFor();
    const lane = timeline.getByTestId('device-monitoring-admin-view-lane');
    assert.deepEqual(await lane.allInnerTexts(), ['Unsteady network']);
    const { bar, trouble } = await lane.evaluate((element) => {
      const { width } = element.lastElementChild.getBoundingClientRect();
      return { bar: width, trouble: element.lastElementChild.lastElementChild.getBoundingClientRect().width };
    });
    assert.ok(trouble > bar / 2 && trouble <= bar, `${trouble} px of ${bar} px: most of the call was bad`);
    const [first] = await part('table-timeline').locator('tbody tr').allInnerTexts();
    assert.match(first, /^\d:\d\d\s+[\d.]+\s+Unsteady network/);
    const [download] = await Promise.all([
      supervisor.page.waitForEvent('download'),
      part('csv-timeline').press('Enter'),
    ]);
    const lines = (await fs.readFile(await download.path(), 'utf8')).split('\r\n');
    assert.match(lines[0], /"From","Seconds","What","Why"$/);
    assert.match(lines[1], /^"\d:\d\d","[\d.]+","Unsteady network",".*"$/);
    await part('call').getByRole('button', { name: 'Back' }).click();
    await now('Calls going on: 0. In trouble: 0.');
    await row(call).waitFor({ state: 'detached' });
  });

  test('names who is in a call by Flex’s word and is not heard of', async () => {
    const unheard = supervisor.world.callColleague();
    unheard.updatedAt = Date.now() - 120_000;
    supervisor.world.emit('colleague', unheard);
    const silent = supervisor.page.locator(`tr[data-silent="${agent.world.worker.sid}"]`);
    await silent.getByText('nothing is reported about it').waitFor(WAIT);
    supervisor.world.endColleaguesCall(unheard);
    await silent.waitFor({ state: 'detached', ...WAIT });
  });
});

describe('every call', () => {
  test('is found again by CallSid, agent, time, what', async () => {
    await supervisor.openAdminPage('Calls');
    await reported(call).waitFor(WAIT);
    await assertAccessible(supervisor);
    const search = supervisor.page.getByLabel('CallSid, agent, team or site');
    const found = (text) => part('found').filter({ hasText: text }).waitFor();
    for (const wanted of [call.callSid, 'robin', 'blue']) {
      await search.fill(wanted);
      await found('1 call.');
    }
    await search.fill('nobody');
    await found('0 calls.');
    await search.fill('');
    await supervisor.page.getByLabel('What', { exact: true }).selectOption({ label: 'Unsteady network' });
    await found('1 call.');
    await supervisor.page.getByLabel('Period').selectOption({ label: 'Everything that is kept' });
    await found('1 call.');
    await supervisor.page.getByText('Only bad calls').click();
    await found('1 call.');
    await supervisor.screenshot('calls');
  });

  test('is deleted with everything about its worker by an admin, when asked twice', async () => {
    await reported(call).getByRole('button').click();
    await part('forget').click();
    const dialog = supervisor.page.getByRole('alertdialog');
    await dialog.getByText('Delete everything about Robin Agent?').waitFor();
    await assertAccessible(supervisor);
    await dialog.getByRole('button', { name: 'Keep them' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await part('forget').click();
    await supervisor.seesBriefly('1 report is deleted.', () =>
      dialog.getByRole('button', { name: 'Delete for good' }).press('Enter'),
    );
    await part('call').getByRole('button', { name: 'Back' }).click();
    await part('found').filter({ hasText: '0 calls.' }).waitFor();
    const cards = [...agent.twilio.world.floor.all()]
      .filter(({ uniqueName }) => uniqueName.startsWith('device-monitoring-cards-'))
      .flatMap(({ items }) => [...items.values()]);
    assert.deepEqual(cards, []);
    await supervisor.page.getByText('Only bad calls').click();
    await supervisor.page.getByLabel('What', { exact: true }).selectOption({ label: 'Anything' });
    assert.deepEqual([supervisor.pageErrors(), agent.pageErrors()], [[], []]);
  });
});

/** A card that names nobody, to the real Function. @param {object} [more] of the card */
async function reportUnnamed(more) {
  const token = `token-of-${UNNAMED.sid}`;
  agent.function.tokenService.tokens.set(token, {
    worker_sid: UNNAMED.sid,
    roles: ['agent'],
    realm_user_id: UNNAMED.identity,
    identity: UNNAMED.identity,
  });
  const callSid = makeSid('CA');
  const card = {
    version: 1,
    callSid,
    direction: 'inbound',
    startedAt: Date.now() - 60_000,
    durationMs: 50_000,
    warningMs: 9_000,
    metrics: {},
    versions: { plugin: '0.1.0' },
    ...more,
  };
  const body = new URLSearchParams({ Token: token, cards: JSON.stringify([card]), ids: `card-${callSid}` });
  const response = await fetch(`${agent.function.url}/calls`, { method: 'POST', body });
  assert.deepEqual(await response.json(), { kept: 1, refused: [] });
  return { callSid };
}

describe('what is kept of a worker under a pseudonym', () => {
  const unnamed = () => supervisor.page.locator('tr[data-reported]').filter({ hasText: /P-[0-9a-f]{16}/ });

  test('is deleted by that pseudonym, of which nobody learns whose it is', async () => {
    const { callSid } = await reportUnnamed();
    await reported({ callSid }).getByRole('button').press('Enter');
    // As an older plugin reports: without a timeline.
    await part('call').getByText('It did not alert.').waitFor();
    assert.equal(await part('timeline').count(), 0);
    await part('forget').filter({ hasText: 'Delete everything under this pseudonym' }).press('Enter');
    const dialog = supervisor.page.getByRole('alertdialog');
    await dialog.getByText('nobody can tell from here whose pseudonym it is').waitFor();
    await assertAccessible(supervisor);
    await supervisor.seesBriefly('1 report is deleted.', () =>
      dialog.getByRole('button', { name: 'Delete for good' }).press('Enter'),
    );
    await part('call').getByRole('button', { name: 'Back' }).press('Enter');
    await unnamed().waitFor({ state: 'detached', ...WAIT });
  });

  test('is deleted by the worker’s name, for whoever asks for that', async () => {
    supervisor.world.others.push(UNNAMED);
    await reportUnnamed();
    await unnamed().waitFor(WAIT);
    const section = part('forget-by-name');
    const name = section.getByLabel('Name of the worker');
    await name.fill('nobody of that name');
    await name.press('Enter');
    await section.getByText('0 workers of that name.').waitFor(WAIT);
    await name.fill('kim');
    await name.press('Enter');
    await section.getByText('1 worker of that name.').waitFor(WAIT);
    await assertAccessible(supervisor);
    await supervisor.screenshot('forget-by-name');
    await section.getByRole('button', { name: 'Delete everything about Kim Colleague' }).press('Enter');
    const dialog = supervisor.page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Delete for good' }).press('Enter');
    await unnamed().waitFor({ state: 'detached', ...WAIT });
    assert.doesNotMatch(await supervisor.page.locator('body').innerText(), /P-[0-9a-f]{16}/);
  });
});

describe('an incident', () => {
  const HERE = 12;
  const ELSEWHERE = 28;
  const people = Array.from({ length: HERE + ELSEWHERE }, (_, n) => ({
    sid: makeSid('WK'),
    isHere: n < HERE,
    startedAt: Date.now() - 60_000,
  }));
  const incident = () => supervisor.page.locator('tr[data-incident]');

  /** What the Function has kept of the calls elsewhere. */
  function keepHealthy() {
    const { floor } = agent.twilio.world;
    for (const { sid, startedAt } of people.filter(({ isHere }) => !isHere)) {
      const data = { worker: sid, startedAt, at: Date.now(), receivedAt: Date.now(), site: 'Oslo', version: 1 };
      floor.createItem('device-monitoring-beats-0', {
        key: `${sid}-${startedAt}`,
        text: JSON.stringify(data),
        ttl: 120,
      });
    }
  }

  /** A beat of trouble, to the real Function. */
  async function tellTrouble({ sid, startedAt }) {
    const token = `token-of-${sid}`;
    agent.function.tokenService.tokens.set(token, {
      worker_sid: sid,
      roles: ['agent'],
      realm_user_id: sid,
      identity: sid,
    });
    agent.twilio.world.addWorker({ sid, attributes: { location: 'Porto' } });
    const beat = {
      version: 1,
      callSid: makeSid('CA'),
      workerSid: sid,
      startedAt,
      at: Date.now(),
      conditions: ['high-packet-loss'],
      since: Date.now() - 8_000,
      diagnosis: 'your-network',
    };
    const body = new URLSearchParams({ Token: token, beat: JSON.stringify(beat) });
    const response = await fetch(`${agent.function.url}/calls`, { method: 'POST', body });
    assert.deepEqual(await response.json(), { kept: 1, refused: [] });
  }

  test('is shown with what its agents share, under the id by which the Function has opened it, and acted on once', async () => {
    await supervisor.openAdminPage('Floor');
    await part('incidents').getByText('No incident is open.').waitFor(WAIT);
    keepHealthy();
    const here = people.filter(({ isHere }) => isHere);
    for (const person of here) await tellTrouble(person);
    const opened = () =>
      agent.twilio.world.floor.find('device-monitoring-incidents')?.items.get('state')?.data.incidents.open[0];
    const end = Date.now() + 90_000;
    for (let n = 0; !opened(); n += 1) {
      assert.ok(Date.now() < end, 'the Function has opened none');
      await tellTrouble(here[n % HERE]);
    }
    const { id } = opened();
    const shown = supervisor.page.locator(`tr[data-incident="${id}"]`);
    await shown.waitFor(WAIT);
    assert.equal(await incident().count(), 1);
    assert.match(await shown.innerText(), /^Site: Porto\s+(\d+) of \1\s+0 of \d\d\s[^]*Unsteady network \(\1\)/);
    await assertAccessible(supervisor);
    await supervisor.screenshot('incident');
    // The Function acts on it once it has written it down.
    const isOfIncident = (line) => line.includes('"event":"device-monitoring.incident"');
    await agent.function.waitForLine(isOfIncident, WAIT.timeout);
    const acted = agent.function.lines.filter(isOfIncident);
    assert.deepEqual(
      acted.map((line) => [JSON.parse(line).change, JSON.parse(line).incidentId]),
      [['opened', id]],
    );
    const { floor } = agent.twilio.world;
    const beats = floor.all().filter(({ uniqueName }) => uniqueName.startsWith('device-monitoring-beats-'));
    for (const { uniqueName, items } of beats) for (const key of [...items.keys()]) floor.removeItem(uniqueName, key);
    await now('Calls going on: 0. In trouble: 0.');
  });
});

describe('the floor in the dark theme, at 200 %', () => {
  /** Nothing of the page lies beside it. */
  async function fits(view, name) {
    const { inner, outer, right } = await view.evaluate((element) => ({
      inner: element.scrollWidth,
      outer: element.clientWidth,
      right: element.getBoundingClientRect().right,
    }));
    assert.ok(inner <= outer && right <= 700, `${name}: ${inner} px in ${outer} px, up to ${right}`);
  }

  test('can be read, and nothing of it lies beside the page', async () => {
    supervisor.world.worker.roles = ['supervisor'];
    await supervisor.boot({ configuration: CONFIGURATION, flexConfig: { theme: { isLight: false } } });
    await supervisor.page.setViewportSize({ width: 700, height: 450 });
    const view = await supervisor.openAdminView('Floor');
    await now('Calls going on: 0. In trouble: 0.');
    for (const page of ['Floor', 'Calls']) {
      await supervisor.openAdminPage(page);
      await assertAccessible(supervisor);
      await fits(view, page);
    }
    const { callSid } = await reportUnnamed({
      reasons: ['warningDurPct'],
      diagnosis: 'connection-lost',
      cause: 'wifi',
      evidence: { networkType: 'wifi', concealmentMs: 85 },
      timeline: { 'connection-lost': [[31, 4.5]], 'your-network': [[12, 19, 'wifi']] },
      omittedStretches: 2,
    });
    await reported({ callSid }).getByRole('button').press('Enter');
    const lanes = part('call').getByTestId('device-monitoring-admin-view-lane');
    assert.deepEqual(await lanes.allInnerTexts(), ['Unsteady network', 'Connection lost']);
    const text = await part('call').innerText();
    assert.match(text, /Missing sound, mean length, ms\s+85/);
    assert.match(text, /0:12\s+19\s+Unsteady network\s+Wi‑Fi\s+0:31\s+4\.5\s+Connection lost/);
    assert.match(text, /2 more are not shown\./);
    assert.equal(await part('forget').count(), 0, 'a supervisor may not delete');
    await assertAccessible(supervisor);
    await fits(view, 'a call');
    await supervisor.screenshot('floor-call-dark');
    await part('call').getByRole('button', { name: 'Back' }).press('Enter');
  });

  test('says in one sentence what has to be set up', async () => {
    await supervisor.page.route('**/floor-token', (route) =>
      route.fulfill({
        status: 503,
        headers: { 'access-control-allow-origin': '*' },
        json: { error: 'floor-not-set-up', message: 'FLOOR_API_KEY is not set: run "npm run set-up".' },
      }),
    );
    await supervisor.reload();
    const view = supervisor.page.getByTestId('device-monitoring-admin-view');
    if (!(await view.isVisible())) await supervisor.openAdminView();
    const floor = supervisor.page.getByRole('tabpanel', { name: 'Floor' });
    await floor.getByText('run "npm run set-up"').waitFor(WAIT);
    await assertAccessible(supervisor);
  });
});
