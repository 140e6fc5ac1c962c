/**
 * log-call: writes the alert to the Function's log, as one line of JSON.
 *
 * Also the example to write an action of your own from: an action is one file in this folder, `<name>.private.js`, and
 * the configuration property `action` selects it by that name. docs/actions.md says what it is given and what it may
 * declare. This one declares that it may be done twice, so that an alert is logged even when Sync does not answer, and
 * that it needs no call: the line says whether the call was verified to be the agent's.
 */
const { logLine, safeId, safeNumber: number, safeText } = require(Runtime.getFunctions()['lib/log'].path);
const { maskNumber } = require(Runtime.getFunctions()['lib/phone-number'].path);

// An alert is some kilobytes at most by itself; this holds for one that a browser made up, too.
const MAX_ENTRIES = 20;

exports.policy = 'at-least-once';

/** Its line says what was done; the Function writes no other about it. */
exports.logs = true;

exports.run = ({ alert, issues, callerId, dnis, call, worker }) => {
  // The call's and the task's SID are logged because finding the call is what this line is for;
  // of the people on it no more than two digits are.
  logLine({
    event: 'device-monitoring.alert',
    alertId: safeId(matching(/^alert-[0-9A-Za-z-]{1,80}$/, alert?.id)),
    callSid: sid('CA', alert?.callSid),
    verified: call?.verified ?? false,
    why: call?.why,
    workerSid: worker.workerSid,
    taskSid: sid('WT', alert?.taskSid),
    issues: safeText(issues),
    diagnosis: safeText(alert?.diagnosis),
    cause: safeText(alert?.cause),
    causes: list(alert?.causes, ({ name, startMs, endMs, evidence }) => ({
      name: safeText(name),
      startMs: number(startMs),
      endMs: number(endMs),
      evidence: knownOf(EVIDENCE, evidence),
    })),
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
    endpoint: knownOf(ENDPOINT, alert?.endpoint),
    callerId: maskNumber(callerId),
    dnis: maskNumber(dnis),
  });
  return { logged: true };
};

/** What showed a cause: words and numbers of the alert's schema. */
const EVIDENCE = {
  track: safeText,
  pressure: safeText,
  lateMs: number,
  synthesizedPct: number,
  standstillMs: number,
  networkType: safeText,
  relayProtocol: safeText,
  concealmentMs: number,
  bufferSwingMs: number,
  pathChanges: number,
};

const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : null);

/** The call's endpoint, likewise. */
const ENDPOINT = {
  // Eight digits would be masked as a phone number.
  headset: (value) => matching(/^([0-9a-f]{4}:[0-9a-f]{4}|built-in|hands-free)$/, value),
  codec: safeText,
  networkType: safeText,
  relayProtocol: safeText,
  network: (value) => matching(/^N-[0-9a-f]{16}$/, value),
  rttFloorMs: number,
  cpuPerformance: number,
  hardwareConcurrency: number,
  deviceMemory: number,
  webRtcRedirected: (value) => value === true || null,
  echoReturnLoss: number,
  echoReturnLossEnhancement: number,
};

/** Without what is not there. */
const knownOf = (fields, values) =>
  Object.fromEntries(
    Object.entries(fields)
      .map(([name, safe]) => [name, safe(values?.[name])])
      .filter(([, value]) => value !== null),
  );

const sid = (prefix, value) => matching(new RegExp(`^${prefix}[0-9A-Za-z]{32}$`), value);

const list = (values, describe) =>
  (Array.isArray(values) ? values : []).slice(0, MAX_ENTRIES).map((value) => describe(value ?? {}));
