const NAME = 'device-monitoring';
export const CALLS = 'calls';

/**
 * Opens what is kept of the last calls, in the browser's IndexedDB. The key says it all: when, which call, how many
 * bytes; so that the oldest can go without anything being read.
 * @returns {Promise<IDBDatabase>}
 */
export function openRecordings() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () =>
      opening.result.createObjectStore(CALLS, { keyPath: ['startedAt', 'callSid', 'bytes'] });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
