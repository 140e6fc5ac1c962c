/** Every text of the admin view. Admins read English; what agents read is in locales/, in six languages. */
export const TEXTS = {
  title: 'Device Monitoring',
  loading: 'Reading the recorded calls…',

  configuration: 'Configuration in force',
  sources: {
    appConfig: 'From the attributes in appConfig.js.',
    ui_attributes: 'From ui_attributes of the Flex configuration.',
    attributes: 'From attributes of the Flex configuration.',
    defaults: 'Nothing is configured: these are the documented defaults.',
  },
  property: 'Property',
  value: 'Value',
  severities: { error: 'Error', warning: 'Warning', info: 'Note' },
  suggested: (property, { value, property: other }) =>
    other ? `Suggested: ${other}.` : `Suggested: ${property}=${value}.`,
  noFindings: 'There is nothing to be said about it.',

  alerts: 'Alerts that the server has not taken',
  noAlerts: 'None of your own in this browser.',
  made: 'Made',
  attempts: 'Attempts',
  state: 'State',
  waiting: (why) => (why ? `Waits and is tried again: ${why}` : 'Waits for the server.'),

  calls: 'Recorded calls',
  notRecording: 'Nothing is being recorded: recordCalls is false.',
  noCalls: 'There is no recorded call in this browser yet. A call is there when it is over.',
  kept: (count, bytes, since, workers) =>
    `This browser keeps ${count === 1 ? '1 call' : `${count} calls`} of ${workers}: ${bytes}, since ${since}. At most 10 MB; the oldest go first. No audio, no numbers, no names.`,
  worker: (sid) => `worker ${sid}`,
  you: 'yourself',
  somebody: 'an unknown worker',
  failed: (why) => `The recorded calls cannot be read: ${why}.`,
  notJudged: (why) => `The recorded calls cannot be judged: ${why}.`,
  unreadable: (why) => `Cannot be read: ${why}`,
  started: 'Started',
  direction: 'Direction',
  lasted: 'Lasted',
  call: 'Call',
  verdict: 'Verdict at the time',
  noAlert: 'No alert',
  refresh: 'Read again',
  exporting: 'Export for replay',
  deleting: 'Delete all',
  reallyDelete: (count) =>
    `Delete ${(count === undefined && 'all calls') || (count === 1 ? 'this 1 call' : `these ${count} calls`)} for good`,
  keep: 'Keep them',
  deleted: 'All recorded calls are deleted.',
  more: (count) => `${count} more are not shown.`,

  whatIf: 'What if',
  whatIfHelp:
    'Move a threshold: every recorded call is judged anew, and compared with what the configuration in force says of it. Nothing is changed.',
  slider: (name) => `${name}, slider`,
  reset: 'Back to what is in force',
  judged: (calls, before, after) =>
    `${calls === 1 ? '1 call' : `${calls} calls`}: ${before} would alert as configured, ${after} as tried.`,
  come: (count) => `${count} would come`,
  go: (count) => `${count} would go`,
  stay: (count) => `${count} would stay`,
  nothingMoved: 'Nothing has been moved.',
  copyJson: 'Copy the result as JSON',
  copyCommand: 'Copy the command',
  commandHelp: 'To put this live, with what replay configure asks before it writes:',
  inAppConfig: 'The configuration in force is in an appConfig.js, which no command can edit: change it there.',
  copied: 'Copied.',
  notCopied: 'This page may not copy: select the text and copy it yourself.',
};

/** The thresholds that can be tried: name, unit, and what the slider spans. Any other number can be typed. */
export const THRESHOLDS = [
  { property: 'highRttThreshold', name: 'Round trip', unit: 'ms', most: 1000, step: 10 },
  { property: 'highPacketsLostThreshold', name: 'Packets lost', unit: '%', most: 100, step: 0.5 },
  { property: 'lowMosThreshold', name: 'MOS below', unit: '', most: 6, step: 0.1 },
  { property: 'highJitterThreshold', name: 'Jitter', unit: 'ms', most: 200, step: 1 },
  { property: 'shortCallThreshold', name: 'Short call', unit: 's', most: 120, step: 1 },
  { property: 'warningDurPctThreshold', name: 'Time in warning', unit: '%', most: 100, step: 1 },
  { property: 'severelyConcealedPctThreshold', name: 'Made-up sound', unit: '%', most: 100, step: 1 },
];
export const SWITCH = { property: 'endedInWarningIsTrigger', name: 'Ended in warning alerts' };

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
