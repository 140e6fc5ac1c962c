/** What to say, by what the Function answers. */
const TEXTS = {
  'action-disabled': 'actionDisabled',
  'action-failed': 'actionFailed',
  'claims-not-set-up': 'actionClaimsNotSetUp',
  'not-configured': 'actionNotConfigured',
};

/**
 * Why an alert with this action would not be acted on, as a finding.
 * @param {unknown} name of the action
 * @param {object[] | undefined} deployed see plugin-serverless/functions/lib/action-readiness.private.js; undefined if nobody
 *   knows
 * @param {string} property the finding is about
 * @param {import('./text').Translate} t
 * @returns {{severity: 'warning', property: string, message: string}[]} none if it would
 */
export function findingsAboutAction(name, deployed, property, t) {
  // What is no name has a finding of the engine's.
  if (!Array.isArray(deployed) || typeof name !== 'string' || name === '') return [];
  const warning = (key, places) => [
    { severity: /** @type {const} */ ('warning'), property, message: t(key, { name, ...places }) },
  ];
  const found = deployed.find((action) => action.name === name);
  if (!found) return warning('actionNotDeployed', { names: deployed.map((action) => action.name).join(', ') });
  // Of a later release of the Function this page knows only that it does not work.
  return found.error ? warning(TEXTS[found.error] ?? 'actionFailed', { variables: found.variables?.join(', ') }) : [];
}
