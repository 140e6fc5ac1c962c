/** Made-up requests, as the plugin and as clients of the 2021 sample send them. */

export const TOKEN = 'eyJhbGciOiJkaXIifQ.a-valid-flex-token';
export const CALLER = '+15555550123';
export const CALLED = '+15555550199';

/** An alert document, version 1. */
export const alert = (changes = {}) => ({
  version: 1,
  id: '6f1c2f0e-7a1b-4c55-9a64-0d1d2c3b4a59',
  callSid: 'CA00000000000000000000000000000001',
  taskSid: 'WT00000000000000000000000000000001',
  workerSid: 'WK00000000000000000000000000000001',
  callerId: CALLER,
  dnis: CALLED,
  direction: 'inbound',
  durationMs: 60_000,
  warningMs: 21_000,
  warningPct: 35,
  reasons: [{ rule: 'warningDurPct', value: 35, threshold: 15, text: '35 % of the call was under warning: high-rtt from 12 s to 33 s' }],
  conditions: [{
    name: 'high-rtt',
    side: 'agent-network',
    direction: 'both',
    episodes: [{ startMs: 12_000, endMs: 33_000, raisedMs: 14_000, clearedMs: 38_000, worst: 812, threshold: 400 }],
  }],
  diagnosis: 'your-network',
  ...changes,
});

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
  const response = await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', body: new URLSearchParams(fields) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
