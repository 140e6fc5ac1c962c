/**
 * annotate-call: notes on the call, in Voice Insights, what was wrong with it.
 *
 * What a person has noted before stays. There is no score: that is a customer's opinion, and nobody has asked one.
 */
const { expectAnswer, failureOf, isAnsweredWith } = require(Runtime.getFunctions()['lib/twilio'].path);
const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);

exports.policy = 'at-least-once';
exports.needs = 'call';
exports.offByDefault = true;

/** Condition → quality issue of Twilio's list */
const QUALITY_ISSUES = {
  'no-outbound-audio': 'owa',
  'low-bytes-sent': 'owa',
  'low-bytes-received': 'owa',
  'constant-audio-input-level': 'low_volume',
  'audio-gaps': 'choppy_robotic',
  'playout-gaps': 'choppy_robotic',
  'high-packet-loss': 'choppy_robotic',
  'high-jitter': 'choppy_robotic',
  'high-outbound-packet-loss': 'choppy_robotic',
  'high-rtt': 'latency',
};
const CONNECTION_CONDITIONS = ['ice-connectivity-lost', 'reconnecting', 'signaling-lost'];
/** Twilio's list has no quality issue for these. */
const WITHOUT_QUALITY_ISSUE = ['low-mos'];
/** What a comment may name: Twilio does not treat it as personal data, and a browser could name anything. */
const ALLOWED_NAMES = [
  ...Object.keys(QUALITY_ISSUES),
  ...CONNECTION_CONDITIONS,
  ...WITHOUT_QUALITY_ISSUE,
  'shortCall',
  'endedInWarning',
  'warningDurPct',
  'severelyConcealedPct',
  'agentReport',
];
const NO_ISSUES = ['no_quality_issue', 'unknown_quality_issue'];
const COMMENT_PREFIX = 'Device Monitoring:';

exports.run = async ({ alert, call, twilio }) => {
  const annotation = twilio.insights.v1.calls(call.sid).annotation();
  try {
    const before = await annotation.fetch().then(
      (found) => expectAnswer(found, 'callSid', call.sid),
      (error) => {
        if (isAnsweredWith(error, 404)) return {};
        throw error;
      },
    );
    const issues = [
      ...(before.qualityIssues ?? []).filter((issue) => !NO_ISSUES.includes(issue)),
      ...qualityIssues(alert),
    ];
    const noted = {};
    if (issues.length > 0) noted.qualityIssues = [...new Set(issues)].join(',');
    if (wasDropped(alert) && !isNoted(before.connectivityIssue)) noted.connectivityIssue = 'dropped_call';
    if (!before.comment || before.comment.startsWith(COMMENT_PREFIX)) noted.comment = comment(alert);
    expectAnswer(await annotation.update(noted), 'callSid', call.sid);
    return { qualityIssues: noted.qualityIssues ?? null };
  } catch (error) {
    // The call is there; Voice Insights has only not heard of it yet.
    if (isAnsweredWith(error, 404))
      throw new ActionNotPerformed('CALL_NOT_IN_INSIGHTS_YET', { retryAfter: 60, cause: error });
    throw failureOf(twilio, error);
  }
};

const qualityIssues = ({ conditions }) =>
  conditions.flatMap(({ name }) => (Object.hasOwn(QUALITY_ISSUES, name) ? [QUALITY_ISSUES[name]] : []));

/** The connection was gone when the call ended. */
const wasDropped = ({ conditions }) =>
  conditions.some(({ name, episodes }) => CONNECTION_CONDITIONS.includes(name) && episodes.at(-1)?.clearedMs === null);

const isNoted = (issue) => Boolean(issue) && !['unknown_connectivity_issue', 'no_connectivity_issue'].includes(issue);

/** "Device Monitoring: shortCall; high-rtt, high-jitter" */
function comment({ reasons, conditions }) {
  const words = (list) =>
    [...new Set(list)].filter((name) => ALLOWED_NAMES.includes(name)).join(', ') || 'nothing known';
  return `${COMMENT_PREFIX} ${words(reasons.map(({ rule }) => rule))}; ${words(conditions.map(({ name }) => name))}`.slice(
    0,
    100,
  );
}
