/** What a request says, checked. Requests without `alert` are those of clients written for the 2021 sample. */
const { Refusal } = require(Runtime.getFunctions()['shared/refusal'].path);

const FIELDS = ['issues', 'callerId', 'dnis', 'action', 'alert'];
const ALERT_VERSION = 1;
// Far more than the longest call needs; the platform itself would take megabytes.
const ALERT_MAX_CHARACTERS = 65_536;

/**
 * @param {object} event the Function's event
 * @returns {{action: string, issues: string, callerId: string, dnis: string, alert: object | null}}
 *   a field that was not sent is ''
 */
exports.readRequest = (event) => {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, readField(event, name)]));
  const alert = fields.alert === '' ? null : readAlert(fields.alert);
  if (!alert && fields.issues === '') {
    throw new Refusal(400, 'issues-missing', 'The field "issues" is missing: the reasons of the alert, separated by commas.');
  }
  return { ...fields, alert };
};

function readField(event, name) {
  const value = event[name] ?? '';
  if (typeof value !== 'string') throw new Refusal(400, 'field-invalid', `The field "${name}" must be sent once, as text.`);
  return value;
}

function readAlert(text) {
  const refuse = (why) => new Refusal(400, 'alert-invalid', `The field "alert" ${why}.`);
  if (text.length > ALERT_MAX_CHARACTERS) throw refuse(`is longer than ${ALERT_MAX_CHARACTERS} characters`);
  let alert;
  try {
    alert = JSON.parse(text);
  } catch {
    throw refuse('is not JSON');
  }
  if (alert === null || typeof alert !== 'object' || Array.isArray(alert)) throw refuse('is not a JSON object');
  if (alert.version !== ALERT_VERSION) {
    throw refuse(`does not say "version": ${ALERT_VERSION}; deploy the plugin and this Function from the same release`);
  }
  return alert;
}
