// The simulated floor: its parts, and a small one of them at work. Counts are asserted, never times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ledger } from '../floor/ledger.mjs';
import { SITE_THAT_GOES_DOWN, paceOf, planShift } from '../floor/shift.mjs';
import { simulate } from '../floor/simulation.mjs';
import { joined } from '../floor/recording-segments.mjs';

const CARDS = 'device-monitoring-cards-0';
const BEATS = 'device-monitoring-beats-0';
const beatOf = (callSid, at, more = {}) => ({ callSid, workerSid: 'WK1', at, ...more });
const isInOrder = (numbers) => numbers.every((number, index) => index === 0 || number >= numbers[index - 1]);

describe('the plan of a shift', () => {
  const plan = (seed) => planShift({ agents: 50, seed, lengthMs: 300_000 });

  test('is the same for the same seed, and another for another', () => {
    assert.deepEqual(plan(1), plan(1));
    assert.notDeepEqual(plan(1), plan(2));
  });

  test('has every agent of the site that goes down in a call at that time, and no other call goes down', () => {
    const { downAt, downWithin } = paceOf(300_000);
    for (const { worker, calls } of plan(3)) {
      const down = calls.filter(({ isDown }) => isDown);
      assert.equal(down.length, worker.site === SITE_THAT_GOES_DOWN ? 1 : 0, worker.identity);
      for (const { at, durationMs } of down)
        assert.ok(at <= downAt + downWithin && at + durationMs >= downAt + 50_000, worker.identity);
    }
  });

  test('has calls of an agent one after the other, each heard from its beginning to its end, with a CallSid of its own', () => {
    const calls = plan(4).flatMap((agent) => {
      assert.ok(isInOrder(agent.calls.flatMap(({ at, durationMs }) => [at, at + durationMs])), agent.worker.identity);
      return agent.calls;
    });
    for (const { durationMs, hears } of calls)
      assert.equal(
        hears.reduce((sum, { from, until }) => sum + until - from, 0),
        durationMs,
      );
    assert.equal(new Set(calls.map(({ callSid }) => callSid)).size, calls.length);
  });
});

test('stretches of recordings follow one another, and the counters of their statistics go on', () => {
  const second = (ms, packetsReceived) => ({
    ms,
    type: 'stats',
    stats: { inbound: { packetsReceived, jitter: 0.003 } },
  });
  const one = [
    { ms: 0, type: 'accept' },
    second(1000, 50),
    second(2000, 100),
    second(3000, 150),
    { ms: 4000, type: 'disconnect' },
  ];
  const other = [
    { ms: 0, type: 'accept' },
    second(1000, 40),
    second(2000, 70),
    second(3000, 90),
    { ms: 4000, type: 'disconnect' },
  ];
  const recordings = new Map([
    ['one', one],
    ['other', other],
  ]);
  const told = joined(
    [
      { recording: 'one', from: 0, until: 2500 },
      { recording: 'other', from: 1500, until: 4000 },
      { recording: 'one', from: 0, until: 1500 },
    ],
    recordings,
  );
  assert.deepEqual(
    told.map(({ ms, values: [{ inbound }] }) => [ms, inbound.packetsReceived, inbound.jitter]),
    [
      [1000, 50, 0.003],
      [2000, 100, 0.003],
      [3000, 130, 0.003],
      [4000, 150, 0.003],
      [6000, 200, 0.003],
    ],
  );
});

describe('the ledger', () => {
  test('tells lost, doubled and unknown cards apart', () => {
    const ledger = new Ledger();
    for (const callSid of ['CA1', 'CA2', 'CA3']) ledger.taken(callSid);
    ledger.posted({ cards: '[{"callSid":"CA1"},{"callSid":"CA3"}]' }, 429);
    ledger.stored(CARDS, '1-WK1-CA1', { callSid: 'CA1' });
    ledger.stored(CARDS, '1-WK1-CA1', { callSid: 'CA1' });
    ledger.stored(CARDS, '1-WK1-CA2', { callSid: 'CA2' });
    ledger.stored(CARDS, '2-WK1-CA2', { callSid: 'CA2' });
    ledger.stored(CARDS, '2-WK1-CA9', { callSid: 'CA9' });
    const { cards, tooMany } = ledger.figures();
    assert.deepEqual([cards.lost, cards.doubled, cards.unknown], [['CA3'], ['CA2'], ['CA9']]);
    assert.deepEqual([tooMany.ofCards, tooMany.unhandled], [2, ['CA3']]);
  });

  test('counts a beat as behind until it is kept, or a newer one of the same call where it was refused', () => {
    const ledger = new Ledger();
    for (const [at, outcome] of [
      [1_000, 200],
      [31_000, 429],
      [61_000, 200],
      [91_000, 'offline'],
      [121_000, 429],
    ])
      ledger.posted({ beat: JSON.stringify(beatOf('CA1', at)) }, outcome);
    ledger.stored(BEATS, 'one', beatOf('CA1', 1_000), 1_500);
    ledger.stored(BEATS, 'one', beatOf('CA1', 61_000), 62_000);
    const { behindS, beats, tooMany } = ledger.figures();
    assert.deepEqual([beats.sent, beats.kept, beats.notKept], [5, 2, { 429: 2, offline: 1 }]);
    assert.deepEqual([behindS.median, behindS.most], [31, Infinity]);
    assert.deepEqual(tooMany.unhandled, ['CA1']);
  });

  test('gives bytes for 30 s of talk, and the most beats of an agent in a minute', () => {
    const ledger = new Ledger();
    ledger.taken('CA1');
    ledger.over('CA1', 60_000);
    const beats = [0, 10_000, 59_999, 60_000].map((at) => JSON.stringify(beatOf('CA1', at)));
    for (const beat of beats) ledger.posted({ beat }, 200);
    ledger.posted({ beat: beats[0] }, 200);
    ledger.posted({ cards: '[{"callSid":"CA1"}]' }, 200);
    const { bytes, mostBeats } = ledger.figures();
    assert.equal(bytes, (beats.join('').length + '{"callSid":"CA1"}'.length) / 2);
    assert.equal(mostBeats, 3);
  });
});

describe('a dozen simulated agents, while tabs die and networks, answers and Twilio Sync fail', () => {
  test('leave one card of each call, and all that go down are seen on the floor', { timeout: 240_000 }, async () => {
    const lengthMs = 26_000;
    const pace = {
      openWithin: 1_000,
      call: [6_000, 12_000],
      pause: [500, 1_500],
      downAt: 5_000,
      downWithin: 2_000,
      downFor: 20_000,
      leaveWithin: 1_000,
    };
    const { figures, wentDown, notEmptied, errors, faults } = await simulate({
      agents: 12,
      seed: 20261128,
      lengthMs,
      pace: /** @type {import('../floor/shift.mjs').Pace} */ (pace),
    });
    assert.deepEqual(errors, []);
    const { calls, cards, beats, tooMany, inTrouble, mostBeats } = figures;
    assert.ok(calls > 20 && faults.length > 3, `${calls} calls, ${faults.length} faults`);
    assert.deepEqual([cards.lost, cards.doubled, cards.unknown, notEmptied], [[], [], [], 0]);
    assert.deepEqual(tooMany.unhandled, []);
    assert.equal(wentDown.length, 2);
    assert.deepEqual(
      wentDown.filter((callSid) => !inTrouble.includes(callSid)),
      [],
    );
    assert.ok(beats.kept > calls, `${beats.kept} beats of ${calls} calls`);
    assert.ok(mostBeats <= 6 && cards.longest <= 700, `${mostBeats} beats, ${cards.longest} bytes`);
  });
});
