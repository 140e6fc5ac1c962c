const PREFIX = '[device-monitoring]';
const logged = new Set();

/** Other scripts may have put something of their own in the place of the console's methods: what that throws ends here. */
const write =
  (level) =>
  (...parts) => {
    try {
      console[level](PREFIX, ...parts);
    } catch {
      // There is nowhere else to say it.
    }
  };

export const log = {
  info: write('info'),
  warn: write('warn'),
  error: write('error'),

  /** @param {object[]} rows which consoles show best in a table */
  table(rows) {
    try {
      console.table(rows);
    } catch {
      // As above.
    }
  },

  /**
   * An error that would repeat itself every second is worth one line.
   * @param {string} key what makes two messages the same
   */
  errorOnce(key, ...parts) {
    once('error', key, parts);
  },

  /** @param {string} key what makes two messages the same */
  warnOnce(key, ...parts) {
    once('warn', key, parts);
  },
};

function once(level, key, parts) {
  if (logged.has(key)) return;
  logged.add(key);
  log[level](...parts);
}
