import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { checkScenario, readScenarios } from '../recordings/scenarios.mjs';
import { actionText, timeline } from '../recordings/timeline.mjs';

const END_MS = 60_000;
const scenario = (more) => ({ name: 'tried', description: 'a try', seconds: 60, ...more });
const step = (more) => scenario({ steps: [{ at: 1, ...more }] });
const brief = ({ at, on, label }) => [at, on, label];

test('the scenarios that are there are sound, and at least a third of them is held out', () => {
  const scenarios = readScenarios();
  assert.ok(scenarios.length >= 24);
  assert.ok(scenarios.filter(({ heldOut }) => heldOut).length * 3 >= scenarios.length);
  for (const codec of ['PCMU', 'opus']) {
    for (const heldOut of [true, false])
      assert.ok(
        scenarios.some((one) => one.codec === codec && one.heldOut === heldOut),
        `${codec} ${heldOut}`,
      );
  }
});

test('what is recorded lies where its scenario says, and tells of itself what the scenario does', () => {
  const scenarios = new Map(readScenarios().map((each) => [each.name, each]));
  for (const [folder, heldOut] of [
    ['lab', false],
    ['held-out', true],
    ['held-out/check', true],
    ['sound', false],
    ['causes', false],
    ['causes/held-out', true],
    ['firefox', false],
    ['firefox/held-out', true],
  ]) {
    const place = new URL(`../../tests/recordings/${folder}/`, import.meta.url);
    for (const file of fs.readdirSync(place).filter((name) => name.endsWith('.jsonl'))) {
      const described = scenarios.get(file.replace(/\.jsonl$/, ''));
      assert.equal(described?.heldOut, heldOut, file);
      const header = JSON.parse(fs.readFileSync(new URL(file, place), 'utf8').split('\n', 1)[0]);
      assert.deepEqual(
        [header.name, header.description, header.heldOut ?? false],
        [described.name, described.description, heldOut],
        file,
      );
    }
  }
});

test('a scenario of one call is a list of one, and what it does not say is what Flex does by itself', () => {
  const { calls, codec, silence, heldOut } = checkScenario(scenario());
  assert.deepEqual(
    { calls, codec, silence, heldOut },
    { calls: [{ seconds: 60, steps: [], hangUp: 'agent' }], codec: 'PCMU', silence: undefined, heldOut: false },
  );
});

test('a scenario that cannot be is refused by its name', () => {
  const refused = {
    'there is no "steps_"': scenario({ steps_: [] }),
    'a name is of small letters': scenario({ name: 'no/path' }),
    '"codec" is one of PCMU, opus': scenario({ codec: 'PCMA' }),
    'PCMU has no dtx': scenario({ silence: 'dtx' }),
    'opus has no comfort noise': scenario({ codec: 'opus', silence: 'comfort noise' }),
    'a call without "seconds"': scenario({ seconds: undefined }),
    'a step without any of': step({}),
    'a step has no "jitter"': step({ jitter: 3 }),
    '"for" is seconds': step({ for: '2', mute: true }),
    '"every" and "until" go together': step({ for: 2, every: 5, mute: true }),
    'lasts shorter': step({ for: 6, every: 5, until: 20, mute: true }),
    'a direction is both, up or down': step({ network: { left: {} } }),
    'unknown impairment "los"': step({ network: { both: { los: 0.1 } } }),
    'the customer is one of': step({ customer: 'whistles' }),
    'the microphone is one of': step({ microphone: 'on' }),
    '"mute" is true': step({ mute: false }),
    '"busy" is milliseconds of each second': step({ busy: 1000 }),
    'after the end of the call': scenario({ steps: [{ at: 61, mute: true }] }),
    'two of "mute" at once': scenario({
      steps: [
        { at: 1, mute: true },
        { at: 5, mute: true },
      ],
    }),
  };
  for (const [message, wrong] of Object.entries(refused)) {
    assert.throws(
      () => checkScenario(wrong),
      (error) => error.message.startsWith(`scenario ${wrong.name}: `) && error.message.includes(message),
      message,
    );
  }
});

test('a stretch begins and ends, and what is on at the hang-up is not ended', () => {
  const actions = timeline(
    [
      { at: 10.5, for: 2, mute: true },
      { at: 50, for: 20, microphone: 'silent' },
    ],
    END_MS,
  );
  assert.deepEqual(actions.map(brief), [
    [10_500, true, 'muted'],
    [12_500, false, 'muted'],
    [50_000, true, 'microphone silent'],
  ]);
  assert.deepEqual(actions.map(actionText), ['mute(true)', 'mute(false)', 'microphone(silent)']);
});

test('a step is repeated as long as it begins before its "until"', () => {
  const actions = timeline(
    [{ at: 20.3, for: 1.5, every: 5, until: 35.3, network: { both: { blackout: true } } }],
    END_MS,
  );
  assert.deepEqual(
    actions.filter(({ on }) => on).map(({ at }) => at),
    [20_300, 25_300, 30_300],
  );
});

test('impairments at the same time add up, and each line says what is in force then', () => {
  const steps = [
    { at: 10, for: 30, network: { both: { delay: 225 } } },
    { at: 20, for: 10, network: { up: { loss: 0.1 } } },
  ];
  assert.deepEqual(
    timeline(steps, END_MS).map(({ network }) => network),
    [{ both: { delay: 225 } }, { up: { delay: 225, loss: 0.1 } }, { up: { delay: 225 } }, { both: null }],
  );
});

test('one sound follows another at the same moment, and the usual one comes back', () => {
  const steps = [
    { at: 5, for: 5, customer: 'music' },
    { at: 10, for: 5, customer: 'silence' },
  ];
  const values = timeline(steps, END_MS, 'speech+room').map(({ value }) => value);
  assert.deepEqual(values, ['music', 'speech+room', 'silence', 'speech+room']);
});

test('a hold comes before the sound that it brings', () => {
  const actions = timeline([{ at: 5, for: 5, customer: 'music', hold: true }], END_MS);
  assert.deepEqual(
    actions.map(({ what }) => what),
    ['hold', 'customer', 'hold', 'customer'],
  );
});
