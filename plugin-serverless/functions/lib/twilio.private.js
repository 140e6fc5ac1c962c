/** Twilio's API, asked with a limit: a hosted Function is ended after 10 s, whatever it waits for. */
const twilio = require('twilio');

const { ActionNotPerformed } = require(Runtime.getFunctions()['lib/action-not-performed'].path);

// What the refusals of Twilio itself ask for is believed up to here.
const LONGEST_PAUSE_S = 3_600;
const PAUSE_S = 30;
const SHORTEST_REQUEST_MS = 50;
// Of Twilio's errors.
const FIRST_CODE = 10_000;

/** The helper library's own client, each request of which ends within `limitMs` and before `deadline`. */
class PunctualClient extends twilio.RequestClient {
  constructor({ deadline, limitMs }) {
    super({ timeout: limitMs });
    this.deadline = deadline;
    this.limitMs = limitMs;
    this.pause = PAUSE_S;
    // The library's timeout counts silence only: a server that sends a byte now and then would never reach it.
    this.axios.interceptors.request.use((config) => ({
      ...config,
      signal: AbortSignal.timeout(config.timeout ?? limitMs),
    }));
  }

  async request(options) {
    const timeout = Math.min(this.limitMs, this.deadline - Date.now());
    if (timeout < SHORTEST_REQUEST_MS)
      throw Object.assign(new Error('no time is left to ask Twilio'), { code: 'NO_TIME_LEFT' });
    const response = await super.request({ ...options, timeout });
    const said = Number(response.headers?.['retry-after']);
    this.pause = said > 0 ? Math.min(Math.ceil(said), LONGEST_PAUSE_S) : PAUSE_S;
    return response;
  }
}

/**
 * @param {object} context the Function's context, with ACCOUNT_SID and AUTH_TOKEN
 * @param {{deadline: number, limitMs: number}} limits when all requests, and how soon each one, must have ended
 */
exports.twilioClient = ({ ACCOUNT_SID, AUTH_TOKEN }, limits) =>
  twilio(ACCOUNT_SID, AUTH_TOKEN, { httpClient: new PunctualClient(limits), lazyLoading: true });

/** For how many seconds the last answer asked to be left alone. */
exports.pauseOf = (client) => client.httpClient.pause ?? PAUSE_S;

/** Whether Twilio answered, and with what; 0 for a request that failed on its way. */
exports.statusOf = (error) => (Number.isInteger(error?.status) ? error.status : 0);

/**
 * What Twilio has answered, if it is what was asked for: an empty object, or something else, is no answer.
 *
 * @template T
 * @param {T} found
 * @param {keyof T} name of the property that says what it is
 * @param {string} expected its value; capitals make no difference
 * @returns {T} throws an error without a status
 */
exports.expectAnswer = (found, name, expected) => {
  if (String(found[name]).toLowerCase() !== expected.toLowerCase())
    throw Object.assign(new Error('Twilio'), { code: 'ANSWER_IS_SOMETHING_ELSE' });
  return found;
};

/**
 * Whether an error has a number of Twilio's own (https://www.twilio.com/docs/api/errors). A gateway may put its status there.
 * @param {unknown} code
 */
exports.isTwiliosCode = (code) => Number.isInteger(code) && Number(code) >= FIRST_CODE;

/** Whether an error was answered by Twilio itself, which gives each a number, and not by something on the way. */
exports.isTwilios = (error) => exports.isTwiliosCode(error?.code);

/** Whether Twilio itself has answered with one of these statuses. */
exports.isAnsweredWith = (error, ...statuses) => statuses.includes(exports.statusOf(error)) && exports.isTwilios(error);

/** Whether the request cannot have reached Twilio at all. */
const neverLeft = (error) => ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'NO_TIME_LEFT'].includes(error?.code);

/**
 * The failure of a request that would have changed something, for an action to throw: an ActionNotPerformed if it is
 * certain that nothing was changed, else the error itself. Any 5xx and an answer that never came leave it open. That includes a
 * 503: Twilio's documents say that it is temporary and may be tried again, but not that the request was not carried
 * out; and a gateway in front of the server may send it, too. So does any other status of a gateway.
 */
exports.failureOf = (client, error) => {
  const status = exports.statusOf(error);
  const retryAfter = exports.pauseOf(client);
  if (neverLeft(error)) return new ActionNotPerformed('TWILIO_NOT_REACHED', { cause: error });
  if (status === 429) return new ActionNotPerformed('TWILIO_BUSY', { retryAfter, cause: error });
  if (status === 401) return new ActionNotPerformed('TWILIO_AUTHENTICATION', { retryAfter, cause: error });
  if (status >= 400 && status < 500 && exports.isTwilios(error))
    return new ActionNotPerformed('TWILIO_REFUSED', { retry: false, cause: error });
  return status === 503 ? Object.assign(error, { retryAfter }) : error;
};
