// Recordings as the plugin's recorder keeps calls (js-shim/src/recorder): rows of [ms, method of the Monitor, …arguments].
import fs from 'node:fs/promises';
import path from 'node:path';
import { paths } from '../paths.mjs';

export const SAMPLE = [
  'jitter',
  'rtt',
  'packetsLost',
  'packetsReceived',
  'mos',
  'bytesReceived',
  'bytesSent',
  'audioInputLevel',
  'audioOutputLevel',
  'packetsSent',
];
/** Part and name of each of the statistics, and whether it counts from the call's beginning. */
/** @type {[string, string, boolean][]} */
export const STATISTICS = [
  ['candidatePair', 'currentRoundTripTime', false],
  ['remoteInbound', 'fractionLost', false],
  ['remoteInbound', 'roundTripTimeMeasurements', true],
  ['remoteOutbound', 'reportsSent', true],
  ['remoteOutbound', 'remoteTimestamp', false],
  ['inbound', 'concealedSamples', true],
  ['inbound', 'totalSamplesReceived', true],
  ['inbound', 'packetsLost', true],
  ['inbound', 'packetsReceived', true],
  ['mediaSource', 'audioLevel', false],
  ['candidatePair', 'responsesReceived', true],
  ['remoteInbound', 'packetsLost', true],
  ['inbound', 'silentConcealedSamples', true],
  ['inbound', 'jitterBufferDelay', true],
  ['inbound', 'jitterBufferEmittedCount', true],
  ['inbound', 'concealmentEvents', true],
  ['mediaPlayout', 'synthesizedSamplesDuration', true],
  ['mediaPlayout', 'totalSamplesDuration', true],
  ['mediaSource', 'echoReturnLoss', false],
  ['mediaSource', 'echoReturnLossEnhancement', false],
];

const number = (value) => (typeof value === 'number' ? value : null);

const ROWS = {
  sample: ({ sample }) => ['sample', ...SAMPLE.map((name) => number(sample[name]))],
  stats: ({ stats }) => ['statistics', ...STATISTICS.map(([part, name]) => number(stats[part]?.[name]))],
  warning: ({ name, data }) => ['warning', name, data?.threshold?.name ?? null, (data?.values ?? []).map(number)],
  'warning-cleared': ({ name }) => ['warningCleared', name],
  mute: ({ muted }) => ['mute', muted],
  hold: ({ held }) => ['hold', held],
  'audio-context': ({ state }) => ['audioContext', state],
  reconnecting: ({ code }) => ['reconnecting', number(code)],
  reconnected: () => ['reconnected'],
  error: ({ code }) => ['error', number(code)],
};

/** What the plugin hands over as it is. */
const EVENTS = {
  ...ROWS,
  // Older recordings say that a call is held; the plugin says who is in its conference.
  hold: undefined,
  sample: ({ sample }) => ['sample', sample],
  stats: ({ stats }) => ['stats', stats],
  warning: ({ name, data }) => [
    'warning',
    name,
    data?.threshold?.name,
    (data?.values ?? []).map((value) => (typeof value === 'number' ? value : NaN)),
  ],
  reconnecting: ({ code }) => ['reconnecting', code ?? NaN],
  error: ({ code }) => ['error', code ?? NaN],
};

/**
 * A recorded call as the plugin tells its engine of it: [ms, method of the Monitor, …arguments].
 * @param {object[]} lines of a recording
 */
export function eventsOf(lines) {
  const events = lines.filter(({ ms, type }) => ms > 0 && EVENTS[type]);
  return [
    [0, 'incoming', 'INCOMING'],
    [0, 'accept', false],
    ...events.map((line) => [line.ms, ...EVENTS[line.type](line)]),
    [lines.at(-1).ms, 'disconnect'],
  ];
}

/** Every committed recording of one call, with its file's name. */
export async function readRecordings() {
  const folders = ['tests/recordings', 'tests/recordings/lab'].map((folder) => path.join(paths.root, folder));
  const found = [];
  for (const folder of folders) {
    for (const name of (await fs.readdir(folder)).filter((file) => file.endsWith('.jsonl')).sort()) {
      const lines = (await fs.readFile(path.join(folder, name), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      if (lines.filter(({ type }) => type === 'accept').length === 1) found.push({ name, lines });
    }
  }
  return found;
}

/**
 * A call that goes on for so long: what happened in the recording, over and over.
 * @param {object[]} lines of a recording
 * @param {number} durationMs
 */
export function rowsOf(lines, durationMs) {
  const once = lines.filter(({ ms, type }) => ms > 0 && ROWS[type]).map((line) => [line.ms, ...ROWS[line.type](line)]);
  const period = Math.ceil(once.at(-1)[0] / 1000) * 1000;
  const lastCounts = once.findLast(([, method]) => method === 'statistics')?.slice(2) ?? [];
  const rows = [
    [0, 'incoming', 'INCOMING'],
    [0, 'accept', false],
  ];
  for (let round = 0; round * period < durationMs; round += 1) {
    for (const [ms, method, ...values] of once) {
      if (round * period + ms >= durationMs) break;
      const goOn = (value, index) =>
        STATISTICS[index][2] && value !== null ? value + round * lastCounts[index] : value;
      rows.push([round * period + ms, method, ...(method === 'statistics' ? values.map(goOn) : values)]);
    }
  }
  return [...rows, [durationMs, 'disconnect']];
}
