import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../call/speech.mjs';
import { Direction } from '../network/impairment.mjs';
import { MeasuredLink, parseMoments, readMoments } from '../network/link.mjs';

/** A link that lets a full packet pass at these moments; each call is `[now, bytes]`. */
const dues = (moments, calls, { queue = 2000, offset = 0 } = {}) => {
  const link = new MeasuredLink(moments, 1000, offset);
  return calls.map(([now, bytes]) => link.dueAt(1000 + now, bytes, queue)).map((due) => due && due - 1000);
};

test('a packet passes at the next moment of the link', () => {
  assert.deepEqual(
    dues(
      [10, 40, 90],
      [
        [0, 1500],
        [20, 1500],
        [85, 1500],
      ],
    ),
    [10, 40, 90],
  );
});

test('small packets share a moment as far as they fit, and a part of one waits for the next', () => {
  assert.deepEqual(
    dues(
      [10, 40, 90],
      [
        [0, 700],
        [1, 700],
        [2, 700],
      ],
    ),
    [10, 10, 40],
  );
});

test('a moment at which nobody waits is lost', () => {
  assert.deepEqual(dues([10, 11, 40], [[12, 200]]), [40]);
});

test('several moments in one millisecond let several packets pass', () => {
  assert.deepEqual(
    dues(
      [10, 10, 40],
      [
        [0, 1500],
        [0, 1500],
        [0, 1500],
      ],
    ),
    [10, 10, 40],
  );
});

test('after its last moment the link begins again', () => {
  assert.deepEqual(
    dues(
      [30, 100],
      [
        [0, 1500],
        [50, 1500],
        [110, 1500],
        [199, 1500],
      ],
    ),
    [30, 100, 130, 200],
  );
});

test('what is left out at the beginning never was', () => {
  assert.deepEqual(dues([1000, 2500, 4000], [[0, 1500]], { offset: 2 }), [500]);
});

test('a packet that would wait longer than the queue holds is lost, and those before it pass', () => {
  assert.deepEqual(
    dues(
      [100, 400, 900],
      [
        [0, 1500],
        [0, 1500],
        [0, 1500],
        [500, 1500],
      ],
      { queue: 450 },
    ),
    [100, 400, null, 900],
  );
});

test('a direction takes its own file of a measured link, from the moment at which it is in force', () => {
  const asked = [];
  const direction = new Direction(seededRandom(1), (name) => {
    asked.push(name);
    return [5, 25];
  });
  direction.set({ link: 'umts', queue: 2000, delay: 25 });
  assert.deepEqual(
    [7000, 7020].map((now) => direction.dueAt('rtp', now, 172)),
    [7030, 7050],
  );
  direction.set({});
  assert.equal(direction.dueAt('rtp', 7060, 172), 7060);
  assert.deepEqual(asked, ['umts']);
});

test('a link that cannot be is refused', () => {
  const set = (impairment) => () => new Direction().set(impairment);
  assert.throws(set({ link: 'umts' }), /"queue" go together/);
  assert.throws(set({ link: 'umts', rate: 64, queue: 9 }), /or is a measured one/);
  assert.throws(set({ link: '../umts', queue: 9 }), /no link's name/);
  assert.throws(set({ offset: 4 }), /into a measured link/);
  assert.throws(() => parseMoments('5\n3\n'), /in order/);
  assert.throws(() => parseMoments('5\nx\n'), /in order/);
  assert.throws(() => parseMoments('0\n'), /in order/);
  assert.throws(() => readMoments('nobody-has-it.up'), /is missing: put the files of mahimahi's traces\/ there/);
});
