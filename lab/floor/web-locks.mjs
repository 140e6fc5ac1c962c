// Web Locks of a simulated agent's browser, as far as the engine uses them: a lock is free, or its request is turned away.

export class Locks {
  /** Name → whose it is. @type {Map<string, object>} */
  #held = new Map();

  /** `navigator.locks` of a page. @param {object} page */
  of(page) {
    return {
      request: async (name, ...rest) => {
        const [work] = rest.slice(-1);
        if (this.#held.has(name)) return work(null);
        const held = { page };
        this.#held.set(name, held);
        try {
          return await work({ name, mode: 'exclusive' });
        } finally {
          if (this.#held.get(name) === held) this.#held.delete(name);
        }
      },
      query: async () => ({ held: [...this.#held.keys()].map((name) => ({ name, mode: 'exclusive' })), pending: [] }),
    };
  }

  /** The page is gone, and its locks with it. */
  release(page) {
    for (const [name, held] of this.#held) if (held.page === page) this.#held.delete(name);
  }
}
