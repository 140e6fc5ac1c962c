/** Several actions for one alert: each by itself, whatever becomes of the others. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { logFailure, safeId } = require(Runtime.getFunctions()['lib/log'].path);

// What an admin has to put right: it is tried again every hour.
const NEEDS_ADMIN = ['action-unknown', 'action-disabled', 'not-configured', 'claims-not-set-up'];
const MAY_SUCCEED_LATER = [408, 409, 425, 429];

/**
 * @param {string[]} names of the actions
 * @param {(name: string) => Promise<{action: string, alertId: string | null, outcome: string, result?: unknown}>} actOn
 *   runs one; throws a Refusal
 * @param {{alert: object | null, worker: {workerSid: string}}} about for the log
 * @returns {Promise<{alertId: string | null, actions: object[]}>} what has become of each, in the order of the names.
 *   Where one has failed, throws the Refusal that can be tried again soonest; its details have all of them
 */
exports.actOnEach = async (names, actOn, about) => {
  const ended = await Promise.all(names.map((name) => endOf(name, actOn, about)));
  const alertId = about.alert?.id ?? null;
  const actions = ended.map(({ said }) => said);
  const failed = ended.flatMap(({ name, refusal }) => (refusal ? [{ name, refusal }] : [])).sort(soonestFirst);
  if (failed.length === 0) return { alertId, actions };
  const [{ name, refusal }] = failed;
  const { retryAfter } = refusal.details;
  throw new Refusal(refusal.status, refusal.code, `${name}: ${refusal.message}`, {
    ...(retryAfter && { retryAfter }),
    alertId,
    actions,
  });
};

/**
 * Only what need not be asked for again has an `outcome`.
 * @returns {Promise<{name: string, said: object, refusal?: InstanceType<typeof Refusal>}>}
 */
async function endOf(name, actOn, { alert, worker }) {
  try {
    const { action, outcome, result } = await actOn(name);
    return { name, said: { action, outcome, result } };
  } catch (error) {
    if (!(error instanceof Refusal))
      logFailure(
        {
          event: 'device-monitoring.failure',
          action: name,
          alertId: safeId(alert?.id),
          workerSid: worker.workerSid,
        },
        error,
      );
    const refusal =
      error instanceof Refusal ? error : new Refusal(500, 'internal-error', 'The Function failed over this action.');
    const { status, code, message, details } = refusal;
    return { name, refusal, said: { action: name, status, error: code, message, ...details } };
  }
}

/** The alert is sent again when the first of them may succeed; the others are tried again with it. */
function soonestFirst({ refusal: one }, { refusal: other }) {
  const { retryAfter: first = 0 } = one.details;
  const { retryAfter: second = 0 } = other.details;
  return waitOf(one) - waitOf(other) || first - second;
}

function waitOf({ status, code }) {
  // The browser gives up what a receiver refuses for a day, and with it all that is left of the alert.
  if (code === 'receiver-refused') return 2;
  if (NEEDS_ADMIN.includes(code)) return 1;
  return status >= 500 || MAY_SUCCEED_LATER.includes(status) ? 0 : 3;
}
