// What a real call tells the floor: beats while it lasts, its card when it is over, through the real Function into a
// stand-in of Twilio Sync with its limits.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { floorEnvironment, floorItems, seatAgent } from '../../floor/floor-lab.mjs';
import { Lab } from '../../page/driver.mjs';

const CONFIGURATION = {
  reportCalls: true,
  alertAgent: false,
  shortCallThreshold: 0,
  highPacketsLostThreshold: 3,
  lowMosThreshold: 1,
  highRttThreshold: 2000,
  highJitterThreshold: 500,
};
const CONTEXT = { timeoutMs: 60_000 };

/** @type {Lab} */
let lab;
/** What Sync was given: {map, data, at}. */
let kept;
before(async () => {
  lab = await Lab.start({ functionEnv: floorEnvironment() });
  seatAgent(lab, { team_name: 'Blue', location: 'Lisbon' });
  kept = floorItems(lab);
  await lab.boot({ configuration: CONFIGURATION });
});
after(() => lab?.close());

const beat = (what, matches) =>
  kept.waitFor(what, ({ map, data }) => map.startsWith('device-monitoring-beats-') && matches(data), CONTEXT);
const isOf =
  (call) =>
  ({ callSid }) =>
    callSid === call.callSid;

describe('a call with trouble, where calls are reported', () => {
  let call;
  test('is told of when it starts, when the trouble has lasted, and when it is over', async () => {
    call = await lab.callIn();
    await lab.accept(call);
    const started = await beat('the beat of the start', isOf(call));
    assert.deepEqual([started.data.diagnosis, started.data.team, started.data.site], [undefined, 'Blue', 'Lisbon']);
    lab.spoil(call, 'down', { loss: 0.25 });
    // Something else may be noticed first.
    const isOfLoss = ({ conditions }) => conditions?.includes('high-packet-loss');
    const trouble = await beat('the beat of the trouble', (data) => isOf(call)(data) && isOfLoss(data));
    assert.equal(trouble.data.diagnosis, 'your-network');
    await lab.hangUp(call);
    await beat('the last beat', (data) => isOf(call)(data) && data.ended);
  });

  test('leaves one card, with team and site as Twilio has them, and no number', async () => {
    const { data } = await kept.waitFor(
      'the card',
      (item) => item.map.startsWith('device-monitoring-cards-') && isOf(call)(item.data),
      CONTEXT,
    );
    assert.deepEqual(
      [data.worker, data.team, data.site, data.diagnosis],
      [lab.world.worker.sid, 'Blue', 'Lisbon', 'your-network'],
    );
    assert.ok(data.conditions['high-packet-loss'] > 0 && data.metrics.packetsLostFraction[0] > 1, JSON.stringify(data));
    assert.doesNotMatch(JSON.stringify(kept.all), /\+1|client:/);
    const cards = [...lab.twilio.world.floor.all()]
      .filter(({ uniqueName }) => uniqueName.startsWith('device-monitoring-cards-'))
      .flatMap(({ items }) => [...items.values()]);
    assert.equal(cards.length, 1);
  });

  test('shows the agent nothing of it', async () => {
    assert.equal((await lab.seen()).anything, false);
    assert.deepEqual(lab.pageErrors(), []);
  });
});
