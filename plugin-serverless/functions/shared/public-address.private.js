/** Where a host is, if that is on the internet: a Function must not be a way into somebody's own network. */
const dns = require('node:dns');
const ipaddr = require('ipaddr.js');

/**
 * Asks once, and hands out one answer: a second look-up could say something else, so whoever connects must connect to
 * the address given here.
 *
 * @param {string} host a name or an address
 * @returns {Promise<{address: string, family: number} | null>} null if any of its addresses is private, loopback,
 *   link-local or otherwise set aside
 */
exports.publicAddressOf = async (host) => {
  const addresses = await new Promise((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
  const isPublic = ({ address }) => ipaddr.process(address).range() === 'unicast';
  return addresses.length > 0 && addresses.every(isPublic) ? addresses[0] : null;
};
