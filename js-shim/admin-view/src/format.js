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
