/**
 * Web Locks: what only one tab may do, and which tabs live. In a browser without them (none that Flex supports) every
 * tab does it, and the server drops what it gets twice.
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
export function alone(name, work, otherwise) {
  if (!navigator.locks) return work();
  return navigator.locks.request(PREFIX + name, { ifAvailable: true }, (lock) => (lock ? work() : otherwise));
}

/**
 * Lets other tabs know, as long as this page lives, that it does.
 * @param {string} tab
 */
export function live(tab) {
  navigator.locks?.request(TAB + tab, () => new Promise(() => {}));
}

/** @returns {Promise<string[] | undefined>} the tabs that live; undefined: nobody knows */
export async function livingTabs() {
  if (!navigator.locks) return undefined;
  const { held, pending } = await navigator.locks.query();
  return [...held, ...pending].map(({ name }) => name).filter((name) => name.startsWith(TAB)).map((name) => name.slice(TAB.length));
}
