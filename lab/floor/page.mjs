// A page of an agent's browser in Node.js: its own global object with what the engine's WebAssembly asks of a page, and the
// engine as agents get it. Time and network are real.
import fs from 'node:fs/promises';
import path from 'node:path';
import vm from 'node:vm';
import { gunzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { paths } from '../paths.mjs';
import { Locks } from './web-locks.mjs';

const GENERATED = path.join(paths.root, 'js-shim', 'src', 'generated');

/**
 * The engine's WebAssembly and its glue, compiled once for all pages.
 * @typedef {{module: WebAssembly.Module, glue: vm.Script}} Engine
 * @returns {Promise<Engine>}
 */
export async function loadEngine() {
  const packed = /'([^']+)'/.exec(await fs.readFile(path.join(GENERATED, 'wasm.js'), 'utf8'))[1];
  const bundled = await esbuild.build({
    stdin: { contents: "export { initSync, Monitor } from './monitor.js';", resolveDir: GENERATED },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'engine',
    logLevel: 'error',
  });
  return {
    module: await WebAssembly.compile(gunzipSync(Buffer.from(packed, 'base64'))),
    glue: new vm.Script(bundled.outputFiles[0].text, { filename: 'monitor.js' }),
  };
}

/** The part of `localStorage` that the engine uses. It outlives the pages of its browser. */
class Storage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }

  /** The keys that say this. */
  keysWith(part) {
    return [...this.#items.keys()].filter((key) => key.includes(part));
  }
}

/** What the engine logs is for the admin of a browser. */
const SILENT = Object.fromEntries(['debug', 'log', 'info', 'warn', 'error'].map((name) => [name, () => {}]));

/** What the pages of a browser have in common. */
export class Browser {
  storage = new Storage();
  locks = new Locks();
  /** Whether the computer has a network. */
  isOnline = true;
}

export class Page {
  #isOpen = true;
  #browser;
  #timers = new Set();
  #events = new EventTarget();
  #parse;
  #engine;

  /**
   * @param {object} options
   * @param {Engine} options.engine
   * @param {Browser} options.browser
   * @param {(request: Request) => Promise<Response>} options.fetch
   * @param {(error: Error) => void} options.onError hears of what no code of the page has caught
   */
  constructor({ engine, browser, fetch, onError }) {
    this.#browser = browser;
    const openedAt = performance.now();
    const { AbortController, AbortSignal, Headers, Request, Response, URL, URLSearchParams, TextDecoder, TextEncoder } =
      globalThis;
    const page = vm.createContext({
      AbortController,
      AbortSignal,
      Headers,
      Request,
      Response,
      URL,
      URLSearchParams,
      TextDecoder,
      TextEncoder,
      WebAssembly,
      queueMicrotask,
      console: SILENT,
      localStorage: browser.storage,
      performance: { now: () => performance.now() - openedAt },
      navigator: {
        get onLine() {
          return browser.isOnline;
        },
        locks: browser.locks.of(this),
      },
      setTimeout: (handler, ms) => this.#setTimeout(handler, ms, onError),
      clearTimeout: (timer) => {
        clearTimeout(timer);
        this.#timers.delete(timer);
      },
      addEventListener: (kind, handler) => this.#events.addEventListener(kind, handler),
      removeEventListener: (kind, handler) => this.#events.removeEventListener(kind, handler),
      fetch: (request) => this.#whileOpen(fetch(request)),
    });
    engine.glue.runInContext(page);
    this.#parse = vm.runInContext('JSON.parse', page);
    this.#engine = vm.runInContext('engine', page);
    vm.runInContext('(module) => engine.initSync({ module })', page)(engine.module);
  }

  get Monitor() {
    return this.#engine.Monitor;
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** A plain object as one of this page's. */
  own(value) {
    return typeof value === 'object' && value !== null ? this.#parse(JSON.stringify(value)) : value;
  }

  dispatch(kind, properties = {}) {
    this.#events.dispatchEvent(Object.assign(new Event(kind), properties));
  }

  /** The user closes the tab, and what leaves with it is on its way. */
  close() {
    this.dispatch('pagehide', { persisted: false });
    this.die();
  }

  /** The tab's process is gone: nothing of the page runs any more. */
  die() {
    this.#isOpen = false;
    this.#browser.locks.release(this);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#events = new EventTarget();
  }

  #setTimeout(handler, ms, onError) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        handler();
      } catch (error) {
        onError(error);
      }
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  /** A page that is gone hears no answer. */
  #whileOpen(answer) {
    return new Promise((resolve, reject) => {
      answer.then(
        (response) => this.#isOpen && resolve(response),
        (error) => this.#isOpen && reject(error),
      );
    });
  }
}
