// Calls in a browser as if the plugin had recorded them there (js-shim/src/recorder).

/** Runs in the page. */
async function store({ recordings, calls }) {
  const packed = await Promise.all(
    recordings.map((rows) =>
      new Response(new Blob([JSON.stringify(rows)]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
    ),
  );
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('device-monitoring', 1);
    opening.onupgradeneeded = () =>
      opening.result.createObjectStore('calls', { keyPath: ['startedAt', 'callSid', 'bytes'] });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const transaction = database.transaction('calls', 'readwrite');
  let sum = 0;
  for (const { recording, ...call } of calls) {
    const bytes = packed[recording];
    sum += bytes.byteLength;
    transaction.objectStore('calls').put({ ...call, bytes: bytes.byteLength, reasons: [], packed: bytes });
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
  return sum;
}

/**
 * @param {import('playwright-core').Page} page of Flex
 * @param {any[][][]} recordings the rows of each
 * @param {{startedAt: number, callSid: string, recording: number}[]} calls and which of the recordings each is
 * @returns {Promise<number>} bytes that they take there
 */
export const storeCalls = (page, recordings, calls) => page.evaluate(store, { recordings, calls });
