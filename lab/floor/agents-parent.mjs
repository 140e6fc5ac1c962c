// Simulated agents as Twilio knows them, and their pages in a process of their own.
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { paths } from '../paths.mjs';

const EMPTY_WITHIN_MS = 120_000;

/**
 * Emits `call` (callSid, worker), `call-over` (callSid, talkMs), `post` (fields, outcome) of what is posted to `calls`,
 * `left` when all have signed out.
 */
export class Colleagues extends EventEmitter {
  #process;
  /** What no code of a page has caught. @type {string[]} */
  errors = [];
  /** When the shift began, in ms since 1970. @type {Promise<number>} */
  started;
  /** @type {Promise<{notEmptied: number, processorS: number}>} */
  done;

  /**
   * @param {object} options
   * @param {import('./shift.mjs').PlannedAgent[]} options.shift
   * @param {{world: object}} options.twilio the stand-in for Twilio's API
   * @param {{url: string, tokenService: {tokens: Map<string, object>}}} options.functions twilio-run
   * @param {number} [options.seed]
   * @param {number} [options.lostAnswers] the share of answers of the Function that never reach a page
   */
  constructor({ shift, twilio, functions, seed = 1, lostAnswers = 0 }) {
    super();
    for (const { worker } of shift) {
      const { sid, identity, userName, token, team, site } = worker;
      twilio.world.addWorker({ sid, attributes: { full_name: userName, team_name: team, location: site } });
      functions.tokenService.tokens.set(token, {
        worker_sid: sid,
        identity,
        realm_user_id: userName,
        roles: ['agent'],
      });
    }
    // What Twilio's API knows of a call is what the Function goes by when it gets an alert.
    this.on('call', (callSid, { sid, identity }) =>
      twilio.world.addFlexCall({ callSid, workerSid: sid, identity, live: true }),
    );
    this.#process = fork(path.join(paths.lab, 'floor', 'agents-process.mjs'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.started = new Promise((resolve, reject) => {
      this.#process.on(
        'message',
        (/** @type {{type: string, at: number}} */ { type, at }) => type === 'started' && resolve(at),
      );
      this.#process.once('exit', () => reject(new Error('the process of the simulated agents ended before it began')));
    });
    this.done = new Promise((resolve, reject) => {
      this.#process.on('message', (message) => this.#hear(message, resolve, reject));
      this.#process.once('exit', (code, signal) =>
        reject(new Error(`the process of the simulated agents ended (${signal ?? code})`)),
      );
    });
    // Whoever does not wait for them need not hear that they have ended.
    for (const promise of [this.started, this.done]) promise.catch(() => {});
    this.#process.send({ shift, functionUrl: functions.url, seed, lostAnswers, emptyWithinMs: EMPTY_WITHIN_MS });
  }

  #hear(message, resolve, reject) {
    switch (message.type) {
      case 'call':
        return this.emit('call', message.callSid, message.worker);
      case 'call-over':
        return this.emit('call-over', message.callSid, message.talkMs);
      case 'post':
        return message.path === '/calls' && this.emit('post', message.fields, message.outcome);
      case 'left':
        return this.emit('left');
      case 'error':
        return this.errors.push(message.message);
      case 'failed':
        return reject(new Error(message.message));
      case 'done':
        return resolve(message);
      default:
        return undefined;
    }
  }

  async stop() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}
