// Everything a call needs: Twilio's stand-ins, the Function, the browser with Flex in it, the far end.
// What it starts ends with `close()`.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import runtime from '../../plugin-serverless/test/support/start-runtime.cjs';
import standIn from '../../plugin-serverless/test/support/twilio/server.cjs';
import { FarEnd } from '../call/far-end.mjs';
import { bundleFlexUi } from '../flex-bundle/build.mjs';
import { Entries } from '../awaitable-list.mjs';
import { paths } from '../paths.mjs';
import { TaskRouter } from '../twilio/taskrouter.mjs';
import { Twilsock } from '../twilio/twilsock.mjs';
import { VoiceSignalling } from '../twilio/voice-signalling.mjs';
import { World } from '../twilio/world.mjs';
import { launchBrowser } from './browser.mjs';
import { BreakableFunction } from './function-faults.mjs';
import { firefoxPlace, launchFirefox } from './firefox.mjs';
import { FLEX_ORIGIN, installRoutes, socketOf } from './routes.mjs';
import { serveScript } from './serve-script.mjs';

const FAR_END_ORIGIN = 'https://far-end.example';
const BOOT_LIMIT_MS = 90_000;
const NO_FUNCTIONS = { url: 'http://127.0.0.1:9', lines: [], tokenService: { tokens: new Map() }, stop() {} };

/**
 * @typedef {object} StageOptions
 * @property {string | null} [plugin] path of the bundle, null for Flex without it
 * @property {boolean} [functions] false: a lab without twilio-run
 * @property {Record<string, string>} [functionEnv] the Function's environment
 * @property {Stage} [beside] another agent's, whose browser, Function and Twilio are this one's as well; it closes last
 * @property {{name: string, userName: string, identity: string}} [worker] who is signed in, if not who always is
 * @property {import('../flex-bundle/build.mjs').VoiceSdk} [voiceSdk]
 * @property {import('../flex-bundle/build.mjs').FlexUi} [flexUi] the newest unless given
 * @property {'speech' | 'silence' | 'turns+room' | 'room' | 'office' | 'real'} [microphone] what the agent's hears
 * @property {Record<string, string>} [browserEnv] more of the environment of Flex's browser
 * @property {'chromium' | 'firefox'} [engine] Flex's browser; the far end is in Chromium all the same
 * @property {boolean} [apart] the far end in a browser of its own
 * @property {(address: string, port: number) => boolean} [near] where Flex's browser may be; on 127.0.0.1 unless given
 * @property {boolean} [headed] Flex in a window on the screen
 * @property {boolean} [throttled] a hidden page gets little time, as for people
 * @property {string[]} [flags] more of Chromium's
 * @property {(page: import('playwright-core').Page) => Promise<void> | void} [onPage] gets Flex's page before Flex is loaded into it
 * @property {string} [screenshots] the folder for them
 * @property {(...words: unknown[]) => void} [log] hears what the stand-ins are asked
 */

export class Stage {
  #closers = [];
  #context;
  #beside;
  #inFront;
  #flexBundleUrl;
  /** @type {import('playwright-core').Page} Flex's page */
  page;
  world = new World({ account: runtime.ACCOUNT_SID });
  /** Flex UI as the page's script: {file, flexVersion, voiceSdkVersion}. */
  flexBundle;
  /** What the Function asks of Twilio's API: {world, faults, requests}. */
  twilio;
  /** twilio-run with the Functions: {url, lines, waitForLine, tokenService}. */
  function;
  /** Flex's. @type {import('playwright-core').Browser} */
  browser;
  /** That of the far end; Flex's own unless that one has windows or is throttled. @type {import('playwright-core').Browser} */
  farEndBrowser;
  /** What the Voice SDK said, as the recording format names it. */
  sdk = new Entries();
  /** What the page's console said: {type, text}. */
  console = new Entries();
  /** Stands before the Function and can be broken. @type {BreakableFunction} */
  breakableFunction;
  /** What the Function was to be asked, answered or not: {path, method, fields, failed?}. */
  attempts = new Entries();
  /** What the Function was asked and answered: {path, method, fields, status, answer}. */
  requests = new Entries();
  /** What passed the network: {task, down, up} each second of each call. */
  truth = new Entries();
  unanswered = new Set();

