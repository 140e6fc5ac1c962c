// Where a Chrome, a Chromium or an Edge is installed. Playwright drives all of them; it brings no browser of its own here.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
];
const MACOS_APPLICATIONS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];
/** Looked into even when PATH lacks them, as it may in a program started from a desktop. */
const LINUX_FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin'];

const isFile = (file) => {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Every place where a browser may be, most wanted first. */
export function browserPlaces({ platform = process.platform, environment = process.env, home = os.homedir() } = {}) {
  if (platform === 'win32') {
    const roots = [environment.ProgramFiles, environment['ProgramFiles(x86)'], environment.LOCALAPPDATA].filter(
      Boolean,
    );
    return WINDOWS_PROGRAMS.flatMap((program) => roots.map((root) => path.win32.join(root, program)));
  }
  const folders = (environment.PATH ?? '').split(':').filter(Boolean);
  const onPath = (known) =>
    NAMES.flatMap((name) => [...new Set([...folders, ...known])].map((folder) => path.posix.join(folder, name)));
  if (platform !== 'darwin') return onPath(LINUX_FOLDERS);
  const applications = MACOS_APPLICATIONS.flatMap((name) =>
    ['/Applications', path.posix.join(home, 'Applications')].map((folder) =>
      path.posix.join(folder, `${name}.app`, 'Contents', 'MacOS', name),
    ),
  );
  return [...applications, ...onPath([])];
}

/**
 * The browser to use: what the variable CHROMIUM names, or the first that is installed.
 * @returns {string} its executable
 */
export function findBrowser({
  platform = process.platform,
  environment = process.env,
  home = os.homedir(),
  exists = isFile,
} = {}) {
  const named = environment.CHROMIUM;
  if (named && exists(named)) return named;
  if (named) throw new Error(`the variable CHROMIUM names ${named}, and there is no such file`);
  const found = browserPlaces({ platform, environment, home }).find(exists);
  if (found) return found;
  throw new Error(
    'no Chrome, Chromium or Edge is installed where they usually are. Install one' +
      ' (Debian and Ubuntu: "apt-get install chromium"; elsewhere: google.com/chrome), or set the variable CHROMIUM to its executable',
  );
}

/** @returns {string | false} why a test in Firefox is skipped */
export function whyNoFirefox() {
  try {
    findFirefox();
    return false;
  } catch (error) {
    return error.message;
  }
}

const FIREFOX_NAMES = ['firefox-esr', 'firefox'];

/**
 * What the variable FIREFOX names, or the first Firefox that is installed.
 * @returns {string} its executable
 */
export function findFirefox({ environment = process.env, exists = isFile } = {}) {
  const named = environment.FIREFOX;
  if (named && exists(named)) return named;
  if (named) throw new Error(`the variable FIREFOX names ${named}, and there is no such file`);
  const folders = [...(environment.PATH ?? '').split(':').filter(Boolean), ...LINUX_FOLDERS];
  const found = FIREFOX_NAMES.flatMap((name) => folders.map((folder) => path.posix.join(folder, name))).find(exists);
  if (found) return found;
  throw new Error(
    'no Firefox is installed where it usually is. Install one (Debian: "apt-get install firefox-esr"; elsewhere: mozilla.org),' +
      ' or set the variable FIREFOX to its executable',
  );
}
