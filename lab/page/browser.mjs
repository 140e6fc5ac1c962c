// The browser, without any network of its own: whatever is not answered by a route fails.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { encodeWav } from '../call/wav.mjs';
import { officeNoise, roomNoise } from '../call/noise.mjs';
import { speech } from '../call/speech.mjs';
import { paths } from '../paths.mjs';
import { findBrowser } from './find-browser.mjs';

const SAMPLE_RATE = 48_000;

// But for this machine: twilio-run, when the plugin is to reach it by itself.
const ISOLATED = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];
const FEATURES_OFF = [
  'WebRtcHideLocalIpsWithMdns', // the relay has to see the candidates' addresses
  'LocalNetworkAccessChecks', // a page of flex.twilio.com has to reach this machine
  // Two more renderers for each window, for an address bar that nobody sees: 0.8 s of processor time.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
];
const MEDIA = [
  '--use-fake-ui-for-media-stream', // nobody is asked for the microphone
  `--disable-features=${FEATURES_OFF.join()}`,
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
];
const HEADLESS = ['--disable-gpu', '--disable-dev-shm-usage'];
// Without the bars that say which flags are unusual: they would cover the page that somebody came to see. And the lab's
// timers go on in a window that lies behind another one.
const HEADED = [
  '--disable-dev-shm-usage',
  '--test-type',
  '--disable-infobars',
  '--disable-backgrounding-occluded-windows',
];

/** Playwright's own flags against what browsers do to pages that nobody sees. */
const NEVER_IN_BACKGROUND = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** There is no screen to open a window on. */
export class NoDisplayError extends Error {}

const SOUNDS = {
  speech: () => speech({ sampleRate: SAMPLE_RATE, seconds: 20, seed: 11 }),
  silence: () => new Float32Array(SAMPLE_RATE * 5),
  'turns+room': turnsInARoom,
  room: () => roomNoise({ sampleRate: SAMPLE_RATE, seconds: 20 }),
  office: () => officeNoise({ sampleRate: SAMPLE_RATE }),
};

/** Somebody who says something, then listens for 16 s, in a room whose noise never stops. */
function turnsInARoom() {
  const samples = roomNoise({ sampleRate: SAMPLE_RATE, seconds: 24 });
  speech({ sampleRate: SAMPLE_RATE, seconds: 8, seed: 11 }).forEach((sample, index) => {
    samples[index] += sample;
  });
  return samples;
}

/** What the agent's microphone hears. @param {'speech'|'silence'|'turns+room'|'room'|'office'} kind */
export async function microphoneFile(kind) {
  const samples = SOUNDS[kind]();
  const file = path.join(paths.target, 'sound', `${kind}.wav`);
  await fs.mkdir(path.dirname(file), { recursive: true });
  // Whole or not at all: another lab may be reading it, and another browser of this one be writing it.
  const unfinished = `${file}.${randomUUID()}`;
  await fs.writeFile(unfinished, encodeWav(samples, SAMPLE_RATE));
  await fs.rename(unfinished, file);
  return file;
}

async function microphoneFlags(kind) {
  return kind === 'real'
    ? []
    : ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${await microphoneFile(kind)}`];
}

/** Root has no sandbox in Chromium, and some containers have none either. */
async function launch(options) {
  const asRoot = process.getuid?.() === 0;
  try {
    return await chromium.launch({ ...options, chromiumSandbox: !asRoot });
  } catch (error) {
    if (asRoot || !/no usable sandbox|sandbox/i.test(error.message)) throw error;
    return chromium.launch({ ...options, chromiumSandbox: false });
  }
}

/**
 * @param {object} options
 * @param {'speech'|'silence'|'turns+room'|'room'|'office'|'real'} [options.microphone] real: the one of this machine
 * @param {boolean} [options.headed] with windows on the screen
 * @param {boolean} [options.throttled] a hidden page gets as little time as it does for people
 * @param {string[]} [options.flags] more of Chromium's
 * @param {Record<string, string>} [options.env] more of its environment
 */
export async function launchBrowser({
  microphone = 'speech',
  headed = false,
  throttled = false,
  flags = [],
  env = {},
} = {}) {
  const executablePath = findBrowser();
  const args = [
    ...ISOLATED,
    ...MEDIA,
    ...(headed ? HEADED : HEADLESS),
    ...(await microphoneFlags(microphone)),
    ...flags,
  ];
  try {
    return await launch({
      executablePath,
      args,
      env: { .../** @type {Record<string, string>} */ (process.env), ...env },
      headless: !headed,
      // Ctrl-C is the lab's to handle, so that everything ends in order.
      handleSIGINT: !headed,
      handleSIGTERM: !headed,
      ignoreDefaultArgs: [
        ...(headed ? ['--enable-automation'] : []),
        ...(throttled ? NEVER_IN_BACKGROUND : []),
        // What is muted is played by nothing of this machine's.
        ...(microphone === 'real' ? ['--mute-audio'] : []),
      ],
    });
  } catch (error) {
    if (
      headed &&
      /missing x server|platform failed to initialize|cannot open display|unable to open x display/i.test(error.message)
    ) {
      throw new NoDisplayError(`the display ${process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY} cannot be opened`);
    }
    throw error;
  }
}
