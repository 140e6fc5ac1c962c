/**
 * The numbers in the rows of calls that were recorded before a call kept their names itself: where in a line of the
 * recording each belongs.
 */
const FIELDS = {
  sample: [
    ['jitter'],
    ['rtt'],
    ['packetsLost'],
    ['packetsReceived'],
    ['mos'],
    ['bytesReceived'],
    ['bytesSent'],
    ['audioInputLevel'],
    ['audioOutputLevel'],
  ],
  statistics: [
    ['candidatePair', 'currentRoundTripTime'],
    ['remoteInbound', 'fractionLost'],
    ['remoteInbound', 'roundTripTimeMeasurements'],
    ['remoteOutbound', 'reportsSent'],
    ['inbound', 'concealedSamples'],
    ['inbound', 'totalSamplesReceived'],
    ['inbound', 'packetsLost'],
    ['inbound', 'packetsReceived'],
    ['mediaSource', 'audioLevel'],
    ['candidatePair', 'responsesReceived'],
  ],
};

/** A real call of 20,000 rows has some ten million characters. */
const MAX_CHARACTERS = 32e6;
/** Nobody consults with more. A recording may say anything, and the engine keeps each of them. */
const MAX_OTHERS = 100;

/** An object with each value at its path; what is not known is left out of the objects in it. */
function placed(paths, values) {
  // None has a prototype: names may be any texts.
  const object = Object.create(null);
  const inside = Object.create(null);
  paths.forEach(([name, inner], index) => {
    const value = values[index];
    if (inner === undefined) object[name] = value;
    else if (value !== null) {
      inside[name] ??= Object.create(null);
      inside[name][inner] = value;
      object[name] = inside[name];
    }
  });
  return object;
}

const coded = (type) => (code) => ({ type, ...(code !== null && { code }) });
const plain = (type) => () => ({ type });

/** What each method of the Monitor is called in a recording, from its arguments after the call's handle. */
const LINES = {
  incoming: (direction) => ({ type: 'incoming', direction }),
  describe: ({ taskSid, direction }) => ({ type: 'task', taskSid, direction }),
  accept: (midway) => ({ type: 'accept', ...(midway && { midway }) }),
  sample: (sample) => ({ type: 'sample', sample }),
  stats: (stats) => ({ type: 'stats', stats }),
  // In calls that were recorded before the statistics crossed as one object.
  statistics: (stats) => ({ type: 'stats', stats }),
  warning: (name, threshold, values) => ({
    type: 'warning',
    name,
    data: { ...(threshold && { threshold: { name: threshold } }), values },
  }),
  warningCleared: (name) => ({ type: 'warning-cleared', name }),
  mute: (muted) => ({ type: 'mute', muted }),
  // In calls that were recorded before the engine was told who is on hold.
  hold: (held) => ({ type: 'hold', held }),
  conference: ({ onHold, others }) => ({
    type: 'conference',
    onHold,
    others: Array.isArray(others) ? others.slice(0, MAX_OTHERS) : undefined,
  }),
  monitoring: (speaking) => ({ type: 'monitoring', speaking }),
  track: (state) => ({ type: 'track', state }),
  pressure: (state) => ({ type: 'pressure', state }),
  lateTick: (lateMs) => ({ type: 'late-tick', lateMs }),
  endpoint: (endpoint) => ({ type: 'endpoint', endpoint }),
  path: (path) => ({ type: 'path', path }),
  mutedLevel: (level) => ({ type: 'muted-level', level }),
  audioContext: (state) => ({ type: 'audio-context', state }),
  report: plain('agent-report'),
  reconnecting: coded('reconnecting'),
  reconnected: plain('reconnected'),
  transportClose: plain('transportClose'),
  error: coded('error'),
  disconnect: plain('disconnect'),
  cancel: plain('cancel'),
  reject: plain('reject'),
};

/** Row and time of day at which a call was accepted. */
function acceptanceOf({ startedAt }, rows) {
  const [opened] = rows[0];
  const [accepted] = rows.find(([, method]) => method === 'accept') ?? rows[0];
  return { accepted, at: startedAt + accepted - opened };
}

/**
 * A call as the recorder keeps it (js-shim/src/recorder), in the recording format: one JSON object a line, each with the
 * call's SID, so that many calls fit into one file.
 * @param {{startedAt: number, callSid: string, fields?: Record<string, string[][]>}} call
 * @param {any[][]} rows
 * @param {number} [origin] time of day from which a file counts that begins with another call
 * @returns {{lines: string[], origin: number}} throws an Error `callTooLong` if there were more lines than a call can have
 */
export function linesOf(call, rows, origin) {
  const { callSid } = call;
  const fields = { ...FIELDS, ...call.fields };
  const told = (method, values) => (fields[method] ? [placed(fields[method], values)] : values);
  const { accepted, at } = acceptanceOf(call, rows);
  const shift = at - (origin ?? at) - accepted;
  const lines = [];
  let characters = 0;
  const add = (line) => {
    const text = JSON.stringify({ ...line, callSid });
    characters += text.length;
    if (characters > MAX_CHARACTERS) throw new Error('callTooLong');
    lines.push(text);
  };
  if (origin === undefined) add({ ms: 0, type: 'recording', version: 1, startedAt: at });
  rows.forEach(([ms, method, ...args]) => {
    if (!Object.hasOwn(LINES, method)) return;
    add({
      ms: ms + shift,
      ...LINES[method](...told(method, args)),
      ...(method === 'incoming' && { parameters: { CallSid: callSid } }),
    });
  });
  return { lines, origin: origin ?? at };
}
