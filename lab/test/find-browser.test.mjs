import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserPlaces, findBrowser } from '../page/find-browser.mjs';

const onLinux = (installed, environment = { PATH: '/home/robin/bin:/usr/bin' }) =>
  findBrowser({ platform: 'linux', environment, home: '/home/robin', exists: (file) => installed.includes(file) });

test('the variable CHROMIUM wins over whatever is installed', () => {
  assert.equal(
    onLinux(['/usr/bin/chromium', '/opt/mine/chrome'], { PATH: '/usr/bin', CHROMIUM: '/opt/mine/chrome' }),
    '/opt/mine/chrome',
  );
});

test('a CHROMIUM that names nothing is an error, not a reason to take another browser', () => {
  assert.throws(
    () => onLinux(['/usr/bin/chromium'], { PATH: '/usr/bin', CHROMIUM: '/opt/gone' }),
    /CHROMIUM names \/opt\/gone/,
  );
});

test('every usual name is found in the folders of PATH', () => {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']) {
    assert.equal(onLinux([`/home/robin/bin/${name}`]), `/home/robin/bin/${name}`);
  }
});

test('Chromium comes before Chrome, and both before Edge', () => {
  const all = ['/usr/bin/microsoft-edge', '/usr/bin/google-chrome', '/usr/bin/chromium'];
  assert.equal(onLinux(all), '/usr/bin/chromium');
  assert.equal(onLinux(all.slice(0, 2)), '/usr/bin/google-chrome');
});

test('a snap is found although its folder is not in PATH', () => {
  assert.equal(onLinux(['/snap/bin/chromium'], {}), '/snap/bin/chromium');
});

test('on macOS an application is found for everybody or for one person', () => {
  const find = (installed) =>
    findBrowser({
      platform: 'darwin',
      environment: { PATH: '/usr/bin' },
      home: '/Users/robin',
      exists: (file) => file === installed,
    });
  for (const folder of ['/Applications', '/Users/robin/Applications']) {
    for (const name of ['Google Chrome', 'Chromium', 'Microsoft Edge']) {
      const file = `${folder}/${name}.app/Contents/MacOS/${name}`;
      assert.equal(find(file), file);
    }
  }
});

test('on Windows Chrome, Chromium and Edge are found in each of the program folders', () => {
  const environment = {
    ProgramFiles: 'C:\\Program Files',
    'ProgramFiles(x86)': 'C:\\Program Files (x86)',
    LOCALAPPDATA: 'C:\\Users\\robin\\AppData\\Local',
  };
  const places = browserPlaces({ platform: 'win32', environment });
  assert.equal(places.length, 9);
  assert.ok(places.includes('C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'));
  assert.ok(places.includes('C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'));
  assert.ok(places.includes('C:\\Users\\robin\\AppData\\Local\\Chromium\\Application\\chrome.exe'));
});

test('without any browser the message says what to install and how to name one', () => {
  assert.throws(
    () => onLinux([]),
    (error) => /apt-get install chromium/.test(error.message) && /CHROMIUM/.test(error.message),
  );
});
