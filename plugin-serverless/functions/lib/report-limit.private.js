/**
 * How many requests about the floor (reports of calls, a token to read them, forgetting) a worker may send in a minute to
 * one instance of the Function. Counting in Sync, as is done for alerts, would cost more of its 20 writes a second than
 * the reports themselves.
 */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);

// Six beats, a few cards, and what is sent again.
const MAX_PER_MINUTE = 30;
const WINDOW_MS = 60_000;
const MAX_WORKERS = 2_000;

/** Worker → times of the requests within the window */
const counted = new Map();

/** Counts a request of this worker; throws a Refusal if it is one too many. @param {{workerSid: string}} worker */
exports.countFloorRequest = ({ workerSid }) => {
  const now = Date.now();
  const times = (counted.get(workerSid) ?? []).filter((time) => Math.abs(now - time) < WINDOW_MS);
  if (times.length >= MAX_PER_MINUTE) {
    throw new Refusal(
      429,
      'too-many-reports',
      `A worker may send ${MAX_PER_MINUTE} requests a minute. Send this one later.`,
      {
        retryAfter: Math.max(Math.ceil((times[0] + WINDOW_MS - now) / 1000), 1),
      },
    );
  }
  counted.delete(workerSid);
  counted.set(workerSid, [...times, now]);
  if (counted.size > MAX_WORKERS) counted.delete(counted.keys().next().value);
};
