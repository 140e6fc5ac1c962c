// Things that come one after the other and that somebody may wait for.
import { EventEmitter } from 'node:events';

/** A list that grows, with a way to wait for an entry that is there or still to come. Emits `entry`. */
export class Entries extends EventEmitter {
  all = [];

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  add(entry) {
    this.all.push(entry);
    this.emit('entry', entry);
  }

  /**
   * @template T
   * @param {string} what for the message if it does not come
   * @param {(entry: T) => boolean} matches
   * @param {{timeoutMs?: number, from?: number}} options from: index of the first entry that counts
   * @returns {Promise<T>}
   */
  waitFor(what, matches, { timeoutMs = 15_000, from = 0 } = {}) {
    const present = this.all.slice(from).find(matches);
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        clearTimeout(timer);
        this.off('entry', check);
        settle(value);
      };
      const check = (entry) => matches(entry) && done(resolve, entry);
      const timer = setTimeout(
        () => done(reject, new Error(`${what} did not come within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      this.on('entry', check);
    });
  }
}