  /**
   * @template {typeof Stage} T
   * @this {T}
   * @param {StageOptions} [options]
   * @returns {Promise<InstanceType<T>>}
   */
  static async start(options = {}) {
    const lab = /** @type {InstanceType<T>} */ (new this(options));
    try {
      await lab.#start();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** @param {StageOptions} [options] */
  constructor({
    plugin = paths.plugin,
    functions = true,
    functionEnv = {},
    beside = undefined,
    worker = undefined,
    voiceSdk = 'flex',
    flexUi = 'newest',
    microphone = 'speech',
    headed = false,
    throttled = false,
    flags = [],
    browserEnv = {},
    engine = 'chromium',
    apart = false,
    near = undefined,
    onPage = () => {},
    screenshots = path.join(paths.target, 'screenshots'),
    log = () => {},
  } = {}) {
    this.options = {
      plugin,
      functions,
      functionEnv,
      beside,
      worker,
      voiceSdk,
      flexUi,
      microphone,
      headed,
      throttled,
      flags,
      browserEnv,
      engine,
      apart,
      near,
      onPage,
      screenshots,
      log,
    };
  }

  async #start() {
    const { plugin, worker, beside, voiceSdk, flexUi, near, engine, screenshots, log } = this.options;
    if (plugin !== null) {
      await fs.access(plugin).catch(() => {
        throw new Error(`the plugin bundle is not there: ${plugin}. Run "cargo xtask build", or name a bundle`);
      });
    }
    this.flexBundle = await bundleFlexUi({ voiceSdk, flexUi });
    const served = await serveScript(this.flexBundle.file);
    this.#closers.push(() => served.close());
    this.#flexBundleUrl = served.url;
    await fs.mkdir(screenshots, { recursive: true });

    Object.assign(this.world.worker, worker);
    if (beside) this.#share(beside);
    else await this.#startShared();
    this.world.on('task', (task) => this.#enterIntoTwilio(task));
    this.world.on('participant', (task, leg) => this.#enterSupervisorIntoTwilio(task, leg));
    this.breakableFunction = new BreakableFunction(this.function.tokenService.tokens);

    this.farEnd = await this.#openFarEnd(this.farEndBrowser);
    Object.assign(this.farEnd, engine === 'firefox' ? firefoxPlace() : {}, near && { near });
    this.#closers.push(() => this.farEnd.close());
    this.farEnd.on('second', (task, truth) => this.truth.add({ task: task.sid, ...truth }));
    this.taskrouter = new TaskRouter(this.world, { log });
    const floor = {
      maps: this.twilio.world.floor,
      serviceSid: standIn.FLOOR_SERVICE_SID,
      secret: runtime.FLOOR_API_SECRET,
    };
    this.twilsock = new Twilsock(this.world, { log, floor });
    this.voice = new VoiceSignalling(this.world, this.farEnd, { log, apps: this.#twimlApps() });
    const ring = (call) => this.voice.invite(call).catch((error) => log('the invite failed:', error.message));
    this.taskrouter.onConference = ring;
    this.taskrouter.onSupervise = (task) => ring(this.world.superviseCall(task));
  }

  /** The TwiML app that the Function knows, if it does. */
  #twimlApps() {
    const { PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, PREFLIGHT_TWIML_APP_SID } = this.options.functionEnv;
    if (!PREFLIGHT_TWIML_APP_SID) return undefined;
    return {
      account: this.world.sids.account,
      key: PREFLIGHT_API_KEY,
      secret: PREFLIGHT_API_SECRET,
      app: PREFLIGHT_TWIML_APP_SID,
      voiceUrl: () => `${this.function.url}/preflight-call`,
    };
  }

  /** Twilio's stand-in, the Function and the browsers. */
  async #startShared() {
    const { functions, functionEnv, microphone, headed, throttled, flags, browserEnv, apart, engine } = this.options;
    this.twilio = await standIn.startTwilio();
    this.#closers.push(() => this.twilio.stop());
    const starting = functions ? runtime.startRuntime({ twilio: this.twilio, env: functionEnv }) : NO_FUNCTIONS;
    const isFirefox = engine === 'firefox';
    const launching = isFirefox
      ? launchFirefox({ microphone, env: browserEnv })
      : launchBrowser({ microphone, headed, throttled, flags, env: browserEnv });
    // The far end, unseen, unheard and awake.
    const launchingBeside = headed || throttled || apart || isFirefox ? launchBrowser() : launching;
    const outcomes = await Promise.allSettled([starting, launching, launchingBeside]);
    const [server, browser, farEndBrowser] = outcomes;
    if (server.status === 'fulfilled') this.#closers.push(() => server.value.stop());
    for (const outcome of [browser, farEndBrowser])
      if (outcome.status === 'fulfilled') this.#closers.push(() => outcome.value.close());
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    [this.function, this.browser, this.farEndBrowser] = await Promise.all([starting, launching, launchingBeside]);
  }

  /** @param {Stage} other */
  #share({ twilio, function: functions, browser, farEndBrowser }) {
    Object.assign(this, { twilio, function: functions, browser, farEndBrowser });
  }

  /** What Twilio's API knows of a call is what the Function goes by. */
  #enterIntoTwilio(task) {
    if (task.reservationStatus === 'accepted') this.#addFlexCall(task, this.world.worker);
  }

  #addFlexCall(task, { identity, sid: workerSid }, live = false) {
    if (this.twilio.world.calls.has(task.callSid)) return;
    this.twilio.world.addFlexCall({
      identity,
      workerSid,
      customer: task.from,
      callSid: task.callSid,
      taskSid: task.sid,
      conferenceSid: task.conferenceSid,
      live,
    });
  }

