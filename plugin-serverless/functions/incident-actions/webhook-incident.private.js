/**
 * webhook-incident: posts an incident that has opened or closed to a server of yours, over HTTPS and signed as `webhook`
 * signs alerts. Whoever receives it knows it again by `incident.id` and `change`: after an answer that was lost it comes
 * once more.
 */
const { WEBHOOK_OPTIONS, postSigned } = require(Runtime.getFunctions()['lib/post'].path);

exports.policy = 'at-least-once';
exports.options = WEBHOOK_OPTIONS;

exports.run = ({ kind, incident, options }) => postSigned({ change: kind, incident }, options);
