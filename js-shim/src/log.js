const PREFIX = '[device-monitoring]';
const logged = new Set();

export const log = {
  info: (...parts) => console.info(PREFIX, ...parts),
  warn: (...parts) => console.warn(PREFIX, ...parts),
  error: (...parts) => console.error(PREFIX, ...parts),

  /**
   * An error that would repeat itself every second is worth one line.
   * @param {string} key what makes two messages the same
   */
  errorOnce(key, ...parts) {
    if (logged.has(key)) return;
    logged.add(key);
    console.error(PREFIX, ...parts);
  },
};
