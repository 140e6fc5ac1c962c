/**
 * CloudEvents 1.0 (https://github.com/cloudevents/spec), in the structured mode of their binding to HTTP: one event a
 * request, as JSON.
 */
exports.CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/**
 * @param {ReturnType<typeof import('./telemetry-entry.private.js').describe>} described
 * @param {{ACCOUNT_SID: string}} context the Function's context
 * @param {string} typePrefix
 * @returns {object} the event. Receivers know it again by `source` and `id`.
 */
exports.cloudEventOf = ({ id, event, atMs, subject, data }, { ACCOUNT_SID }, typePrefix) => ({
  specversion: '1.0',
  id,
  source: `/twilio/accounts/${ACCOUNT_SID}/device-monitoring`,
  type: `${typePrefix}.${event}.v1`,
  ...(subject && { subject }),
  time: new Date(atMs).toISOString(),
  datacontenttype: 'application/json',
  data,
});
