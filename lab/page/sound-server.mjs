// A sound server (PulseAudio) of the lab's own, with a loudspeaker, and a headset whose microphone hears somebody speak: so
// that Chromium has devices that the system can mute.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const MODULES = [
  'module-null-sink sink_name=speaker sink_properties=device.description=Speaker',
  'module-null-sink sink_name=room sink_properties=device.description=Room',
  'module-remap-source master=room.monitor source_name=headset source_properties=device.description=Headset',
];
const STARTS_WITHIN_MS = 5000;

/** Whether this machine has one. */
export function canHaveSoundServer() {
  try {
    execFileSync('pulseaudio', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class SoundServer {
  #folder;
  #server;
  #player;
  #isOver = false;

  /** @param {string} file what the microphone hears, over and over */
  static async start(file) {
    const server = new SoundServer();
    try {
      await server.#start(file);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  async #start(file) {
    this.#folder = await fs.mkdtemp(path.join(os.tmpdir(), 'lab-sound-'));
    const socket = path.join(this.#folder, 'native');
    const own = { HOME: this.#folder, XDG_RUNTIME_DIR: this.#folder };
    const load = [`module-native-protocol-unix socket=${socket} auth-anonymous=1`, ...MODULES].flatMap((module) => [
      '--load',
      module,
    ]);
    this.#server = spawn('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', ...load], {
      env: { ...process.env, ...own },
      stdio: 'ignore',
    });
    /** What a program needs to find it. */
    this.env = { PULSE_SERVER: `unix:${socket}` };
    const until = Date.now() + STARTS_WITHIN_MS;
    while (
      !(await this.#control('info').then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > until) throw new Error('PulseAudio did not start');
      await sleep(100);
    }
    await this.#control('set-default-source', 'headset');
    await this.#control('set-default-sink', 'speaker');
    this.#play(file);
  }

  #control(...words) {
    return promisify(execFile)('pactl', words, { env: { ...process.env, ...this.env } });
  }

  #play(file) {
    if (this.#isOver) return;
    this.#player = spawn('paplay', ['--device=room', file], { env: { ...process.env, ...this.env }, stdio: 'ignore' });
    this.#player.once('exit', () => this.#play(file));
  }

  /** The user mutes the headset's microphone in the system's settings, or no longer does. */
  async muteMicrophone(isMuted) {
    await this.#control('set-source-mute', 'headset', isMuted ? '1' : '0');
  }

  async close() {
    this.#isOver = true;
    this.#player?.kill();
    const server = this.#server;
    // As long as it runs it writes into the folder.
    if (server && server.exitCode === null && server.signalCode === null && server.kill()) await once(server, 'exit');
    if (this.#folder) await fs.rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
