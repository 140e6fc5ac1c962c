/** Pieces of recorded calls, as the plugin sends them. */
import { gzipSync } from 'node:zlib';
import { callSid } from './reports.mjs';
import { TOKEN, WORKER_SID } from './requests.mjs';

/** The plugin's own. */
const PIECE_BYTES = 10_800;

/** Numbers that look like chance and are the same each time. @param {number} seed @returns {Generator<number, never>} */
function* numbers(seed) {
  for (let state = seed; ;) {
    // eslint-disable-next-line no-bitwise -- a linear congruential generator of 32 bits
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** A recorded call that has about so many bytes when it is packed. @param {number} bytes */
export function recorded(bytes) {
  const chance = numbers(bytes);
  const rows = [
    [0, 'incoming', 'INCOMING'],
    [5, 'accept', false],
  ];
  // A row of such numbers has some twelve bytes when packed.
  for (let n = 0; n * 12.5 < bytes; n += 1) rows.push([n * 1000, 'sample', chance.next().value]);
  return gzipSync(JSON.stringify({ rows, fields: { sample: [['rtt']] } }));
}

/** @param {Buffer} packed @param {object} [changes] @returns {object[]} */
export function piecesOf(packed, changes = {}) {
  const pieces = Math.ceil(packed.length / PIECE_BYTES);
  return Array.from({ length: pieces }, (_, piece) => ({
    version: 1,
    callSid: callSid(1),
    workerSid: WORKER_SID,
    direction: 'inbound',
    startedAt: Date.now() - 60_000,
    piece,
    pieces,
    bytes: packed.length,
    data: packed.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES).toString('base64'),
    ...changes,
  }));
}

/** @param {object} piece @param {object} [fields] */
export const pieceForm = (piece, fields = {}) => ({ Token: TOKEN, recording: JSON.stringify(piece), ...fields });