  #enterSupervisorIntoTwilio(task, { type, callSid }) {
    const { world } = this.twilio;
    if (type !== 'supervisor' || world.calls.has(callSid)) return;
    this.#addFlexCall(task, this.world.colleague, true);
    world.addCall({ sid: callSid, to: `client:${this.world.worker.identity}` });
    world.conferences.get(task.conferenceSid).callSids.push(callSid);
  }

  async #openFarEnd(browser) {
    const context = await browser.newContext({ permissions: ['microphone'] });
    await context.route('**/*', (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name)
        return route.fulfill({
          path: path.join(paths.lab, 'call', path.basename(name)),
          contentType: 'text/javascript',
        });
      return route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><title>far end</title><script type="module" src="/far-end-page.js"></script>',
      });
    });
    const page = await context.newPage();
    await page.goto(FAR_END_ORIGIN);
    await page.waitForFunction(() => window.farEnd);
    return new FarEnd(page, this.world);
  }

  /**
   * Flex in a new, empty browser profile, signed in, with the plugin.
   * @param {object} options `DeviceMonitoringPlugin` of each place where Flex keeps configuration
   * @param {object} [options.configuration] the Flex configuration's attributes
   * @param {object} [options.uiConfiguration] the Flex configuration's ui_attributes
   * @param {object} [options.appConfig] appConfig.js
   * @param {object} [options.flexConfig] more of Flex's own appConfig.js
   * @param {number} [options.copies] of the plugin, as if it were released under several names
   * @param {boolean} [options.directly] the plugin posts to twilio-run itself, past `breakableFunction`, `attempts` and `requests`
   * @param {(() => void) | {path?: string, content?: string} | Array<(() => void) | {path?: string, content?: string}>} [options.beforeFlex]
   *   runs in the page before anything else
   */
  async boot({ configuration, uiConfiguration, appConfig, flexConfig, copies = 1, directly = false, beforeFlex } = {}) {
    await this.#leave();
    const named = (value) => (value === undefined ? {} : { DeviceMonitoringPlugin: value });
    const { world, taskrouter, requests, unanswered } = this;
    // What the Function reads and writes is what Flex loads.
    const { flexConfiguration } = this.twilio.world;
    flexConfiguration.set('attributes', JSON.stringify(named(configuration)));
    flexConfiguration.set('ui_attributes', JSON.stringify(named(uiConfiguration)));
    const { flexVersion } = this.flexBundle;

    this.#context = await this.browser.newContext({
      viewport: this.options.headed ? null : { width: 1400, height: 900 },
      permissions: ['microphone', 'notifications'],
    });
    await installRoutes(this.#context, {
      world,
      taskrouter,
      requests,
      unanswered,
      breakableFunction: this.breakableFunction,
      attempts: this.attempts,
      service: {
        get attributes() {
          return JSON.parse(flexConfiguration.get('attributes'));
        },
        get uiAttributes() {
          return JSON.parse(flexConfiguration.get('ui_attributes'));
        },
        flexVersion,
      },
      appConfig: {
        logLevel: 'warn',
        sso: { accountSid: world.sids.account },
        pluginService: { enabled: true },
        attributes: named(appConfig),
        ...flexConfig,
      },
      flexBundleUrl: this.#flexBundleUrl,
      pluginFile: this.options.plugin,
      copies,
      functionUrl: this.function.url,
      directly,
    });
    await this.#context.routeWebSocket(/.*/, (route) => this.#socket(route));
    await this.#context.exposeBinding('labEvent', (_source, event) => this.sdk.add(event));
    const session = this.#newSession();
    // Once only: a page that is loaded again finds what Flex has made of it.
    await this.#context.addInitScript(
      (value) => localStorage.TWILIO_FLEX_SSO ?? localStorage.setItem('TWILIO_FLEX_SSO', value),
      JSON.stringify(session),
    );

    for (const script of ['microphone.js', 'break-engine.js'])
      await this.#context.addInitScript({ path: path.join(paths.lab, 'page', script) });
    for (const script of [beforeFlex ?? []].flat()) await this.#context.addInitScript(script);

    await this.openFlex();
  }

  /** A token of the Flex session, which the token service knows. */
  #newSession() {
    const { token, expiresAt } = this.world.makeToken();
    const {
      worker: { userName, identity, roles, sid },
      sids,
    } = this.world;
    this.function.tokenService.tokens.set(token, { realm_user_id: userName, identity, roles, worker_sid: sid });
    return {
      token,
      identity,
      roles,
      expiration: new Date(expiresAt).toISOString(),
      flexUserSid: sids.flexUser,
      accountSid: sids.account,
      permissions: {},
    };
  }

  /** Flex in another tab of the agent's browser, which becomes `page`. */
  async openFlex() {
    this.page = await this.#context.newPage();
    await this.options.onPage(this.page);
    this.page.setDefaultTimeout(15_000);
    this.page.on('console', (message) => this.console.add({ type: message.type(), text: message.text() }));
    this.page.on('pageerror', (error) =>
      this.console.add({ type: 'pageerror', text: error.stack || error.message || error.name }),
    );
    await this.page.goto(FLEX_ORIGIN, { timeout: BOOT_LIMIT_MS });
    await this.#untilFlexIsUp();
  }

  async #untilFlexIsUp() {
    const flex = await this.page
      .waitForFunction(() => window.labFlex, undefined, { timeout: BOOT_LIMIT_MS })
      .then((handle) => handle.jsonValue());
    if (!flex.ready) throw new Error(`Flex did not start: ${flex.error}`);
    await this.page.evaluate(() => window.labFollowDevice());
  }

  /** Flex in a second tab, while the first stays `page`. */
  async openFlexBeside() {
    const { page } = this;
    await this.openFlex();
    this.#beside = this.page;
    this.page = page;
  }

  /**
   * The agent looks at another tab: from here on the page is hidden, and gets what time a browser gives to such a page.
   * @returns {Promise<import('playwright-core').CDPSession>} of Flex's page
   */
  async hide() {
    // Playwright keeps every page visible, and says so nowhere but in its own session with it.
    const { _connection: connection } = /** @type {{_connection?: {toImpl(page: object): object}}} */ (this.page);
    const { delegate } = connection.toImpl(this.page);
    await delegate._mainFrameSession._client.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    this.#inFront ??= await this.#context.newPage();
    await this.#inFront.bringToFront();
    await this.page.waitForFunction(() => document.hidden, undefined, { polling: 200 });
    return this.#context.newCDPSession(this.page);
  }

  /** And back. */
  async show() {
    await this.#inFront?.close();
    this.#inFront = undefined;
    await this.page.bringToFront();
    await this.page.waitForFunction(() => !document.hidden);
  }

  async closeFlexBeside() {
    await this.#beside?.close();
    this.#beside = undefined;
  }

  /** The agent loads Flex again. */
  async reload() {
    await this.page.reload({ timeout: BOOT_LIMIT_MS });
    await this.#untilFlexIsUp();
  }

  /** The tab's process dies: no handler of the page runs. */
  async crash() {
    const { page } = this;
    const crashed = new Promise((resolve) => {
      page.once('crash', resolve);
    });
    const devtools = await this.#context.newCDPSession(page);
    devtools.send('Page.crash').catch(() => {}); // nobody is left to answer
    await crashed;
    await page.close().catch(() => {});
  }

  /** Flex gets another token, as it does some minutes before the one before expires. */
  async renewToken() {
    const { token } = this.#newSession();
    await this.page.evaluate((value) => {
      window.Twilio.Flex.Manager.getInstance().store.getState().flex.session.ssoTokenPayload.token = value;
    }, token);
  }

  async #socket(route) {
    const { host } = new URL(route.url());
    const socket = socketOf(route);
    if (host.startsWith('event-bridge.')) this.taskrouter.connect(socket);
    else if (host.startsWith('tsock.')) this.twilsock.connect(socket);
    else if (host.startsWith('voice-js.') || host.startsWith('chunder')) {
      await sleep(this.voice.opensAfterMs);
      this.voice.connect(socket);
    } else this.unanswered.add(`WebSocket ${host}`);
  }

  async #leave() {
    for (const task of this.world.openTasks()) {
      this.world.endCall(task, 'customer');
      this.world.advance(task, 'completed');
    }
    await this.#context?.close();
    this.#context = undefined;
    this.#inFront = undefined;
  }

  async close() {
    for (const closer of this.#closers.splice(0).reverse()) {
      try {
        await closer();
      } catch {
        // one that has gone by itself must not keep the others running
      }
    }
  }
}
