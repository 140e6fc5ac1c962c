// The Firefox that people have, over WebDriver BiDi; Playwright's own, which it drives otherwise, is another browser. What
// Playwright cannot do with it yet is done here, underneath.
import os from 'node:os';
import { firefox } from 'playwright-core';
import { findFirefox } from './find-browser.mjs';

const PREFERENCES = {
  'media.navigator.permission.disabled': true, // nobody is asked for the microphone
  // The relay has to see the candidates' addresses, and is on this machine.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  // Isolated: whatever is not answered by a route meets a proxy that is not there.
  'network.proxy.type': 1,
  'network.proxy.socks': '127.0.0.1',
  'network.proxy.socks_port': 9,
  'network.proxy.socks_remote_dns': true,
};
/** It waits for processes that a busy machine starts slowly. */
const LAUNCH_LIMIT_MS = 120_000;
const MAX_BODY = 20_000_000;

/** What of Playwright runs beside its client, in the same process. */
const behind = (object) => {
  const { _connection: connection } = object;
  return connection.toImpl(object);
};

const sessionOf = (browser) => {
  const { _browserSession: session } = behind(browser);
  return session;
};

/**
 * Where a relay meets Firefox: its candidates have the address of a network interface, and it connects them to no 127.0.0.1.
 * @returns {{near: (address: string) => boolean, nearHost: string}}
 */
export function firefoxPlace() {
  const own = Object.values(os.networkInterfaces())
    .flat()
    .find((its) => its?.family === 'IPv4' && !its.internal);
  if (!own) throw new Error('calls in Firefox need a network interface with an IPv4 address; there is none');
  return { near: (address) => address === own.address, nearHost: own.address };
}

/**
 * Its microphone gives a steady tone, or is the system's. Without a loudspeaker of the system no AudioContext runs.
 * @param {object} [options]
 * @param {string} [options.microphone] real: the one of this machine
 * @param {Record<string, string>} [options.env] more of its environment
 */
export async function launchFirefox({ microphone, env = {} } = {}) {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: findFirefox(),
    firefoxUserPrefs: { ...PREFERENCES, 'media.navigator.streams.fake': microphone !== 'real' },
    env: { .../** @type {Record<string, string>} */ (process.env), ...env },
    timeout: LAUNCH_LIMIT_MS,
  });
  const session = sessionOf(browser);
  leaveOutMediaFeatures(session);
  await session.send('network.addDataCollector', { dataTypes: ['request'], maxEncodedDataSize: MAX_BODY });
  return browser;
}

/**
 * Playwright sets each page's colour scheme with a command that the long-lived Firefox does not know yet, and gives the page
 * up where that fails. Nothing here depends on it.
 */
function leaveOutMediaFeatures(session) {
  const sessions = Object.getPrototypeOf(session);
  const { send } = sessions;
  if (send.name === 'sendKnown') return;
  sessions.send = function sendKnown(method, ...rest) {
    return method === 'emulation.setMediaFeaturesOverride' ? Promise.resolve({}) : send.call(this, method, ...rest);
  };
}

/**
 * What a page sends with a request, in any browser; Playwright does not ask Firefox for it.
 * @param {import('playwright-core').Request} request
 * @returns {Promise<Buffer | null>}
 */
export async function bodyOf(request) {
  const known = request.postDataBuffer();
  if (known || request.method() !== 'POST') return known;
  const server = behind(request);
  const { _page: page } = server.frame();
  const { _networkManager: network } = page.delegate;
  const { _requests: requests } = network ?? {};
  const id = [...(requests?.entries() ?? [])].find(([, { request: its }]) => its === server)?.[0];
  if (!id) return null;
  const session = sessionOf(request.frame().page().context().browser());
  const { bytes } = await session.send('network.getData', { request: id, dataType: 'request' });
  return Buffer.from(bytes.value, bytes.type === 'base64' ? 'base64' : 'utf8');
}
