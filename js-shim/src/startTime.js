/**
 * When this script began to run, on the page's clock. Imported before everything else: the time from here to the measure
 * `device-monitoring:start` (`DeviceMonitoringPlugin.js`) is what the plugin adds to Flex's start.
 */
export const startedAt = performance.now();
