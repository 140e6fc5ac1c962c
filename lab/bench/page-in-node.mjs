// What the engine's WebAssembly asks of its page, in Node.js: a clock that runs only when it is told to, timers by that clock,
// and a storage in memory.

/** Time that stands still until somebody moves it. */
export class Clock {
  #timers = new Map();
  #newest = 0;
  /** Milliseconds since the page was opened. */
  now = 0;

  /** As the page's own. */
  setTimeout = (handler, span = 0) => {
    this.#newest += 1;
    this.#timers.set(this.#newest, { at: this.now + span, handler });
    return this.#newest;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  #next(until) {
    let next;
    for (const [id, { at }] of this.#timers) if (at <= until && !(next && next.at <= at)) next = { id, at };
    return next;
  }

  /** Moves on; what is due by then runs in its turn. */
  moveTo(time) {
    for (let next = this.#next(time); next; next = this.#next(time)) {
      const { handler } = this.#timers.get(next.id);
      this.#timers.delete(next.id);
      this.now = next.at;
      handler();
    }
    this.now = time;
  }
}

/** The part of `localStorage` that the outbox uses. */
export class Storage {
  #items = new Map();

  key = (index) => [...this.#items.keys()][index] ?? null;

  getItem = (key) => this.#items.get(key) ?? null;

  setItem = (key, value) => {
    this.#items.set(key, value);
  };

  removeItem = (key) => {
    this.#items.delete(key);
  };
}

/** Gives this process what a page has. @returns {Clock} */
export function installPageGlobals() {
  const clock = new Clock();
  const startedAt = Date.now();
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  define('setTimeout', clock.setTimeout);
  define('clearTimeout', clock.clearTimeout);
  define('localStorage', new Storage());
  performance.now = () => clock.now;
  Date.now = () => startedAt + clock.now;
  return clock;
}
