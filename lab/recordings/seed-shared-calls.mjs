// Calls in the stand-in of Twilio Sync as if agents' browsers had shared them.
import { gzipSync } from 'node:zlib';
import { piecesOf } from '../../plugin-serverless/test/support/recordings.mjs';

const MAPS = 8;
const AGENTS = 50;

/**
 * @param {import('../page/stage.mjs').Stage} lab
 * @param {any[][][]} recordings the rows of each
 * @param {{startedAt: number, callSid: string, recording: number}[]} calls and which of the recordings each is
 * @returns {number} bytes that they are, packed
 */
export function shareCalls(lab, recordings, calls) {
  const { floor } = lab.twilio.world;
  const packed = recordings.map((rows) => gzipSync(JSON.stringify({ fields: {}, rows })));
  let sum = 0;
  calls.forEach(({ startedAt, callSid, recording }, index) => {
    const agent = index % AGENTS;
    const worker = `WK${String(agent).padStart(32, '0')}`;
    const map = `device-monitoring-recordings-${agent % MAPS}`;
    if (!floor.find(map)) floor.create(map);
    sum += packed[recording].length;
    for (const { workerSid: _workerSid, ...piece } of piecesOf(packed[recording], { startedAt, callSid })) {
      const data = { ...piece, worker, team: 'Blue', receivedAt: Date.now() };
      const key = `${String(startedAt).padStart(13, '0')}-${worker}-${callSid}-${piece.piece}`;
      floor.createItem(map, { key, text: JSON.stringify(data) });
      // They were not all shared in the same moment.
      floor.forgive();
    }
  });
  return sum;
}
