// What Chromium's page webrtc-internals records of a call beside the recording, taken as a person takes it: opened before
// the call, and saved by its two buttons. Addresses and descriptions of sessions are taken out, the rest is as it was.
import fs from 'node:fs/promises';
import zlib from 'node:zlib';

/** The page's buttons, by how the files' names end. */
const BUTTONS = { 'internals.json.gz': '#dump-click-target', 'rtcstats.gz': '#dump-click-target-rtcstats' };
/** Fields of a report, of an ICE candidate or of a certificate that tell of addresses and keys. */
const PRIVATE =
  /^(address|ip|port|relatedAddress|relatedPort|usernameFragment|iceLocalUsernameFragment|fingerprint|base64Certificate|url|label|trackIdentifier)$/;
/** Events whose value is a description of a session, a candidate, or a device. */
const DESCRIBES = /description|candidate|offer|answer|usermedia|enumeratedevices|track|transceiver/i;

/**
 * Opens the page, which asks for statistics from then on.
 * @param {import('playwright-core').Browser} browser
 * @param {number} everyMs
 */
export async function openInternals(browser, everyMs) {
  const page = await browser.newPage({ acceptDownloads: true });
  await page.goto(`chrome://webrtc-internals/?statsInterval=${everyMs}`);
  return page;
}

/**
 * Both dumps, packed, by how their files' names end.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<Record<string, Buffer>>}
 */
export async function saveDumps(page) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((each) => each.setAttribute('open', '')));
  /** @type {Record<string, Buffer>} */
  const dumps = {};
  for (const [name, button] of Object.entries(BUTTONS)) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
    const text = zlib.gunzipSync(await fs.readFile(await download.path())).toString();
    const cleaned = name.startsWith('internals') ? cleanInternals(text) : cleanRtcStats(text);
    dumps[name] = zlib.gzipSync(cleaned, { level: 9 });
  }
  return dumps;
}

/** A text of any of these fields is emptied, a number is 0. */
const cleaned = (value) => (typeof value === 'number' ? 0 : '');

export function cleanInternals(text) {
  const dump = JSON.parse(text);
  dump.getUserMedia = [];
  for (const connection of Object.values(dump.PeerConnections)) {
    connection.url = '';
    for (const [name, series] of Object.entries(connection.stats)) {
      const field = name.slice(name.lastIndexOf('-') + 1);
      if (PRIVATE.test(field)) series.values = JSON.stringify(JSON.parse(series.values).map(cleaned));
    }
    for (const update of connection.updateLog) if (DESCRIBES.test(update.type)) update.value = '';
  }
  return JSON.stringify(dump, null, 1);
}

export function cleanRtcStats(text) {
  const clean = (line) => {
    if (!line.startsWith('[')) return line;
    const event = JSON.parse(line);
    const [method, , value] = event;
    if (DESCRIBES.test(method)) event[2] = null;
    if (method === 'create' && typeof event[3] === 'string') event[3] = '';
    if (method === 'getStats') {
      for (const report of Object.values(value)) {
        for (const name of Object.keys(report)) if (PRIVATE.test(name)) report[name] = cleaned(report[name]);
      }
    }
    return JSON.stringify(event);
  };
  return text.split('\n').map(clean).join('\n');
}
