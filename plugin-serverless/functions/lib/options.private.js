/** An action's own settings: variables of the Function's environment, as its file declares them. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { shouldLogNow, logLine } = require(Runtime.getFunctions()['lib/log'].path);

// Somebody has to deploy the Function anew. The plugin ignores this pause and waits an hour; other clients may heed it.
const PAUSE_S = 600;

/**
 * @typedef {{test: (value: string) => boolean}} Format such as a regular expression
 * @typedef {Array<{name: string, format?: Format, fallback?: string, description: string}>} Declared without a `fallback`
 *   a variable must be set; `description` says in a few words what is expected
 */

/** @param {Declared[number]} option @param {object} context the Function's context */
const valueOf = ({ name, fallback }, context) => context[name] || fallback;

/**
 * @param {Declared | undefined} declared
 * @param {object} context the Function's context
 * @returns {Declared} those that are not set, or wrong
 */
exports.wrongOptions = (declared, context) =>
  (declared ?? []).filter((option) => {
    const { format = /./, fallback } = option;
    const value = valueOf(option, context);
    return value === undefined || (value !== fallback && !format.test(value));
  });

/**
 * The Refusal for a variable; the log says it as well.
 * @param {Pick<Declared[number], 'name' | 'description'>} option
 * @param {'not set' | 'wrong'} how
 */
exports.notConfigured = ({ name, description }, how) => {
  const message = `The variable ${name} of this Function is ${how}. Expected: ${description}.`;
  if (shouldLogNow(message)) logLine({ event: 'device-monitoring.not-configured', message });
  return new Refusal(500, 'not-configured', message, { retryAfter: PAUSE_S });
};

/**
 * @param {Declared | undefined} declared
 * @param {object} context the Function's context
 * @returns {Record<string, string>} throws a Refusal that names the first variable that is wrong, never its value
 */
exports.readOptions = (declared, context) => {
  const [wrong] = exports.wrongOptions(declared, context);
  if (wrong) throw exports.notConfigured(wrong, valueOf(wrong, context) === undefined ? 'not set' : 'wrong');
  return Object.fromEntries((declared ?? []).map((option) => [option.name, valueOf(option, context)]));
};
