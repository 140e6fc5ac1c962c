/** @returns {string} minutes and seconds into a call: "1:05" */
export const formatDuration = (ms) =>
  `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
