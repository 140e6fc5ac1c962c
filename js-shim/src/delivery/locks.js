/**
 * Web Locks: what only one tab may do, and which tabs live. In a browser without them, or that forbids them, every tab
 * does it, and the server drops what it gets twice.
 */
const PREFIX = 'device-monitoring/';
const TAB = `${PREFIX}tab/`;

/**
 * Does the work unless another tab is at it.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {T} otherwise what to give if another tab is
 * @returns {Promise<T>}
 */
export async function alone(name, work, otherwise) {
  let answered = false;
  try {
    return await navigator.locks.request(PREFIX + name, { ifAvailable: true }, (lock) => {
      answered = true;
      return lock ? work() : otherwise;
    });
  } catch (error) {
    if (answered) throw error;
    // There are no locks here, or the browser forbids them with the storage.
    return work();
  }
}

/**
 * Lets other tabs know, as long as this page lives, that it does.
 * @param {string} tab
 */
export function live(tab) {
  navigator.locks?.request(TAB + tab, () => new Promise(() => {})).catch(() => {});
}

/** @returns {Promise<string[] | undefined>} the tabs that live; undefined: nobody knows */
export async function livingTabs() {
  try {
    const { held = [], pending = [] } = await navigator.locks.query();
    return [...held, ...pending]
      .map(({ name = '' }) => name)
      .filter((name) => name.startsWith(TAB))
      .map((name) => name.slice(TAB.length));
  } catch {
    return undefined;
  }
}
