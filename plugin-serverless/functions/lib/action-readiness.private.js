/** Whether each action that is deployed here can be run, for an admin to see before there is an alert. */
const { installedIn, isSwitchedOn, loadAction } = require(Runtime.getFunctions()['lib/actions'].path);
const { wrongOptions } = require(Runtime.getFunctions()['lib/options'].path);

/**
 * @typedef {object} Readiness
 * @property {string} name of the action
 * @property {'action-failed' | 'action-disabled' | 'claims-not-set-up' | 'not-configured'} [error] as an alert would be
 *   answered; none if it can be run
 * @property {string[]} [variables] of this Function that are not set, or wrong
 */

/**
 * @param {object} context the Function's context
 * @param {boolean} areClaimsSetUp
 * @returns {Readiness[]} by name
 */
exports.readinessOfActions = (context, areClaimsSetUp) =>
  [...installedIn('actions')].map(([name, path]) => ({ name, ...problemOf(name, path, context, areClaimsSetUp) }));

/**
 * In the order in which the Function finds them when there is an alert.
 * @returns {Omit<Readiness, 'name'>}
 */
function problemOf(name, path, context, areClaimsSetUp) {
  let action;
  try {
    action = loadAction(name, path);
  } catch {
    // Logged there.
    return { error: 'action-failed' };
  }
  if (!isSwitchedOn(action, context)) return { error: 'action-disabled' };
  const variables = wrongOptions(action.options, context).map((option) => option.name);
  if (variables.length > 0) return { error: 'not-configured', variables };
  return action.policy === 'at-most-once' && !areClaimsSetUp ? { error: 'claims-not-set-up' } : {};
}
