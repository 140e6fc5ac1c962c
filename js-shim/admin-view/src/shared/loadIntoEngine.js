import { recorded, unpacked } from '../library';
import { linesOf } from '../rowsToRecording';
import { inSlices } from '../timeSlices';

/** As many as the recorder keeps of a call. */
const MAX_ROWS = 20_000;

/** Takes the calls out, so that none is in memory twice. @param {import('../engine').Shared} shared */
function* eachOf(shared) {
  for (let call = shared.next(); call; call = shared.next()) yield { call, packed: shared.take() };
}

/**
 * Reads shared calls into the engine, the newest first. One that cannot be read is left out: somebody may have shared
 * anything.
 * @param {import('../engine').Shared} shared
 * @param {import('../generated/what_if').WhatIf} whatIf
 * @param {() => boolean} isOver
 * @returns {Promise<{calls: (import('../library').Recorded & {team?: string})[], unreadable: number} | undefined>}
 */
export async function loadShared(shared, whatIf, isOver) {
  let unreadable = shared.incomplete();
  shared.finish();
  const calls = await inSlices(
    eachOf(shared),
    async ({ call: { worker, team, ...call }, packed }) => {
      try {
        const { fields, rows } = Object(await unpacked(packed));
        if (!Array.isArray(rows) || rows.length > MAX_ROWS) throw new Error('callTooLong');
        const told = recorded({ ...call, fields, workerSid: worker, reasons: [] });
        return { ...told, team, place: whatIf.load(linesOf(told, rows).lines.join('\n')) };
      } catch {
        unreadable += 1;
        return undefined;
      }
    },
    isOver,
  );
  return calls && { calls: calls.filter((call) => call !== undefined), unreadable };
}
