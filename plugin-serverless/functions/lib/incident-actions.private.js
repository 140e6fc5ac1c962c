/**
 * The actions about incidents: every file in `incident-actions/` is one, by its name without `.private.js`. Those that the
 * variable `INCIDENT_ACTIONS` names are run. They are no actions for alerts: no request can name one.
 */
const { installedIn } = require(Runtime.getFunctions()['lib/actions'].path);
const { shouldLogNow, logLine } = require(Runtime.getFunctions()['lib/log'].path);

const DEFAULT = 'log-incident';

/**
 * @param {{INCIDENT_ACTIONS?: string}} context the Function's context
 * @returns {{name: string, path: string}[]} path: of its file; the log says which names are none
 */
exports.incidentActions = ({ INCIDENT_ACTIONS }) => {
  const installed = installedIn('incident-actions');
  const names = (INCIDENT_ACTIONS ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return [...new Set(names.length > 0 ? names : [DEFAULT])].flatMap((name) => {
    const path = installed.get(name);
    if (path) return [{ name, path }];
    const message = `The variable INCIDENT_ACTIONS of this Function names an action that is not there. Names are separated by commas. There are: ${[...installed.keys()].join(', ')}.`;
    if (shouldLogNow(message)) logLine({ event: 'device-monitoring.not-configured', message });
    return [];
  });
};
