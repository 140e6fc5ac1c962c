const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

/** @returns {string} date and time of day in the browser's language; a dash if it is not a valid time */
export function moment(ms) {
  try {
    return dates.format(ms);
  } catch {
    return '–';
  }
}

/** @returns {string} "1.2 MB" */
export const size = (bytes) => (bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** @returns {string} the time of day in the browser's language. @param {number} ms @param {'short' | 'medium'} [style] */
export function timeOfDay(ms, style = 'medium') {
  try {
    return new Intl.DateTimeFormat(undefined, { timeStyle: style }).format(ms);
  } catch {
    return '–';
  }
}

const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** @returns {string} "12.5 %", as the engine's sentences have it. @param {number} share from 0 to 1 */
export const percent = (share) => `${tenths.format(100 * share)}\u00a0%`;
