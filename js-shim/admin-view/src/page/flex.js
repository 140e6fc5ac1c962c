module.exports = window.Twilio.Flex;
