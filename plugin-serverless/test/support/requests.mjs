/** Made-up requests, as the plugin and as clients of the 2021 sample send them. */

export const TOKEN = 'eyJhbGciOiJkaXIifQ.a-valid-flex-token';
export const CALLER = '+12025550123';
export const CALLED = '+12025550199';

export const WORKER_SID = 'WK00000000000000000000000000000001';
export const IDENTITY = 'agent_40example_2Ecom';

const summary = (mean) => ({ samples: 60, min: mean / 2, mean, p95: mean * 2, max: mean * 2.5 });

/** An alert document, version 1, about a call; `callSid: undefined` makes it one about a call that never learnt its own. */
export const alert = (changes = {}) => {
  const callSid = 'callSid' in changes ? changes.callSid : 'CA00000000000000000000000000000001';
  return {
    version: 1,
    id: callSid ? `alert-${callSid}` : `alert-${WORKER_SID}-1795327609127`,
    callSid,
    taskSid: 'WT00000000000000000000000000000001',
    reservationSid: 'WR00000000000000000000000000000001',
    conferenceSid: 'CF00000000000000000000000000000001',
    workerSid: WORKER_SID,
    callerId: CALLER,
    dnis: CALLED,
    direction: 'inbound',
    startedAt: '2026-11-22T06:06:49.127Z',
    endedAt: '2026-11-22T06:07:49.127Z',
    durationMs: 60_000,
    warningMs: 21_000,
    warningPct: 35,
    reasons: [
      {
        rule: 'warningDurPct',
        value: 35,
        threshold: 15,
        text: '35 % of the call was under warning: high-rtt from 12 s to 33 s',
      },
    ],
    conditions: [
      {
        name: 'high-rtt',
        side: 'agent-network',
        direction: 'both',
        episodes: [{ startMs: 12_000, endMs: 33_000, raisedMs: 14_000, clearedMs: 38_000, worst: 812, threshold: 400 }],
      },
    ],
    metrics: { rtt: summary(300), jitter: summary(8), packetsLostFraction: summary(1), mos: summary(2) },
    diagnosis: 'your-network',
    errors: [],
    configurationSource: 'attributes',
    configuration: {
      enabled: true,
      alertAgent: true,
      action: 'log-call',
      highRttThreshold: 400,
      highPacketsLostThreshold: 3,
      lowMosThreshold: 3.5,
      highJitterThreshold: 30,
      shortCallThreshold: 10,
      endedInWarningIsTrigger: true,
      warningDurPctThreshold: 15,
    },
    versions: { plugin: '0.1.0', engine: '0.1.0', flexUi: '2.17.1', voiceSdk: '2.11.1' },
    browser: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0',
    edge: 'roaming',
    endpoint: { headset: '0b0e:0245', codec: 'opus', networkType: 'wifi', rttFloorMs: 31, hardwareConcurrency: 8 },
    ...changes,
  };
};

/** The form the plugin posts; a change to `undefined` leaves the field out. */
export const form = (changes = {}) => {
  const fields = {
    Token: TOKEN,
    issues: 'call warning condition pct',
    callerId: CALLER,
    dnis: CALLED,
    action: 'log-call',
    alert: JSON.stringify(alert()),
    ...changes,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
};

/** POSTs a form as the browser does and reads the JSON answer. */
export async function post(runtime, fields) {
  const response = await fetch(`${runtime.url}/respond-to-issue`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
