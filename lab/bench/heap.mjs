// What a page holds once everything that can be collected has been, by the DevTools protocol.

/**
 * Of all elements of a page: those that are in no document, and those of them that are the plugin's.
 * @this {Element[]}
 */
function countDetached() {
  const isOfPage = (element) => {
    try {
      return element.ownerDocument === document;
    } catch {
      return false; // a prototype, which is none
    }
  };
  const detached = this.filter((element) => isOfPage(element) && !element.isConnected);
  return {
    detached: detached.length,
    detachedOurs: detached.filter((element) => element.closest('[data-testid^=device-monitoring]')).length,
  };
}

/**
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{heap: number, nodes: number, listeners: number, detached: number, detachedOurs: number}>} heap in bytes
 */
export async function measureHeap(page) {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('HeapProfiler.enable');
    // The console keeps what it was given.
    await devtools.send('Runtime.discardConsoleEntries');
    for (let times = 0; times < 3; times += 1) await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    const { result: prototype } = await devtools.send('Runtime.evaluate', { expression: 'Element.prototype' });
    const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: prototype.objectId });
    const { result, exceptionDetails } = await devtools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: String(countDetached),
      returnByValue: true,
    });
    if (exceptionDetails)
      throw new Error(`detached elements were not counted: ${exceptionDetails.exception?.description}`);
    await devtools.send('Runtime.releaseObject', { objectId: objects.objectId });
    await devtools.send('Runtime.releaseObject', { objectId: prototype.objectId });
    return { heap: usedSize, nodes, listeners: jsEventListeners, ...result.value };
  } finally {
    await devtools.detach();
  }
}
