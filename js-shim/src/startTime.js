/**
 * When this script began to run, on the page's clock. Imported before everything else: from here to `listening` is what
 * the plugin costs Flex's start.
 */
export const startedAt = performance.now();
