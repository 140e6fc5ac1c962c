// A link as somebody measured it: the moments at which it let a packet of full size pass. The format is that of mahimahi's
// traces (github.com/ravinet/mahimahi, `mm-link`): one moment a line, in milliseconds since the measurement began.
import fs from 'node:fs';
import path from 'node:path';
import { paths } from '../paths.mjs';

/** Bytes that pass at one moment, IP and UDP headers included: of several packets, or of a part of one. */
const MTU_BYTES = 1500;

/** @param {string} text of such a file. @returns {number[]} ms, in order */
export function parseMoments(text) {
  const moments = text.trim().split('\n').map(Number);
  const isSound = moments.every((moment, index) => moment >= 0 && (index === 0 || moment >= moments[index - 1]));
  if (!isSound || !(moments.at(-1) > 0)) throw new Error('a link is a list of milliseconds, in order, one a line');
  return moments;
}

const known = new Map();

/** @param {string} file such as `Verizon-EVDO-driving.up`, in target/lab/links */
export function readMoments(file) {
  if (!known.has(file)) {
    const whole = path.join(paths.links, file);
    if (!fs.existsSync(whole))
      throw new Error(`${path.relative(paths.root, whole)} is missing: put the files of mahimahi's traces/ there`);
    known.set(file, parseMoments(fs.readFileSync(whole, 'utf8')));
  }
  return known.get(file);
}

/** Packets wait in its queue for their turn. After its last moment it begins again. */
export class MeasuredLink {
  #moments;
  #begins; // when the measurement's millisecond 0 would have been, on the clock of `dueAt`
  #turn = 0; // the moment in use, counted on through repetitions
  #left = MTU_BYTES; // what may still pass at it

  /**
   * @param {number[]} moments ms, in order
   * @param {number} now ms, any monotonic clock
   * @param {number} offset seconds of the measurement that are left out
   */
  constructor(moments, now, offset = 0) {
    this.#moments = moments;
    this.#begins = now - offset * 1000;
  }

  #at(turn) {
    const { length } = this.#moments;
    return this.#begins + Math.floor(turn / length) * this.#moments[length - 1] + this.#moments[turn % length];
  }

  /**
   * @param {number} now ms
   * @param {number} bytes headers included
   * @param {number} queue a packet that would wait longer is lost, ms
   * @returns {number | null} when its last byte has passed; null when it is lost
   */
  dueAt(now, bytes, queue) {
    let [turn, left, rest] = [this.#turn, this.#left, bytes];
    while (this.#at(turn) < now) {
      turn += 1;
      left = MTU_BYTES;
    }
    while (rest > left) {
      rest -= left;
      turn += 1;
      left = MTU_BYTES;
    }
    const due = this.#at(turn);
    if (due - now > queue) return null;
    this.#turn = turn;
    this.#left = left - rest;
    return due;
  }
}
