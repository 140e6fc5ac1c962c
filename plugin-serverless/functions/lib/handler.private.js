/** What every Function that answers in JSON has in common: the answer to what it gives and to what it throws. */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { answer, answerError } = lib('answer');
const { logFailure } = lib('log');
const { Refusal } = lib('refusal');

/**
 * @typedef {{worker?: {workerSid: string}, [name: string]: any}} Known what has been found out about a request; `worker`:
 *   whose token it is
 */

/**
 * Logs an error that is no refusal.
 * @param {Error} error
 * @param {Known} known
 */
function logUnexpected(error, { worker }) {
  if (!(error instanceof Refusal))
    logFailure({ event: 'device-monitoring.failure', workerSid: worker?.workerSid }, error);
}

/**
 * The Function's environment, whose variables somebody may have pasted with white space around them.
 * @param {object} context
 */
function withoutSpaceAround(context) {
  const padded = Object.entries(context).filter(([, value]) => typeof value === 'string' && value !== value.trim());
  if (padded.length === 0) return context;
  const trimmed = padded.map(([name, value]) => [name, { value: value.trim(), enumerable: true }]);
  return Object.create(context, Object.fromEntries(trimmed));
}

/**
 * Makes a Function's handler.
 * @param {(context: object, event: object, known: Known) => Promise<object>} handle gives the body of the answer, or
 *   throws; it fills `known`
 * @param {(error: Error, known: Known) => unknown} [log] what to log of an error
 */
exports.handlerOf =
  (handle, log = logUnexpected) =>
  async (context, event, callback) => {
    /** @type {Known} */
    const known = {};
    callback(null, await respond());

    async function respond() {
      try {
        return answer(200, await handle(withoutSpaceAround(context), event, known));
      } catch (error) {
        // Whoever has no valid token must not be able to write into the log.
        if (known.worker) await log(error, known);
        return answerError(error);
      }
    }
  };
