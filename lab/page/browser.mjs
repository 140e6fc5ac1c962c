// Headless Chromium without any network of its own: whatever is not answered by a route fails.
import fs from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { encodeWav } from '../call/wav.mjs';
import { speech } from '../call/speech.mjs';
import { paths } from '../paths.mjs';

const SAMPLE_RATE = 48_000;
const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

async function executable() {
  for (const candidate of [process.env.CHROMIUM, ...CANDIDATES].filter(Boolean)) {
    if (await fs.access(candidate).then(() => true, () => false)) return candidate;
  }
  throw new Error(`Chromium is not installed (looked for ${CANDIDATES.join(', ')}); the variable CHROMIUM can name it`);
}

/** What the agent's microphone hears. @param {'speech'|'silence'} kind */
async function microphoneFile(kind) {
  const samples = kind === 'silence' ? new Float32Array(SAMPLE_RATE * 5) : speech({ sampleRate: SAMPLE_RATE, seconds: 20, seed: 11 });
  const file = path.join(paths.target, 'sound', `${kind}.wav`);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, encodeWav(samples, SAMPLE_RATE));
  return file;
}

/** @param {{microphone?: 'speech'|'silence'}} options */
export async function launchBrowser({ microphone = 'speech' } = {}) {
  return chromium.launch({
    executablePath: await executable(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${await microphoneFile(microphone)}`,
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--disable-features=WebRtcHideLocalIpsWithMdns', // the relay has to see the candidates' addresses
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}
