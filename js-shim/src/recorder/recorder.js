import { guarded } from '../guard';
import { log } from '../log';
import { CALLS, openRecordings } from './database';

/** Some two rows a second: a call of nearly three hours. One that is longer is not kept. */
const MOST_ROWS = 20000;
/** Of all calls together, packed: a call of ten minutes is some 16 KB. */
const MOST_BYTES = 10e6;

/**
 * Keeps what the engine is told of the last calls: rows of [milliseconds, method of the Monitor, …its arguments], packed
 * and stored when the call is over. Of what Flex knows of the call (numbers, names), only the task's SID and direction
 * are kept.
 * @param {string | undefined} workerSid whose calls they are
 */
export function recordCalls(workerSid) {
  const recordings = new WeakMap();
  let storing = Promise.resolve();

  async function store(recording, call, reasons) {
    const { rows, startedAt } = recording;
    const text = new Blob([JSON.stringify(rows)]);
    const packed = await new Response(text.stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
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
        packed,
      });
      stored.onsuccess = () => {
        recording.key = stored.result;
      };
      const kept = calls.getAllKeys();
      kept.onsuccess = () => {
        let room = MOST_BYTES;
        kept.result.reverse().forEach((key) => {
          room -= key[2];
          if (room < 0) calls.delete(key);
        });
      };
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      // In another database under our name there may be no such store.
      database.close();
    }
  }

  return {
    /** The engine is told something of a call. */
    told: guarded('recording', (call, ...row) => {
      if (row[0] === 'incoming') recordings.set(call, { rows: [], startedAt: Date.now() });
      const rows = recordings.get(call)?.rows;
      const kept = row[0] === 'describe' ? describedTask(row[1]) : row;
      if (rows && kept && rows.push([Math.floor(performance.now()), ...kept]) > MOST_ROWS) recordings.delete(call);
    }),

    /** A call is over, or the agent has reported a problem with one that is. */
    judged(call, reasons) {
      const recording = recordings.get(call);
      if (!recording) return;
      storing = storing
        .then(() => store(recording, call, reasons))
        .catch((error) => {
          log.errorOnce('recorder', 'Calls cannot be recorded in this browser; that is all.', error);
        });
    },
  };
}

function describedTask({ taskSid, direction }) {
  const way = ['inbound', 'outbound'].includes(direction) ? direction : undefined;
  return (taskSid || way) && ['describe', { taskSid, direction: way }];
}
