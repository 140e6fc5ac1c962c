/**
 * send-sms-to-customer: sends the customer of the call one text message, at most once.
 *
 * Text and sender come from the Function's environment, the number from Twilio's own record of the call: nothing of
 * what a browser says is sent, and nowhere that a browser says.
 */
const { failureOf } = require(Runtime.getFunctions()['lib/twilio'].path);

// Nobody can tell whether a message whose answer was lost has been sent.
exports.policy = 'at-most-once';
exports.needs = 'customer';
exports.options = [
  { name: 'SMS_TEXT', format: /^[^]{1,1600}$/, description: 'the text, at most 1600 characters' },
  {
    name: 'SMS_FROM',
    format: /^(\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32})$/,
    description: 'a number of this account (+15555550100) or a messaging service (MG…)',
  },
];

exports.run = async ({ call, options: { SMS_TEXT, SMS_FROM }, twilio }) => {
  const sender = SMS_FROM.startsWith('MG') ? { messagingServiceSid: SMS_FROM } : { from: SMS_FROM };
  try {
    const { sid } = await twilio.messages.create({ to: call.customerNumber, body: SMS_TEXT, ...sender });
    // An answer that names no message leaves it open whether there is one.
    if (!sid) throw new Error('no message is named');
    return { messageSid: sid };
  } catch (error) {
    throw failureOf(twilio, error);
  }
};
