/**
 * How much a worker may ask of one instance of the Function about the floor (reports of calls, a token to read them,
 * forgetting, what was done about a call), and of tokens for test calls. Counting in Sync, as is done for alerts, would cost more of its 20 writes a
 * second than the reports themselves.
 */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);

// Six beats, a few cards, and what is sent again.
const MAX_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
// Hundreds after a week without the Function; an agent has no more than some hundred calls a day.
const MAX_CARDS_PER_DAY = 2_000;
const DAY_MS = 86_400_000;
// An agent begins a call every few seconds at the fastest, and sends no more than six beats a minute.
const MAX_CALLS = 12;
// For how long a call is there after its last beat.
const BEAT_MS = 120_000;
const MAX_WORKERS = 2_000;

/** Worker → times of the requests within the minute. @type {Map<string, number[]>} */
const requests = new Map();
/** Worker → how many cards were kept, or are being kept, since when. @type {Map<string, {since: number, cards: number}>} */
const cards = new Map();
/** Worker → beginnings of calls that were told of, and when. @type {Map<string, Map<number, number>>} */
const calls = new Map();

/** Counts a request of this worker; throws a Refusal if it is one too many. @param {{workerSid: string}} worker */
exports.countFloorRequest = ({ workerSid }) => {
  const now = Date.now();
  const times = (requests.get(workerSid) ?? []).filter((time) => Math.abs(now - time) < MINUTE_MS);
  if (times.length >= MAX_PER_MINUTE)
    throw tooMany(`A worker may send ${MAX_PER_MINUTE} requests a minute`, times[0] + MINUTE_MS - now);
  keep(requests, workerSid, [...times, now]);
};

function cardsToday(workerSid) {
  const now = Date.now();
  const known = cards.get(workerSid);
  return known && Math.abs(now - known.since) < DAY_MS ? known : { since: now, cards: 0 };
}

/**
 * Counts so many more cards of this worker, before any is kept: requests that come at the same moment have one limit
 * together. Throws a Refusal if they are too many today.
 * @param {{workerSid: string}} worker
 * @param {number} more
 */
exports.countCards = ({ workerSid }, more) => {
  const { since, cards: before } = cardsToday(workerSid);
  if (before + more > MAX_CARDS_PER_DAY)
    throw tooMany(`A worker may send ${MAX_CARDS_PER_DAY} cards a day`, since + DAY_MS - Date.now());
  keep(cards, workerSid, { since, cards: before + more });
};

/**
 * Takes cards that were not kept out of the count: what is sent again while Sync is down counts once.
 * @param {{workerSid: string}} worker
 * @param {number} number
 */
exports.releaseCards = ({ workerSid }, number) => {
  const { since, cards: before } = cardsToday(workerSid);
  keep(cards, workerSid, { since, cards: Math.max(before - number, 0) });
};

/**
 * Counts the calls of which this worker's beats tell; throws a Refusal for one call too many.
 * @param {{workerSid: string}} worker
 * @param {{startedAt: number}} beat
 */
exports.countCall = ({ workerSid }, { startedAt }) => {
  const now = Date.now();
  const told = [...(calls.get(workerSid) ?? [])].filter(([, at]) => Math.abs(now - at) < BEAT_MS);
  const others = told.filter(([one]) => one !== startedAt);
  if (others.length >= MAX_CALLS)
    throw tooMany(`A worker may have ${MAX_CALLS} calls within two minutes`, others[0][1] + BEAT_MS - now);
  keep(calls, workerSid, new Map([...others, [startedAt, now]]));
};

function keep(map, workerSid, value) {
  map.delete(workerSid);
  map.set(workerSid, value);
  if (map.size > MAX_WORKERS) map.delete(map.keys().next().value);
}

const tooMany = (rule, leftMs) =>
  new Refusal(429, 'too-many-reports', `${rule}. Send this later.`, {
    retryAfter: Math.max(Math.ceil(leftMs / 1000), 1),
  });
