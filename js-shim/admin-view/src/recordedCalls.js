import { CALLS, inTime } from '../../src/recorder/database';
import { readStream } from './readStream';
import { linesOf } from './rowsToRecording';
import { inSlices } from './timeSlices';

/**
 * @typedef {object} Recorded a call of this browser
 * @property {number} startedAt
 * @property {string} callSid
 * @property {number} bytes
 * @property {string} [workerSid]
 * @property {string} [direction] inbound or outbound
 * @property {{rule: string, text: string}[]} reasons of its verdict at the time
 * @property {Record<string, string[][]>} fields where in a recording's lines the numbers of its rows belong
 * @property {number} [place] in the engine
 * @property {string} [problem] why it could not be read: the key of a text, or what the browser says
 */

const done = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function inCalls(openRecordings, mode, ask) {
  const database = await openRecordings();
  try {
    return await inTime(done(ask(database.transaction(CALLS, mode).objectStore(CALLS))));
  } finally {
    database.close();
  }
}

/** As many rows as the recorder keeps of a call, which are a few megabytes. */
export const MAX_ROWS = 20_000;
const MAX_BYTES = 32e6;
/** The engine has 4 GB at most, and a page should not take so much. */
export const MAX_ENGINE_BYTES = 1e9;

/**
 * What was packed, as it was before.
 * @param {any} packed bytes of a gzip file
 * @returns {Promise<any>}
 */
export async function unpacked(packed) {
  const text = await readStream(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')), MAX_BYTES);
  if (!text) throw new Error('callTooLong');
  return JSON.parse(await text.text());
}

/** The last moment that a JavaScript Date can hold. */
const LAST_MOMENT = 8.64e15;

/** The methods whose numbers have their names beside the rows: samples, and the statistics under their two names. */
const NAMED = ['sample', 'stats', 'statistics'];
/** A second has some thirty numbers. Everybody in the centre may share something, and each row has all of its names. */
const MAX_PATHS = 100;
const LONGEST_NAME = 64;

/**
 * Where the numbers of the rows belong, by method; nothing else of what is stored there.
 * @returns {Record<string, string[][]> | undefined} undefined: they belong nowhere
 */
function fieldsOf(fields) {
  const isName = (name) => typeof name === 'string' && name.length <= LONGEST_NAME;
  const isPath = (path) => Array.isArray(path) && (path.length === 1 || path.length === 2) && path.every(isName);
  const arePaths = (paths) => Array.isArray(paths) && paths.length <= MAX_PATHS && paths.every(isPath);
  const named = NAMED.filter((method) => Object.hasOwn(Object(fields), method));
  if (!named.every((method) => arePaths(fields[method]))) return undefined;
  return Object.fromEntries(named.map((method) => [method, fields[method]]));
}

/**
 * A stored call may have been changed by anybody with the browser's tools: each part is made into what is shown, and
 * left out if that is not possible.
 * @returns {Recorded}
 */
export function recorded(stored) {
  const { startedAt, callSid, bytes, workerSid, direction, reasons, fields } = Object(stored);
  const text = (value) => (typeof value === 'string' ? value : undefined);
  const count = (value, most) => (typeof value === 'number' && value >= 0 && value <= most ? value : undefined);
  const said = (Array.isArray(reasons) ? reasons : []).map((reason) => ({
    rule: text(reason?.rule) ?? '',
    text: text(reason?.text) ?? '',
  }));
  const known = fieldsOf(fields);
  const isDamaged =
    count(startedAt, LAST_MOMENT) === undefined || text(callSid) === undefined || !Array.isArray(reasons) || !known;
  return {
    startedAt: count(startedAt, LAST_MOMENT) ?? 0,
    callSid: text(callSid) ?? '',
    bytes: count(bytes, Number.MAX_SAFE_INTEGER) ?? 0,
    workerSid: text(workerSid),
    direction: text(direction),
    reasons: said,
    fields: known ?? {},
    ...(isDamaged && { problem: 'callDamaged' }),
  };
}

const all = (openRecordings) => inCalls(openRecordings, 'readonly', (calls) => calls.getAll());

/**
 * Reads every recorded call into the engine, the newest first. One that cannot be read stays in the list, with why.
 * @param {() => Promise<IDBDatabase>} openRecordings
 * @param {import('./generated/what_if').WhatIf} whatIf
 * @param {() => boolean} isOver
 * @returns {Promise<Recorded[] | undefined>}
 */
export async function readCalls(openRecordings, whatIf, isOver) {
  const calls = await all(openRecordings);
  return inSlices(
    calls.reverse(),
    async (stored) => {
      const call = recorded(stored);
      if (call.problem) return call;
      try {
        if (whatIf.bytes() > MAX_ENGINE_BYTES) throw new Error('callWithoutRoom');
        const rows = await unpacked(stored.packed);
        if (rows.length > MAX_ROWS) throw new Error('callTooLong');
        return { ...call, place: whatIf.load(linesOf(call, rows).lines.join('\n')) };
      } catch (error) {
        return { ...call, problem: String(error?.message ?? error) };
      }
    },
    isOver,
  );
}

/** @returns {Promise<Blob>} all recorded calls that can be read, as one file of the recording format, the oldest first */
export async function exportCalls(openRecordings) {
  let begun;
  const texts = await inSlices(
    await all(openRecordings),
    async (stored) => {
      try {
        const call = recorded(stored);
        if (call.problem) return '';
        const { lines, origin } = linesOf(call, await unpacked(stored.packed), begun);
        begun = origin;
        return `${lines.join('\n')}\n`;
      } catch {
        return '';
      }
    },
    () => false,
  );
  return new Blob(texts, { type: 'application/jsonl' });
}

export const deleteCalls = (openRecordings) => inCalls(openRecordings, 'readwrite', (calls) => calls.clear());
