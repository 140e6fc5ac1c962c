/** Where a host is, if that is on the internet: a Function must not be a way into somebody's own network. */
const dns = require('node:dns');
const ipaddr = require('ipaddr.js');

// The address of Azure's own services inside a virtual machine there: it looks public, but is not on the internet.
const AZURE = '168.63.129.16';
// All of IPv6 that IANA has allocated for the internet; ipaddr.js takes unallocated addresses for public ones.
const GIVEN_OUT = ipaddr.parseCIDR('2000::/3');

/**
 * Asks once, and hands out one answer: a second look-up could say something else, so whoever connects must connect to
 * the address given here.
 *
 * @param {string} host a name or an address
 * @param {AbortSignal} signal ends the waiting; the look-up itself nobody can end
 * @returns {Promise<{address: string, family: number} | null>} null if any of its addresses is private, loopback,
 *   link-local or otherwise set aside
 */
exports.publicAddressOf = async (host, signal) => {
  const addresses = await new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(Object.assign(new Error('no answer'), { code: 'LOOKUP_TIMEOUT' })));
    dns.lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
  return addresses.length > 0 && addresses.every(isPublic) ? addresses[0] : null;
};

/** @param {import('ipaddr.js').IPv4 | import('ipaddr.js').IPv6} address */
exports.isOnTheInternet = (address) => {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv6' ? address.match(GIVEN_OUT) : address.toString() !== AZURE;
};

const isPublic = ({ address }) => exports.isOnTheInternet(ipaddr.process(address));
