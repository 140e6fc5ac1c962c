/** An action's own settings: variables of the Function's environment, as its file declares them. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { shouldLogNow, logLine } = require(Runtime.getFunctions()['lib/log'].path);

// Somebody has to deploy the Function anew. The plugin ignores this pause and waits an hour; other clients may heed it.
const PAUSE_S = 600;

/**
 * @param {Array<{name: string, format?: RegExp, fallback?: string, description: string}> | undefined} declared without a
 *   `fallback` a variable must be set; `description` says in a few words what is expected
 * @param {object} context the Function's context
 * @returns {Record<string, string>} throws a Refusal that names the variable that is wrong, never its value
 */
exports.readOptions = (declared, context) =>
  Object.fromEntries(
    (declared ?? []).map(({ name, format = /./, fallback, description }) => {
      const value = context[name] || fallback;
      if (value === undefined || (value !== fallback && !format.test(value))) {
        const message = `The variable ${name} of this Function is ${value === undefined ? 'not set' : 'wrong'}. Expected: ${description}.`;
        if (shouldLogNow(message)) logLine({ event: 'device-monitoring.not-configured', message });
        throw new Refusal(500, 'not-configured', message, { retryAfter: PAUSE_S });
      }
      return [name, value];
    }),
  );
