// A hundred simulated agents with the real WebAssembly, against the real `twilio-run`: one incident. Counts are asserted,
// never times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SITE_THAT_GOES_DOWN } from '../../../floor/shift.mjs';
import { simulate } from '../../../floor/simulation.mjs';

describe('a hundred simulated agents, a fifth of whom go down with their site', () => {
  test('raise one incident, of their site, which is acted on once', { timeout: 420_000 }, async () => {
    const pace = {
      openWithin: 20_000,
      call: [60_000, 90_000],
      pause: [500, 1_500],
      downAt: 40_000,
      downWithin: 5_000,
      downFor: 80_000,
      leaveWithin: 1_000,
    };
    const { incidents, wentDown, errors, refusedBySync } = await simulate({
      agents: 100,
      seed: 20261129,
      lengthMs: 100_000,
      pace: /** @type {import('../../../floor/shift.mjs').Pace} */ (pace),
    });
    assert.deepEqual([errors, refusedBySync, wentDown.length], [[], 0, 20]);
    const [incident, ...others] = incidents.opened;
    assert.deepEqual([incident?.key, others], [{ kind: 'site', value: SITE_THAT_GOES_DOWN }, []]);
    const openings = incidents.acted.filter(({ change }) => change === 'opened');
    assert.deepEqual(
      openings.map(({ incidentId }) => incidentId),
      [incident.id],
    );
  });
});
