// A network namespace of Linux with interfaces that Chromium takes for a cable, Wi-Fi or a VPN, for a lab that runs in
// it. Chromium asks a driver what it is, and goes by the interface's name where the driver does not say: `ifb` does not.
import { execFileSync } from 'node:child_process';

/** Name of the interface and address of each kind of network. */
const INTERFACES = {
  ethernet: { device: 'eth1', address: '10.77.1.1' },
  wifi: { device: 'wlan0', address: '10.77.2.1' },
  vpn: { device: 'tun0', address: '10.77.3.1' },
};

const ip = (...words) => execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Whether this machine lets the lab have one. */
export const canHaveNamespaces = () => process.platform === 'linux' && process.getuid?.() === 0;

/** @returns {string} the address of the interface of a kind of network */
export const addressOf = (kind) => INTERFACES[kind].address;

/**
 * Takes the cable of an interface out, or puts it in again. To be called in the namespace.
 * @param {keyof typeof INTERFACES} kind
 */
export function plugNetwork(kind, isIn) {
  const { device, address } = INTERFACES[kind];
  ip('link', 'set', device, isIn ? 'up' : 'down');
  // A machine reaches its own addresses through its loopback, whatever the link is.
  if (isIn) ip('addr', 'replace', `${address}/24`, 'dev', device);
  else ip('addr', 'flush', 'dev', device);
}

/**
 * Makes a namespace with a loopback and these interfaces.
 * @param {Array<keyof typeof INTERFACES>} kinds
 * @returns {{prefix: string[], close: () => void}} prefix: words before a command that is to run in it
 */
export function openNamespace(kinds) {
  if (!canHaveNamespaces()) throw new Error('interfaces of other networks can only be made by root, on Linux');
  const name = `lab-${process.pid}`;
  ip('netns', 'add', name);
  const close = () => ip('netns', 'del', name);
  try {
    ip('-n', name, 'link', 'set', 'lo', 'up');
    for (const kind of kinds) {
      const { device, address } = INTERFACES[kind];
      ip('-n', name, 'link', 'add', device, 'type', 'ifb');
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', device);
      ip('-n', name, 'link', 'set', device, 'up');
    }
  } catch (error) {
    close();
    throw error;
  }
  return { prefix: ['ip', 'netns', 'exec', name], close };
}
