/** A name for the office or the provider that a computer is on the internet by, in place of its address. */
const ipaddr = require('ipaddr.js');

const { isOnTheInternet } = require(Runtime.getFunctions()['lib/public-address'].path);
const { keyedHash } = require(Runtime.getFunctions()['lib/keyed-hash'].path);

// Of an address, as the plugin sends it.
const PREFIX_BITS = { ipv4: 24, ipv6: 48 };
// Whoever reads cards could compare the names of many prefixes with a colleague's. Nobody is in more networks in a day.
const MAX_PER_DAY = 10;
const DAY_MS = 86_400_000;
const MAX_WORKERS = 2_000;

/** Worker → {prefixes, since}: those that were named, and since when */
const named = new Map();

/**
 * What the browser says, with the name of the network for the prefix of its address: without one where the prefix is no
 * network of the internet, or one of too many today.
 *
 * @template {{addressPrefix?: string}} Told
 * @param {object} context the Function's context
 * @param {{workerSid: string}} worker whose browser it is
 * @param {Told} told
 * @returns {Omit<Told, 'addressPrefix'> & {network?: string}}
 */
exports.withNetworkName = (context, worker, { addressPrefix, ...told }) =>
  addressPrefix !== undefined && isNetwork(addressPrefix) && mayBeNamed(worker, addressPrefix)
    ? { ...told, network: `N-${keyedHash(context, 'networks', addressPrefix)}` }
    : told;

/** Whether it is a network of the internet, written as the plugin does, so that it has one name. */
function isNetwork(prefix) {
  if (!ipaddr.isValidCIDR(prefix)) return false;
  const [address, bits] = ipaddr.parseCIDR(prefix);
  const first =
    address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(prefix) : ipaddr.IPv6.networkAddressFromCIDR(prefix);
  return bits === PREFIX_BITS[address.kind()] && prefix === `${first.toString()}/${bits}` && isOnTheInternet(address);
}

function mayBeNamed({ workerSid }, prefix) {
  const now = Date.now();
  const known = named.get(workerSid);
  const { since, prefixes } =
    known && Math.abs(now - known.since) < DAY_MS ? known : { since: now, prefixes: new Set() };
  if (!prefixes.has(prefix) && prefixes.size >= MAX_PER_DAY) return false;
  named.delete(workerSid);
  named.set(workerSid, { since, prefixes: prefixes.add(prefix) });
  if (named.size > MAX_WORKERS) named.delete(named.keys().next().value);
  return true;
}
