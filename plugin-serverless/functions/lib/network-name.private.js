/** A name for the office or the provider that a computer is on the internet by, in place of its address. */
const { keyedHash } = require(Runtime.getFunctions()['lib/keyed-hash'].path);

/**
 * What the browser says, with the name of the network for the prefix of its address.
 *
 * @template {{addressPrefix?: string}} Told
 * @param {object} context the Function's context
 * @param {Told} told
 * @returns {Omit<Told, 'addressPrefix'> & {network?: string}}
 */
exports.withNetworkName = (context, { addressPrefix, ...told }) =>
  addressPrefix === undefined ? told : { ...told, network: `N-${keyedHash(context, 'networks', addressPrefix)}` };
