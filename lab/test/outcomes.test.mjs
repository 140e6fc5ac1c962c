import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FATES, FAULTS, outcomeOf, isAllowed } from '../delivery-faults/outcomes.mjs';
import { ROUNDS } from '../delivery-faults/rounds.mjs';

test('what became of an alert follows from what was done and what is left', () => {
  for (const [known, fate] of [
    [{ acted: 1 }, 'acted once'],
    [{ acted: 1, kept: 'pending' }, 'still waiting'],
    [{ acted: 2 }, 'acted twice'],
    [{ acted: 2, may: ['repeated by policy'] }, 'repeated by policy'],
    [{ acted: 0, claim: 'unknown' }, 'unknown'],
    [{ acted: 1, claim: 'unknown' }, 'unknown'],
    [{ acted: 2, claim: 'unknown' }, 'acted twice'],
    [{ acted: 0, kept: 'refused' }, 'refused'],
    [{ acted: 0 }, 'lost'],
    [{ acted: 0, may: ['lost with memory'] }, 'lost with memory'],
  ])
    assert.equal(outcomeOf(known), fate);
});

test('a fault is allowed in no round, and what a round allows is a fate', () => {
  for (const { name, may = [] } of ROUNDS) {
    assert.ok(
      may.every((fate) => FATES.includes(fate) && !FAULTS.includes(fate)),
      name,
    );
    for (const fate of FAULTS) assert.equal(isAllowed(fate, may), false);
  }
});

test('the rounds have at least thirty alerts', () => {
  assert.ok(ROUNDS.reduce((sum, { calls = 1 }) => sum + calls, 0) >= 30);
});
