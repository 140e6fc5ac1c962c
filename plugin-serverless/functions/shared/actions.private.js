/** The actions: every file in `actions/` is one, by its name without `.private.js`. There is no list to keep. */
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);
const { logFailure } = require(Runtime.getFunctions()['shared/log'].path);

// A file in a folder below `actions/` is no action, so an action may keep helpers there.
const ACTION = /^\/?actions\/([A-Za-z0-9][A-Za-z0-9_-]*)$/;

/** @returns {Map<string, string>} name → where to require it from. A Map: `constructor` is not in it. */
function installedActions() {
  const found = Object.entries(Runtime.getFunctions()).flatMap(([route, { path }]) => {
    const name = ACTION.exec(route)?.[1];
    return name ? [[name, path]] : [];
  });
  return new Map(found.sort());
}

/**
 * Runs an action and gives back its result as plain JSON data (null if it has none).
 *
 * @param {string} name the request's `action`
 * @param {object} input what the action is called with, see actions/log-call.private.js
 */
exports.runAction = async (name, input) => {
  const actions = installedActions();
  const path = actions.get(name);
  if (path === undefined) {
    const knownActions = [...actions.keys()];
    const known = `The actions installed here: ${knownActions.join(', ') || 'none'}.`;
    throw name === ''
      ? new Refusal(400, 'action-missing', `The field "action" is missing. ${known}`, { knownActions })
      : new Refusal(400, 'action-unknown', `There is no action of this name. ${known}`, { knownActions });
  }
  try {
    const { run } = require(path);
    const result = (await run(input)) ?? null;
    return JSON.parse(JSON.stringify(result));
  } catch (error) {
    logFailure({ event: 'device-monitoring.action-failed', action: name }, error);
    throw new Refusal(500, 'action-failed', `The action "${name}" failed; the Function's log says where.`);
  }
};
