// Pictures of the floor, as a supervisor sees it: one real agent's spoiled call, and colleagues whose reports are posted
// to the real Function.
import { WATCHFUL } from '../configuration.mjs';
import { Lab } from '../page/driver.mjs';
import { makeSid } from '../twilio/world.mjs';
import { floorEnvironment, seatSupervisor } from './floor-lab.mjs';

const CONFIGURATION = { ...WATCHFUL, highJitterThreshold: 500, reportCalls: true };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Who they are, what is wrong with their call now, and how many of their last calls were bad. */
const COLLEAGUES = [
  {
    name: 'Ana Sousa',
    team: 'Blue',
    site: 'Lisbon',
    diagnosis: 'customer-cannot-hear-you',
    conditions: ['no-outbound-audio'],
    calls: 14,
    bad: 9,
  },
  { name: 'Ben Okafor', team: 'Blue', site: 'Lisbon', calls: 18, bad: 1 },
  {
    name: 'Chiara Rossi',
    team: 'Green',
    site: 'Turin',
    diagnosis: 'your-network',
    conditions: ['high-packet-loss', 'low-mos'],
    calls: 20,
    bad: 3,
  },
  { name: 'Daichi Mori', team: 'Green', site: 'Osaka', calls: 22, bad: 0 },
  { name: 'Eva Lind', team: 'Green', site: 'Turin', calls: 25, bad: 2, plugin: '0.0.9' },
];
/** Whose calls are in trouble together, and who elsewhere has none. */
const IN_TURIN = [
  'Fabio Conti',
  'Giulia Greco',
  'Ivo Bianchi',
  'Katia Fontana',
  'Luca Ferri',
  'Nino Sala',
  'Pia Longo',
  'Mara Testa',
].map((name, n) => ({
  name,
  team: n % 2 === 0 ? 'Green' : 'Red',
  site: 'Turin',
  diagnosis: 'your-network',
  conditions: ['high-packet-loss'],
  calls: 1,
  bad: 0,
}));
const IN_OSAKA = Array.from({ length: 20 }, (_, n) => ({
  name: `Osaka ${n + 1}`,
  team: 'Red',
  site: 'Osaka',
  calls: 1,
  bad: 0,
}));
const BROKEN = {
  reasons: ['warningDurPct'],
  diagnosis: 'your-network',
  warningMs: 40_000,
  conditions: { 'high-packet-loss': 38 },
};

const call = (colleague, index) => ({
  version: 1,
  callSid: makeSid('CA'),
  workerSid: colleague.sid,
  direction: 'inbound',
  startedAt: Date.now() - HOUR_MS - Math.floor((index * 20 * HOUR_MS) / colleague.calls),
  durationMs: 4 * MINUTE_MS,
  warningMs: 0,
  metrics: { mos: [4.3, 4], rtt: [48, 61] },
  versions: { plugin: colleague.plugin ?? '0.1.0' },
  ...(index < colleague.bad && BROKEN),
});

const beat = ({ sid, startedAt, diagnosis, conditions }) => ({
  version: 1,
  callSid: makeSid('CA'),
  workerSid: sid,
  startedAt,
  at: Date.now(),
  ...(diagnosis && { conditions, diagnosis, since: Date.now() - 42_000 }),
});

/** What a colleague's browser sends, to the real Function. */
async function post(lab, { sid }, fields) {
  const body = new URLSearchParams({ Token: `token-of-${sid}`, ...fields });
  const response = await fetch(`${lab.function.url}/calls`, { method: 'POST', body });
  if (!response.ok) throw new Error(`the Function answered ${response.status}: ${await response.text()}`);
}
const postBeat = (lab, colleague) => post(lab, colleague, { beat: JSON.stringify(beat(colleague)) });

/** A colleague's last calls, and the one that goes on. */
async function report(lab, colleague) {
  const { sid, name, team, site } = colleague;
  lab.twilio.world.addWorker({ sid, attributes: { team_name: team, location: site } });
  lab.function.tokenService.tokens.set(`token-of-${sid}`, {
    worker_sid: sid,
    roles: ['agent'],
    realm_user_id: name,
    identity: name,
  });
  const cards = Array.from({ length: colleague.calls }, (_, index) => call(colleague, index));
  for (let n = 0; n < cards.length; n += 10) {
    const some = cards.slice(n, n + 10);
    await post(lab, colleague, {
      cards: JSON.stringify(some),
      ids: some.map(({ callSid }) => `card-${callSid}`).join(),
    });
  }
  await postBeat(lab, colleague);
}

/** @param {(name: string, clip: object, page: import('playwright-core').Page) => Promise<void>} shoot */
export async function shootFloor(shoot) {
  const agent = await Lab.start({ functionEnv: floorEnvironment() });
  try {
    const { worker } = agent.world;
    agent.twilio.world.addWorker({ sid: worker.sid, attributes: { team_name: 'Blue', location: 'Lisbon' } });
    await agent.boot({ configuration: CONFIGURATION });
    const supervisor = await Lab.start({ beside: agent });
    seatSupervisor(supervisor, agent, 'admin');
    const [colleagues, more] = [COLLEAGUES, [...IN_TURIN, ...IN_OSAKA]].map((people) =>
      people.map((one) => ({
        ...one,
        sid: makeSid('WK'),
        identity: one.name,
        startedAt: Date.now() - 3 * MINUTE_MS,
      })),
    );
    supervisor.world.others.push(...colleagues, ...more);
    await supervisor.boot({ configuration: CONFIGURATION });
    const ringing = await agent.callIn();
    await agent.accept(ringing);
    agent.spoil(ringing, 'down', { loss: 0.25 });
    await supervisor.openAdminView('Floor');
    const row = supervisor.page.locator(`tr[data-troubled="${ringing.callSid}"]`);
    await row.waitFor({ timeout: 60_000 });
    for (const colleague of colleagues) await report(agent, colleague);
    await supervisor.page.locator('tr[data-troubled]').nth(2).waitFor();
    await supervisor.page.getByText('Eva Lind').first().waitFor();
    await supervisor.page.setViewportSize({ width: 1400, height: 1250 });
    const whole = { x: 0, y: 0, width: 1400, height: 1250 };
    await shoot('floor', whole, supervisor.page);
    for (const colleague of more) await report(agent, colleague);
    const incident = supervisor.page.locator('tr[data-incident]');
    for (const colleague of [...colleagues, ...more]) await postBeat(agent, colleague);
    await incident.waitFor({ timeout: 30_000 });
    await shoot('floor-incident', { ...whole, height: 900 }, supervisor.page);
    await supervisor.page.getByRole('link', { name: 'Teams', exact: true }).click();
    await supervisor.page.getByTestId('device-monitoring-teams-cell').first().waitFor({ timeout: 30_000 });
    await shoot('teams-view', { ...whole, height: 500 }, supervisor.page);
    await agent.hangUp(ringing);
    await supervisor.openAdminView('Calls');
    const found = supervisor.page.locator(`tr[data-reported="${ringing.callSid}"]`);
    await found.waitFor({ timeout: 60_000 });
    await found.getByRole('button').click();
    await supervisor.page.getByText('The Function has carried out').waitFor({ timeout: 30_000 });
    await shoot('floor-call', whole, supervisor.page);
    await supervisor.close();
  } finally {
    await agent.close();
  }
}
