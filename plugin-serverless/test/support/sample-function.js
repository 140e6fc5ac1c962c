/**
 * A Function of somebody's own, in the shape that the 2021 sample asked for: Twilio's validator around a handler that
 * reads the four fields. Tests put it in the place of respond-to-issue.js.
 */
const { functionValidator } = require('twilio-flex-token-validator');

exports.handler = functionValidator(async (context, event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Content-Type', 'application/json');
  const { issues, callerId, dnis, action } = event;
  if (action !== 'email-the-team') {
    response.setStatusCode(400);
    return callback(null, response);
  }
  response.setBody({ subject: `Bad call from ${callerId} to ${dnis}: ${issues.split(', ').join(' and ')}` });
  return callback(null, response);
});
