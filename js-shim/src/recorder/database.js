const NAME = 'device-monitoring';
export const CALLS = 'calls';

/** A browser whose IndexedDB is in trouble may never answer; what comes after would wait for it in memory. */
const LIMIT_MS = 10_000;

/**
 * What the browser answers about its IndexedDB: one that has opened it may still never end a transaction.
 * @template T
 * @param {Promise<T>} answer
 * @returns {Promise<T>} rejects if it does not come in time
 */
export function inTime(answer) {
  let limit;
  const late = new Promise((_, reject) => {
    limit = setTimeout(() => reject(new Error('IndexedDB does not answer')), LIMIT_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(limit));
}

/**
 * Opens what is kept of the last calls, in the browser's IndexedDB. The key says it all: when, which call, how many
 * bytes; so that the oldest can go without anything being read.
 * @returns {Promise<IDBDatabase>} rejects also if the browser does not answer in time
 */
export async function openRecordings() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () =>
    opening.result.createObjectStore(CALLS, { keyPath: ['startedAt', 'callSid', 'bytes'] });
  const opened = new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await inTime(opened);
  } catch (error) {
    // Nobody waits any more for one that is late.
    opened.then(
      (database) => database.close(),
      () => {},
    );
    throw error;
  }
}
