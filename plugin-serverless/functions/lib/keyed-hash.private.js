/** Names for what must not be kept as it is, by a key that only the account's token gives. */
const { createHmac, hkdfSync } = require('node:crypto');

const KEY_BYTES = 32;
const LENGTH = 16;

/**
 * The same text has the same name for as long as the account's token stays. Who does not know the token can neither undo it
 * nor try all texts.
 *
 * @param {{ACCOUNT_SID: string, AUTH_TOKEN: string}} context
 * @param {string} purpose so that what is named for one says nothing about another
 * @param {string} text
 * @returns {string} hexadecimal digits
 */
exports.keyedHash = ({ ACCOUNT_SID, AUTH_TOKEN }, purpose, text) => {
  const key = Buffer.from(hkdfSync('sha256', AUTH_TOKEN, ACCOUNT_SID, `device-monitoring ${purpose}`, KEY_BYTES));
  return createHmac('sha256', key).update(text).digest('hex').slice(0, LENGTH);
};
