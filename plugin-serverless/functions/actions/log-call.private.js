/**
 * log-call: writes the alert to the Function's log, as one line of JSON.
 *
 * Also the example to write an action of your own from. An action is one file in this folder,
 * `<name>.private.js`; the configuration property `action` selects it by that name. It exports
 *
 *   run({ alert, issues, callerId, dnis, worker, context }) → result, or a Promise of it
 *
 *   alert     the alert document (version 1), or null if the client sent none, as that of 2021 did
 *   issues    the reasons in words, separated by commas
 *   callerId, dnis   caller's and called number, as the browser says: do not act on them unchecked
 *   worker    {workerSid, identity, roles} of the Flex user, as Twilio says: may be relied on
 *   context   the Function's context: environment variables, getTwilioClient()
 *
 * The result is sent to the browser as JSON (no secrets, no numbers). Throwing makes the answer a 500.
 * Everything must be done when the Promise is: the process may end then, and is ended after 10 s.
 * Other files are reached through `Runtime.getFunctions()`, as here, because relative paths do not
 * exist when hosted; packages are required as usual, after adding them to `dependencies`.
 */
const { logLine, maskNumber, safeText } = require(Runtime.getFunctions()['shared/log'].path);

// An alert is some kilobytes at most by itself; this holds for one that a browser made up, too.
const MAX_ENTRIES = 20;

exports.run = ({ alert, issues, callerId, dnis }) => {
  // The call's and the task's SID are logged because finding the call is what this line is for;
  // of the people on it no more than two digits are.
  logLine({
    event: 'device-monitoring.alert',
    alertId: safeId(alert?.id),
    callSid: sid('CA', alert?.callSid),
    taskSid: sid('WT', alert?.taskSid),
    issues: safeText(issues),
    diagnosis: safeText(alert?.diagnosis),
    direction: safeText(alert?.direction),
    durationMs: number(alert?.durationMs),
    warningMs: number(alert?.warningMs),
    warningPct: number(alert?.warningPct),
    reasons: list(alert?.reasons, ({ rule, value, threshold, text }) => ({
      rule: safeText(rule),
      value: number(value),
      threshold: number(threshold),
      text: safeText(text),
    })),
    conditions: list(alert?.conditions, ({ name, side, direction, episodes }) => ({
      name: safeText(name),
      side: safeText(side),
      direction: safeText(direction),
      episodes: list(episodes, ({ startMs, endMs, worst, threshold }) => ({
        startMs: number(startMs),
        endMs: number(endMs),
        worst: number(worst),
        threshold: number(threshold),
      })),
    })),
    callerId: maskNumber(callerId),
    dnis: maskNumber(dnis),
  });
  return { logged: true };
};

const number = (value) => (Number.isFinite(value) ? value : null);

const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : null);

const sid = (prefix, value) => matching(new RegExp(`^${prefix}[0-9A-Za-z]{32}$`), value);

/** A UUID or the like, with a letter; `safeText` would take its digits for a phone number. */
const safeId = (value) => matching(/^(?=.*[A-Za-z])[0-9A-Za-z_-]{8,64}$/, value);

const list = (values, describe) =>
  (Array.isArray(values) ? values : []).slice(0, MAX_ENTRIES).map((value) => describe(value ?? {}));
