/** What a request to `recordings` says, checked: a piece of a recorded call. What is in its bytes, its readers check. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { textOf } = require(Runtime.getFunctions()['lib/request'].path);
const { schemaErrorOf } = require(Runtime.getFunctions()['lib/schema'].path);
const { ownerErrorOf, timeErrorOf } = require(Runtime.getFunctions()['lib/call-reports-request'].path);

// An item of Sync has 16 KiB, team and site included.
const PIECE_MAX_BYTES = 15_360;
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * @param {object} event the Function's event
 * @param {{workerSid: string}} worker whose token it is
 * @returns {object} see assets/recording-piece.schema.private.json
 */
exports.readPiece = (event, worker) => {
  const text = textOf(event, 'recording');
  if (!text) throw new Refusal(400, 'recording-missing', 'There is no field "recording".');
  if (Buffer.byteLength(text) > PIECE_MAX_BYTES)
    throw new Refusal(413, 'recording-too-large', `The field "recording" has more than ${PIECE_MAX_BYTES} bytes.`);
  let piece;
  try {
    piece = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'recording-invalid', 'The field "recording" is not JSON.');
  }
  const problem =
    schemaErrorOf('recording-piece', piece) ??
    ownerErrorOf(piece, worker) ??
    timeErrorOf(piece) ??
    problemOfPlace(piece);
  if (problem) throw new Refusal(400, 'recording-invalid', `The piece ${problem}.`);
  return piece;
};

/** Whether it can be a part of what it says it is. */
function problemOfPlace({ piece, pieces, bytes, data }) {
  if (piece >= pieces) return 'is none of as many as it says there are';
  const { length } = Buffer.from(data, 'base64');
  const isFitting = pieces === 1 ? length === bytes : length < bytes;
  if (!isFitting) return 'is no part of as many bytes as it says there are';
  const isBegun = piece > 0 || Buffer.from(data, 'base64').subarray(0, GZIP.length).equals(GZIP);
  return isBegun ? null : 'does not begin a gzip file';
}
