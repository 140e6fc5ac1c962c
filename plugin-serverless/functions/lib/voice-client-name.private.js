/**
 * Which user's Voice client an address is. Flex makes the address from the user's name and escapes every sign but
 * letters and digits: jane@example.com rings at client:jane_40example_2Ecom. Tokens have the name escaped or not; here
 * every name and address is unescaped, so that two users never share an address.
 */
const ESCAPED = /(?:_[0-9A-Fa-f]{2})+/g;

/** jane@example.com → jane_40example_2Ecom */
exports.clientNameOf = (name) => {
  const hex = (byte) => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return name.replace(/[^A-Za-z0-9]/gu, (character) => [...Buffer.from(character)].map(hex).join(''));
};

/** jane_40example_2Ecom → jane@example.com; what is no UTF-8 stays as it is. */
function userNameOf(clientName) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return clientName.replace(ESCAPED, (escaped) => {
    try {
      return decoder.decode(Buffer.from(escaped.replaceAll('_', ''), 'hex'));
    } catch {
      return escaped;
    }
  });
}

/**
 * The name of a token's user, unescaped.
 *
 * @param {string | null} identity from Twilio's answer about the token
 * @param {string | null} realmUserId the name that the user signed in with, which tells whether `identity` is escaped
 */
exports.nameOfUser = (identity, realmUserId) => {
  if (!identity) return null;
  const plain = realmUserId && (identity === realmUserId || identity === exports.clientNameOf(realmUserId));
  return plain ? realmUserId : userNameOf(identity);
};

/** @returns {string | null} the user whom `client:…` rings; null for any other address */
exports.nameOfAddress = (address) => {
  const name = /^client:(.+)$/s.exec(address ?? '')?.[1];
  return name === undefined ? null : userNameOf(name);
};
