// A browser that has stopped playing: the process that Chromium plays all sound in does not run any more.
import fs from 'node:fs';
import { processesOf } from './throttle-cpu.mjs';

const AUDIO_SERVICE = '--utility-sub-type=audio.mojom.AudioService';

const isAudioService = (pid) => {
  try {
    // Chromium writes its arguments as one.
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(AUDIO_SERVICE);
  } catch {
    return false; // it has gone meanwhile
  }
};

/**
 * @param {import('playwright-core').Browser} browser
 * @returns {Promise<() => void>} lets it go on
 */
export async function stopSound(browser) {
  const found = (await processesOf(browser)).filter(isAudioService);
  if (found.length === 0) throw new Error('the browser has no process of its own for sound');
  for (const pid of found) process.kill(pid, 'SIGSTOP');
  return () => found.forEach((pid) => process.kill(pid, 'SIGCONT'));
}
