import { guarded } from '../guard';
import { log } from '../log';
import { CALLS, inTime, openRecordings } from './database';

/** The values in a nested object, with their paths. Rows store only the values; the paths are stored once a call. */
const leavesOf = (value, path = []) =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, part]) => leavesOf(part, [...path, name]))
    : [{ path, value }];

/** @param {string[]} texts one behind the other @returns {Promise<ArrayBuffer>} */
const gzip = (texts) => new Response(new Blob(texts).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();

/** Whether a key is as ours are: its bytes can be counted. */
const isOfACall = ([startedAt, , bytes]) => Number.isFinite(startedAt) && Number.isSafeInteger(bytes) && bytes >= 0;

/** Calls of a time when the clock was ahead come last: they would stay the newest until the clock is there again. */
function newestFirst(keys, now) {
  const rank = (key) => (isOfACall(key) ? Number(key[0] <= now) : -1);
  return keys.reverse().sort((one, other) => rank(other) - rank(one));
}

/**
 * Keeps what the engine is told of the last calls: rows of [milliseconds, method of the Monitor, …its arguments], packed
 * and stored when the call is over. Of what Flex knows of the call (numbers, names), only the task's SID and direction
 * are kept. Of a sample and of the statistics, the numbers that the engine reads, whose names are kept once a call; of the
 * microphone the model, and of the address nothing.
 * @param {string | undefined} workerSid whose calls they are
 * @param {object} engine what the engine says of recordings
 * @param {(sample: object) => object} engine.recordedSample
 * @param {(stats: object) => object} engine.recordedStats
 * @param {(endpoint: object) => object} engine.recordedEndpoint
 * @param {{recordedRows: number, recordedBytes: number}} engine.limits
 * @param {(recording: {callSid?: string, startedAt: number, direction?: string, packed: Uint8Array, isAmended: boolean})
 *   => void} [share] is given each recording as well, with the names of its numbers
 */
export function recordCalls(workerSid, { recordedSample, recordedStats, recordedEndpoint, limits }, share) {
  const recordings = new WeakMap();
  let storing = Promise.resolve();

  async function store(recording, call, reasons, rows) {
    const { startedAt, fields } = recording;
    const packed = await gzip([rows]);
    const database = await openRecordings();
    try {
      const transaction = database.transaction(CALLS, 'readwrite');
      const calls = transaction.objectStore(CALLS);
      // It was stored before, and the agent has reported a problem since.
      if (recording.key) calls.delete(recording.key);
      const stored = calls.put({
        startedAt,
        callSid: call.callSid ?? '',
        bytes: packed.byteLength,
        workerSid,
        direction: call.context.direction,
        reasons,
        fields,
        packed,
      });
      stored.onsuccess = () => {
        recording.key = stored.result;
      };
      const kept = calls.getAllKeys();
      kept.onsuccess = () => {
        let room = limits.recordedBytes;
        newestFirst(kept.result, Math.max(startedAt, Date.now())).forEach((key) => {
          room -= isOfACall(key) ? key[2] : Infinity;
          if (room < 0) calls.delete(key);
        });
      };
      await inTime(
        new Promise((resolve, reject) => {
          transaction.oncomplete = resolve;
          transaction.onabort = () => reject(transaction.error);
        }),
      );
    } finally {
      // In another database under our name there may be no such store.
      database.close();
    }
  }

  /** As others are to read it, who do not have what is stored beside it. */
  async function sharedOf(recording, { callSid, context: { direction } }, rows) {
    const { startedAt, fields, isShared = false } = recording;
    const packed = new Uint8Array(await gzip([`{"fields":${JSON.stringify(fields)},"rows":`, rows, '}']));
    recording.isShared = true;
    return { callSid, startedAt, direction, packed, isAmended: isShared };
  }

  /** Each for itself: what cannot be stored can be shared. */
  async function keep(recording, call, reasons) {
    const rows = JSON.stringify(recording.rows);
    await store(recording, call, reasons, rows).catch((error) =>
      log.errorOnce('recorder', 'Calls cannot be recorded in this browser; that is all.', error),
    );
    if (share) share(await sharedOf(recording, call, rows));
  }

  /**
   * @param {any[]} row what the engine was told
   * @param {Record<string, string[][]>} fields
   * @returns {any[] | false} what is kept of it, if anything
   */
  function keptOf([method, ...args], fields) {
    if (method === 'describe') return describedTask(args[0]);
    if (method === 'endpoint') return describedEndpoint(recordedEndpoint(args[0]));
    const read = { sample: recordedSample, stats: recordedStats }[method];
    if (!read) return [method, ...args];
    const leaves = leavesOf(read(args[0]));
    fields[method] = leaves.map(({ path }) => path);
    return [method, ...leaves.map(({ value }) => value)];
  }

  return {
    /** The engine is told something of a call. */
    dispatched: guarded('recording', (call, ...row) => {
      if (row[0] === 'incoming') recordings.set(call, { rows: [], startedAt: Date.now(), fields: {} });
      const { rows, fields } = recordings.get(call) ?? {};
      const kept = rows && keptOf(row, fields);
      if (kept && rows.push([Math.floor(performance.now()), ...kept]) > limits.recordedRows) recordings.delete(call);
    }),

    /** @returns {Promise<void>} resolves when all that was judged so far is stored, or could not be */
    stored: () => storing,

    /** A call is over, or the agent has reported a problem with one that is. */
    judged(call, reasons) {
      const recording = recordings.get(call);
      if (!recording) return;
      storing = storing
        .then(() => keep(recording, call, reasons))
        .catch((error) => log.errorOnce('sharing', 'The recording of a call cannot be shared; that is all.', error));
    },
  };
}

function describedTask({ taskSid, direction }) {
  const way = ['inbound', 'outbound'].includes(direction) ? direction : undefined;
  return (taskSid || way) && ['describe', { taskSid, direction: way }];
}

/** Nothing to keep: no row. */
function describedEndpoint(endpoint) {
  return Object.keys(endpoint).length > 0 && ['endpoint', endpoint];
}
