/**
 * What Twilio asks when the test call is made: the Voice URL of the TwiML app. The call is answered, dials nobody, and is
 * over after half a minute at the latest; the Voice SDK ends it before. Only Twilio may ask (protected).
 */
const SECONDS = 30;

exports.handler = (_context, _event, callback) => {
  const response = new Twilio.Response();
  response.appendHeader('Content-Type', 'text/xml');
  response.setBody(`<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="${SECONDS}"/></Response>`);
  callback(null, response);
};
