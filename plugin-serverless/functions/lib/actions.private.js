/** The actions: every file in `actions/` is one, by its name without `.private.js`. There is no list to keep. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { shouldLogNow, logFailure } = require(Runtime.getFunctions()['lib/log'].path);

// A file in a folder below that of the actions is no action, so an action may keep helpers there.
const FILE = /^\/?([a-z-]+)\/([A-Za-z0-9][A-Za-z0-9_-]*)$/;
const POLICIES = ['at-least-once', 'at-most-once'];
// The first name of that policy: actions that were written then declare it.
const OLD_AT_LEAST_ONCE = 'again';
const NEEDS = [undefined, 'call', 'customer'];

/**
 * @param {'actions' | 'incident-actions'} folder
 * @returns {Map<string, string>} name → where to require it from. A Map: `constructor` is not in it.
 */
exports.installedIn = (folder) => {
  const found = Object.entries(Runtime.getFunctions()).flatMap(([route, { path }]) => {
    const [, place, name] = FILE.exec(route) ?? [];
    return place === folder ? [/** @type {[string, string]} */ ([name, path])] : [];
  });
  return new Map(found.sort());
};

/**
 * The action of this name, with what its file declares (docs/actions.md).
 *
 * @param {string} name the request's `action`
 * @param {object} context the Function's context: `ACTIONS_ENABLED` names those that are off otherwise
 * @returns {{name: string, run: Function, policy: 'at-least-once' | 'at-most-once', needs?: 'call' | 'customer', offByDefault?: boolean, options?: Array, logs?: boolean}}
 */
exports.findAction = (name, context) => {
  const actions = exports.installedIn('actions');
  const path = actions.get(name);
  if (path === undefined) {
    const knownActions = [...actions.keys()];
    const known = `The actions installed here: ${knownActions.join(', ') || 'none'}.`;
    throw name === ''
      ? new Refusal(400, 'action-missing', `The field "action" is missing. ${known}`, { knownActions })
      : new Refusal(400, 'action-unknown', `There is no action of this name. ${known}`, { knownActions });
  }
  const action = exports.loadAction(name, path);
  if (!exports.isSwitchedOn(action, context)) {
    throw new Refusal(
      403,
      'action-disabled',
      `The action "${name}" is switched off: the variable ACTIONS_ENABLED of this Function does not name it. Names are separated by commas.`,
    );
  }
  return action;
};

/** @param {{name: string, offByDefault?: boolean}} action @param {object} context the Function's context */
exports.isSwitchedOn = ({ name, offByDefault }, { ACTIONS_ENABLED }) =>
  !offByDefault ||
  String(ACTIONS_ENABLED ?? '')
    .split(',')
    .some((word) => word.trim() === name);

/** @param {string} name @param {string} path of its file */
exports.loadAction = (name, path) => {
  try {
    // What is not said is the careful choice: an action that may be repeated says so.
    const action = { policy: 'at-most-once', ...require(path), name };
    if (action.policy === OLD_AT_LEAST_ONCE) action.policy = 'at-least-once';
    if (typeof action.run !== 'function') throw Object.assign(new Error('no run'), { code: 'RUN_IS_NO_FUNCTION' });
    if (!POLICIES.includes(action.policy)) throw Object.assign(new Error('policy'), { code: 'POLICY_IS_UNKNOWN' });
    if (!NEEDS.includes(action.needs)) throw Object.assign(new Error('needs'), { code: 'NEEDS_IS_UNKNOWN' });
    return action;
  } catch (error) {
    if (shouldLogNow(`the action ${name}`))
      logFailure({ event: 'device-monitoring.action-failed', action: name }, error);
    throw new Refusal(500, 'action-failed', `The action "${name}" failed; the Function's log says where.`);
  }
};
