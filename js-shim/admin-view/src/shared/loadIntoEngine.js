import { MAX_ENGINE_BYTES, MAX_ROWS, recorded, unpacked } from '../recordedCalls';
import { linesOf } from '../rowsToRecording';
import { inSlices } from '../timeSlices';

/** Takes the calls out, so that none is in memory twice. @param {import('../engine').Shared} shared */
function* eachOf(shared) {
  for (let call = shared.next(); call; call = shared.next()) yield { call, packed: shared.take() };
}

/**
 * Reads shared calls into the engine, the newest first. One that cannot be read is left out: somebody may have shared
 * anything. So are the older ones when the engine has no room for more.
 * @param {import('../engine').Shared} shared
 * @param {import('../generated/what_if').WhatIf} whatIf
 * @param {() => boolean} isOver
 * @returns {Promise<{calls: (Omit<import('../recordedCalls').Recorded, 'fields'> & {team?: string})[], unreadable: number,
 *   withoutRoom: number} | undefined>}
 */
export async function loadShared(shared, whatIf, isOver) {
  let unreadable = shared.incomplete();
  let withoutRoom = 0;
  shared.finish();
  const calls = await inSlices(
    eachOf(shared),
    async ({ call: { worker, team, ...call }, packed }) => {
      if (whatIf.bytes() > MAX_ENGINE_BYTES) {
        withoutRoom += 1;
        return undefined;
      }
      try {
        const { fields, rows } = Object(await unpacked(packed));
        if (!Array.isArray(rows) || rows.length > MAX_ROWS) throw new Error('callTooLong');
        const told = recorded({ ...call, fields, workerSid: worker, reasons: [] });
        if (told.problem) throw new Error(told.problem);
        const place = whatIf.load(linesOf(told, rows).lines.join('\n'));
        const { fields: _fields, ...kept } = told;
        return { ...kept, team, place };
      } catch {
        unreadable += 1;
        return undefined;
      }
    },
    isOver,
  );
  return calls && { calls: calls.filter((call) => call !== undefined), unreadable, withoutRoom };
}
