const NAME = 'device-monitoring';
export const CALLS = 'calls';

/** A browser whose IndexedDB is in trouble may never answer; what comes after would wait for it in memory. */
const LIMIT_MS = 10_000;

/**
 * Opens what is kept of the last calls, in the browser's IndexedDB. The key says it all: when, which call, how many
 * bytes; so that the oldest can go without anything being read.
 * @returns {Promise<IDBDatabase>} rejects also if the browser does not answer in time
 */
export function openRecordings() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () =>
      opening.result.createObjectStore(CALLS, { keyPath: ['startedAt', 'callSid', 'bytes'] });
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      reject(new Error('IndexedDB does not answer'));
    }, LIMIT_MS);
    opening.onsuccess = () => {
      clearTimeout(limit);
      if (isLate) opening.result.close();
      else resolve(opening.result);
    };
    opening.onerror = () => {
      clearTimeout(limit);
      reject(opening.error);
    };
  });
}

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
