/** What a request says, checked. Requests without `alert` are those of clients written for the 2021 sample. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);
const { schemaErrorOf } = require(Runtime.getFunctions()['lib/schema'].path);
const { fingerprintOf } = require(Runtime.getFunctions()['lib/claim'].path);

const FIELDS = ['issues', 'callerId', 'dnis', 'action', 'actions', 'alert'];
const ALERT_VERSION = 1;

// The plugin sends no more.
const MAX_ACTIONS = 8;
// Any name of an action that a configuration may have. The answer names each of several.
const ACTION_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const ALERT_MAX_BYTES = 16_384;
// The schema's is less; a newer plugin may say more.
const ALERT_MAX_DEPTH = 32;
// URL-encoded, the same alert and a token of some kilobytes; the platform itself would take megabytes.
const REQUEST_MAX_BYTES = 65_536;

// The runtime reads no other kind of body. Parameters such as charset do not matter.
const BODY_TYPE = /^application\/(x-www-form-urlencoded|json)\s*(;|$)/i;

/**
 * Refuses a request for its form alone, before anything in it is looked at: too large, of another content type, or with
 * a field in the place of its headers.
 *
 * In Twilio's local runtime, a field `request` replaces `event.request`. A field that looks just like headers cannot be
 * told from them; so nothing is allowed because of a header, and the size of all fields counts, this one included.
 */
exports.checkForm = (event) => {
  if (sizeOf(event) > REQUEST_MAX_BYTES) throw tooLarge();
  const headers = headersOf(event);
  const announced = headers['content-length'];
  if (/^[0-9]+$/.test(announced) && Number(announced) > REQUEST_MAX_BYTES) throw tooLarge();
  if (!BODY_TYPE.test(headers['content-type'])) {
    throw new Refusal(
      415,
      'content-type-unsupported',
      'The request must be a POST with the Content-Type application/x-www-form-urlencoded or application/json.',
    );
  }
  if (typeof event.alert === 'string' && Buffer.byteLength(event.alert) > ALERT_MAX_BYTES) {
    throw new Refusal(413, 'alert-too-large', `The field "alert" has more than ${ALERT_MAX_BYTES} bytes.`);
  }
};

function tooLarge() {
  return new Refusal(413, 'request-too-large', `The request has more than ${REQUEST_MAX_BYTES} bytes.`);
}

/** Bytes of the headers and all fields: a request that was sent in chunks announces nothing. */
function sizeOf(event) {
  try {
    return Buffer.byteLength(JSON.stringify(event));
  } catch {
    return Infinity; // nested deeper than can be walked
  }
}

/** A text without halves of characters, which JSON can hold, and of which strict readers refuse the whole document. */
const wellFormed = (text) => text.replace(/\p{Cs}/gu, '\ufffd');

/** The same for all texts in a JSON document, except for names. */
const parseWellFormed = (text) =>
  JSON.parse(text, (_name, value) => (typeof value === 'string' ? wellFormed(value) : value));

/** The headers, each a text, or a list of texts if it came more than once. */
function headersOf({ request }) {
  if (request === undefined) return {};
  const headers = request?.headers;
  const isText = (value) => typeof value === 'string';
  const isHeader = (value) => isText(value) || (Array.isArray(value) && value.every(isText));
  if (
    headers === null ||
    typeof headers !== 'object' ||
    Array.isArray(headers) ||
    !Object.values(headers).every(isHeader)
  ) {
    throw new Refusal(
      400,
      'field-invalid',
      'The request has a field "request", which stands in the place of its headers.',
    );
  }
  return headers;
}

/**
 * @param {object} event the Function's event
 * @returns {{actions: string[], issues: string, callerId: string, dnis: string, alert: object | null, fingerprint: string}}
 *   a field that was not sent is ''; `actions`: the names of one or more; `alert`: what its schema names of it;
 *   `fingerprint`: of all that it said
 */
exports.readRequest = (event) => {
  const fields = /** @type {Record<'action' | 'actions' | 'issues' | 'callerId' | 'dnis' | 'alert', string>} */ (
    Object.fromEntries(FIELDS.map((name) => [name, exports.textOf(event, name)]))
  );
  const actions = actionsOf(fields);
  const { alert, fingerprint } = fields.alert === '' ? NO_ALERT : readAlert(fields.alert);
  if (!alert && fields.issues === '') {
    throw new Refusal(
      400,
      'issues-missing',
      'The field "issues" is missing: the reasons of the alert, separated by commas.',
    );
  }
  const { issues, callerId, dnis } = fields;
  return { actions, issues, callerId, dnis, alert, fingerprint };
};

/**
 * A field of a request. In a body of JSON it may be anything, and one that comes twice is a list.
 *
 * @param {object} event the Function's event
 * @param {string} name
 * @returns {string} '' if it was not sent
 */
exports.textOf = (event, name) => {
  const value = event[name] ?? '';
  if (typeof value !== 'string')
    throw new Refusal(400, 'field-invalid', `The field "${name}" must be sent once, as text.`);
  return wellFormed(value);
};

/** Several come in a field of their own, of which a Function that knows only `action` runs the first. */
function actionsOf({ action, actions }) {
  if (actions === '') return [action];
  const names = actions.split(',');
  const areDifferent = names.length <= MAX_ACTIONS && new Set(names).size === names.length;
  if (names[0] !== action || !areDifferent || !names.every((name) => ACTION_NAME.test(name))) {
    throw new Refusal(
      400,
      'field-invalid',
      `The field "actions" must name at most ${MAX_ACTIONS} actions, each once, with commas between them; the first is "action".`,
    );
  }
  return names;
}

const NO_ALERT = { alert: null, fingerprint: '' };

function readAlert(text) {
  const refuse = (why) => new Refusal(400, 'alert-invalid', `The field "alert" ${why}.`);
  let alert;
  try {
    alert = JSON.parse(text);
  } catch {
    throw refuse('is not JSON');
  }
  if (alert === null || typeof alert !== 'object' || Array.isArray(alert)) throw refuse('is not a JSON object');
  if (isDeeperThan(ALERT_MAX_DEPTH, alert)) throw refuse('is nested too deeply');
  if (alert.version !== ALERT_VERSION) {
    throw refuse(`does not say "version": ${ALERT_VERSION}; deploy the plugin and this Function from the same release`);
  }
  const problem = schemaErrorOf('alert', alert);
  if (problem) throw refuse(problem);
  const main = alert.supplements ?? alert.id;
  if (main.endsWith('-report') || (alert.supplements && alert.id !== `${main}-report`))
    throw refuse('at /id does not name the alert of /supplements');
  if (alert.callSid ? main !== `alert-${alert.callSid}` : main.startsWith('alert-CA')) {
    throw refuse('at /id does not name the call of /callSid');
  }
  // What the schema has left, and nothing else of `text`: no action may get what nobody has looked at. The fingerprint is
  // of all of it: a Function that knows more of it, deployed in between, has to know the same alert again.
  return { alert: parseWellFormed(JSON.stringify(alert)), fingerprint: fingerprintOf(parseWellFormed(text)) };
}

/** Whether lists and objects lie in each other on more levels than these. */
function isDeeperThan(levels, value) {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
