import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digits, median, quantile, spread, table } from '../bench/figures.mjs';
import { Clock, Storage } from '../bench/page-in-node.mjs';
import { stretchesOf } from '../bench/profile.mjs';
import { prolonged, readShiftCalls } from '../bench/shift-calls.mjs';
import { partsOf } from '../bench/start-parts.mjs';

describe('figures', () => {
  test('the median and other quantiles are among the values, whatever their order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.deepEqual(
      [0, 0.05, 0.95, 1].map((share) => quantile([...Array(101).keys()].reverse(), share)),
      [0, 5, 95, 100],
    );
    assert.ok(Number.isNaN(median([])));
  });

  test('what was not measured is a dash and no figure', () => {
    assert.equal(digits(NaN), '–');
    assert.equal(digits(1.25, 2), '1.25');
    assert.equal(spread([3, 1, 2]), '2.0 (1.0 to 3.0)');
  });

  test('a table is Markdown', () => {
    assert.equal(table(['', 'ms'], [['cold', 22]]), '|  | ms |\n| --- | --- |\n| cold | 22 |');
  });
});

describe('the parts of a start', () => {
  const note = (what, at) => ({ what, at });
  const ours = [note('base64', 104), note('unpack', 105.5), note('compile', 112), note('compiled', 115)];
  const before = [note('base64', 50), note('compile', 60)];

  test('add up to the whole, and what the page did before is not among them', () => {
    const parts = partsOf({ start: 100, end: 122, notes: [...before, ...ours] });
    assert.deepEqual(parts, { total: 22, waiting: 4, base64: 1.5, unpack: 6.5, compile: 3, rest: 7, thread: 8.5 });
    assert.equal(parts.waiting + parts.base64 + parts.unpack + parts.compile + parts.rest, parts.total);
  });

  test('what Flex decodes meanwhile is not among them', () => {
    const notes = ours.toSpliced(2, 0, note('base64', 108));
    assert.deepEqual(partsOf({ start: 100, end: 122, notes }), partsOf({ start: 100, end: 122, notes: ours }));
  });

  test('a plugin that loads its engine in another way is an error and no figure', () => {
    for (const notes of [before, ours.slice(0, -1), ours.filter(({ what }) => what !== 'unpack')]) {
      assert.throws(() => partsOf({ start: 100, end: 122, notes }), /other steps than expected/);
    }
  });
});

describe('whose time it was', () => {
  const frame = (functionName, url = '') => ({ functionName, url });
  // The plugin's listener is called by the SDK and calls React in turn; the SDK also works without it.
  const nodes = [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 4, 7] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('(garbage collector)') },
    { id: 4, callFrame: frame('emit', 'flex-ui.js'), children: [5] },
    { id: 5, callFrame: frame('heard', 'plugin.js'), children: [6] },
    { id: 6, callFrame: frame('render', 'flex-ui.js') },
    { id: 7, callFrame: frame('(program)') },
  ];
  const isOurs = (url) => url === 'plugin.js';
  const of = (...samples) => stretchesOf({ nodes, samples, timeDeltas: samples.map(() => 1000) }, isOurs);
  const lengths = (stretches) => stretches.map(({ ms }) => ms);

  test('what the plugin calls is its own, what calls it is not', () => {
    const { ours, busy, oursMs, busyMs, totalMs } = of(2, 4, 5, 6, 6, 4, 2);
    assert.deepEqual(ours, [{ at: 3, ms: 3, by: ['render', 'heard'], entry: nodes[4].callFrame }]);
    assert.deepEqual(busy, [{ at: 2, ms: 5 }]);
    assert.deepEqual({ oursMs, busyMs, totalMs }, { oursMs: 3, busyMs: 5, totalMs: 7 });
  });

  test("another's work and the browser's own end a stretch", () => {
    assert.deepEqual(lengths(of(5, 5, 4, 5, 2, 5, 7, 5, 2).ours), [2, 1, 1, 1]);
  });

  test('a collection of garbage counts where the plugin goes on after it', () => {
    assert.deepEqual(lengths(of(5, 3, 3, 5, 2).ours), [4]);
    assert.deepEqual(lengths(of(5, 3, 4, 2).ours), [1]);
    assert.deepEqual(lengths(of(4, 3, 5, 2).ours), [1]);
  });

  test('without the plugin there is nothing', () => {
    assert.deepEqual(of(4, 4, 2).ours, []);
  });
});

describe('the page in Node.js', () => {
  test('timers run in their order and at their time, also those that are set by others, and none twice', () => {
    const clock = new Clock();
    const ran = [];
    const note = (name) => () => ran.push([name, clock.now]);
    clock.setTimeout(note('second'), 20);
    clock.setTimeout(() => {
      ran.push(['first', clock.now]);
      clock.setTimeout(note('third'), 15);
    }, 10);
    clock.clearTimeout(clock.setTimeout(note('never'), 5));
    clock.setTimeout(note('later'), 1000);
    clock.moveTo(100);
    assert.deepEqual(ran, [
      ['first', 10],
      ['second', 20],
      ['third', 25],
    ]);
    assert.equal(clock.now, 100);
  });

  test('the storage answers as the browser does', () => {
    const storage = new Storage();
    storage.setItem('a', '1');
    assert.deepEqual(
      [storage.getItem('a'), storage.getItem('b'), storage.key(0), storage.key(1)],
      ['1', null, 'a', null],
    );
    storage.removeItem('a');
    assert.equal(storage.key(0), null);
  });
});

describe('the calls of a shift', () => {
  const line = (ms, type = 'sample') => ({ ms, type });

  test('a call goes on as a healthy one where its recording ends', () => {
    const healthy = [1000, 2000, 3000, 4000].map((ms) => line(ms));
    const lines = [line(-5, 'sample'), line(900, 'warning'), line(1500), line(1600, 'truth'), line(1700, 'disconnect')];
    assert.deepEqual(
      prolonged(lines, healthy, 3).map(({ ms }) => ms),
      [900, 1500, 2000, 3000],
    );
  });

  test('all have a sample a second, for as long as a call lasts', async () => {
    const scenarios = Object.entries(await readShiftCalls());
    assert.ok(scenarios.length > 5);
    for (const [name, lines] of scenarios) {
      const samples = lines.filter(({ type }) => type === 'sample').length;
      assert.ok(samples >= 140 && samples <= 145, `${name}: ${samples}`);
      assert.ok(
        lines.every(({ ms }, index) => index === 0 || ms >= lines[index - 1].ms),
        name,
      );
    }
  });
});
