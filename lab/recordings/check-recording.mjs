// Checks a recording: what was in it, and whether the machine rather than the scenario spoiled the call. Jitter, delay
// and missing packets in seconds that the scenario left alone mean that something else ran at the same time.

const SETTLES_MS = 4000; // so long a network that was spoiled may be seen in what is measured
const WORST_JITTER_MS = 25;
const WORST_JITTER_IN_SILENCE_MS = 30; // packets of silence are sent when the codec likes
const WORST_DELAY_MS = 5; // in the relay, mean of a second
const WORST_RTT_MS = 150; // judged only until the network is first spoiled: it comes with RTCP, and late
const WORST_INTERVAL_MS = 300; // between samples, and between the relay's counts, off a second
const FEWEST_PACKETS = 42; // of the 50 that are sent a second
const FEW_PACKETS = 25; // where the codec saves them in silence

/** Stretches by label, as [from, to]; what was not ended lasts to the end. */
function stretches(events, matches) {
  const open = new Map();
  const found = [];
  for (const { ms, on, label } of events.filter((event) => event.type === 'truth' && matches(event))) {
    if (on && !open.has(label)) open.set(label, ms);
    else if (!on && open.has(label)) {
      found.push([open.get(label), ms]);
      open.delete(label);
    }
  }
  return [...found, ...[...open.values()].map((from) => [from, Infinity])];
}

/** Whether nothing may pass for long: in a blackout, or over a link whose queue is full. */
const isCutOff = (network) =>
  Object.values(network ?? {}).some(
    (impairment) => impairment?.link || impairment?.rate || (impairment?.blackout && !impairment.only),
  );

const mostOf = (values) => (values.length ? Math.max(...values) : 0);
const range = (values) => `${Math.min(...values)}–${Math.max(...values)}`;

/** @param {Array<object>} events of one call, parsed. @returns {{text: string, disturbed: string[]}} */
function checkCall(events) {
  const accepted = events.find(({ type }) => type === 'accept').ms;
  const over = events.find(({ type }) => type === 'disconnect')?.ms ?? events.at(-1).ms;
  const spoiled = stretches(events, ({ network }) => network);
  // Without its process for sound a browser takes nothing from the microphone.
  const unplugged = stretches(events, ({ label }) => ['microphone unplugged', 'browser without sound'].includes(label));
  const stops = events.some(({ network }) => isCutOff(network)) ? spoiled : [];
  const busy = stretches(events, ({ label }) => label === 'page busy');
  const within =
    (list) =>
    ({ ms }) =>
      list.some(([from, to]) => ms >= from && ms - 1000 <= to + SETTLES_MS);
  const settled = events.filter((event) => event.ms > accepted + 1500 && !within(spoiled)(event));
  const ofType = (list, type) => list.filter((event) => event.type === type);
  const samples = ofType(events, 'sample');
  const alone = ofType(settled, 'sample');
  const relayed = ofType(settled, 'truth-second');
  const seconds = ofType(events, 'truth-second');
  const isQuiet = ({ sample }) => sample.packetsReceived < FEW_PACKETS || sample.packetsSent < FEW_PACKETS;
  const savesPackets = alone.filter((event) => !within(unplugged)(event) && isQuiet(event)).length >= 3;
  const worstJitter = savesPackets ? WORST_JITTER_IN_SILENCE_MS : WORST_JITTER_MS;

  const disturbed = [];
  const when = (event, what) => disturbed.push(`${what} at ${(event.ms / 1000).toFixed(1)} s`);
  for (const event of alone) if (event.sample.jitter > worstJitter) when(event, `jitter of ${event.sample.jitter} ms`);
  const untouched = Math.min(Infinity, ...spoiled.map(([from]) => from));
  for (const event of alone)
    if (event.ms < untouched && event.sample.rtt > WORST_RTT_MS)
      when(event, `a round trip of ${Math.round(event.sample.rtt)} ms`);
  const intervals = (list, what, matters) =>
    list.slice(1).forEach((event, index) => {
      const interval = event.ms - list[index].ms;
      if (Math.abs(interval - 1000) > WORST_INTERVAL_MS && matters(event))
        when(event, `${interval} ms without ${what}`);
    });
  intervals(samples, 'a sample', (event) => !within(busy)(event));
  intervals(seconds, 'a count of the relay', () => true);
  for (const direction of ['down', 'up']) {
    for (const event of relayed) {
      const { delayMs } = event[direction];
      if (delayMs > WORST_DELAY_MS) when(event, `a delay of ${delayMs} ms ${direction} in the relay`);
    }
    // What comes to the relay no network has spoiled yet; but where nothing passes for seconds, a browser stops sending.
    for (const event of seconds) {
      const { rtpIn } = event[direction];
      const isCut = within(stops)(event) || (direction === 'up' && within(unplugged)(event));
      const mayBeFew = savesPackets || event.ms > over - 1000 || isCut;
      if (!mayBeFew && rtpIn < FEWEST_PACKETS) when(event, `${rtpIn} packets ${direction}`);
    }
  }
  const text = [
    `${((over - accepted) / 1000).toFixed(1)} s of ${samples[0]?.sample.codecName}`,
    `received ${range(samples.map(({ sample }) => sample.packetsReceived))}, sent ${range(samples.map(({ sample }) => sample.packetsSent))} a second`,
    `jitter where nothing was done ≤ ${mostOf(alone.map(({ sample }) => sample.jitter))} ms`,
    `SDK: ${[...new Set(ofType(events, 'warning').map(({ name }) => name))].join(', ') || 'no warning'}`,
  ].join('; ');
  return { text, disturbed };
}

/** @param {string[]} lines of a recording */
export function checkRecording(lines) {
  const events = lines.map((line) => JSON.parse(line));
  const sids = [...new Set(events.map(({ callSid }) => callSid).filter(Boolean))];
  const calls = sids.length ? sids.map((sid) => events.filter(({ callSid }) => callSid === sid)) : [events];
  const checks = calls.map(checkCall);
  return { text: checks.map(({ text }) => text).join(' | '), disturbed: checks.flatMap(({ disturbed }) => disturbed) };
}
