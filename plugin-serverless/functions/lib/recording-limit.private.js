/**
 * How much a worker may share by one instance of the Function. It is no part of what the floor's reports may ask: a long
 * recording must not keep cards and beats waiting.
 */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);

// What waited while the Function was away comes one after the other.
const MAX_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
// Eight hours in calls are about a hundred, and each short call is one more.
const MAX_PER_DAY = 600;
const DAY_MS = 86_400_000;
const MAX_WORKERS = 2_000;

/** Worker → times of the requests within the minute, and how many pieces were kept since when. */
const shared = new Map();

function today(workerSid) {
  const now = Date.now();
  const { times = [], since = now, pieces = 0 } = shared.get(workerSid) ?? {};
  const isToday = Math.abs(now - since) < DAY_MS; // a clock may be put back
  return {
    times: times.filter((time) => Math.abs(now - time) < MINUTE_MS),
    since: isToday ? since : now,
    pieces: isToday ? pieces : 0,
  };
}

function keep(workerSid, counted) {
  shared.delete(workerSid);
  shared.set(workerSid, counted);
  if (shared.size > MAX_WORKERS) shared.delete(shared.keys().next().value);
}

/**
 * Counts a piece of this worker, before it is kept; throws a Refusal if it is one too many.
 * @param {{workerSid: string}} worker
 */
exports.countPiece = ({ workerSid }) => {
  const now = Date.now();
  const { times, since, pieces } = today(workerSid);
  if (times.length >= MAX_PER_MINUTE)
    throw tooMany(`A worker may share ${MAX_PER_MINUTE} pieces of recordings a minute`, times[0] + MINUTE_MS - now);
  if (pieces >= MAX_PER_DAY)
    throw tooMany(`A worker may share ${MAX_PER_DAY} pieces of recordings a day`, since + DAY_MS - now);
  keep(workerSid, { times: [...times, now], since, pieces: pieces + 1 });
};

/**
 * Takes one that was not kept out of the count of the day: what is sent again while Sync is down counts once.
 * @param {{workerSid: string}} worker
 */
exports.releasePiece = ({ workerSid }) => {
  const { times, since, pieces } = today(workerSid);
  keep(workerSid, { times, since, pieces: Math.max(pieces - 1, 0) });
};

const tooMany = (rule, leftMs) =>
  new Refusal(429, 'too-many-recordings', `${rule}. Send this later.`, {
    retryAfter: Math.max(Math.ceil(leftMs / 1000), 1),
  });
