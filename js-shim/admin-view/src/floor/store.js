import { log } from '../../../src/log';
import { Floor } from '../engine';
import { ask } from './functions';
import { followMaps } from './maps';
import { followTalking, nameWorkers } from './workers';

const DAY_MS = 86_400_000;
/** What comes together is drawn together. */
const DRAW_AFTER_MS = 200;
/** Durations and ages change although nothing comes. */
const TICK_MS = 1000;
/** Nobody looks any more: a moment later somebody may, on another page. */
const CLOSE_AFTER_MS = 30_000;
const RETRY_MS = 30_000;

/**
 * @typedef {object} FloorState
 * @property {'connecting' | 'open' | 'failed'} phase
 * @property {string} [problem] why it has failed
 * @property {boolean} [isNotSetUp] the Function says that somebody has to set it up
 * @property {number} from since when cards have been read, in ms since 1970
 * @property {number} [days] for how many days cards are kept
 * @property {number} version changes with everything that is to be drawn
 */

/** The floor of this page: connected while somebody looks at it, and closed a while after. @param {object} access */
function createFloorStore(access) {
  const engine = new Floor();
  const listeners = new Set();
  const name = nameWorkers(access, engine);
  /** @type {FloorState} */
  let state = { phase: 'connecting', from: 0, version: 0 };
  let drawing;
  let closing;
  let running;

  const draw = (change = {}) => {
    state = { ...state, ...change, version: state.version + 1 };
    listeners.forEach((listener) => listener());
  };
  const changed = () => {
    drawing ??= setTimeout(() => {
      drawing = undefined;
      draw();
    }, DRAW_AFTER_MS);
  };
  const askForToken = async () => {
    const answer = await ask(access, 'floor-token');
    engine.setClock(answer.now);
    return answer;
  };

  /** @param {{isOver: boolean, closers: (() => void)[]}} run */
  async function open(run) {
    const answer = await askForToken();
    const from = engine.now() - DAY_MS;
    const renew = () => askForToken().then(({ token }) => token);
    const maps = await followMaps({ access: answer, from, engine, changed, renew });
    run.closers.push(maps.close);
    const talking = await followTalking(access, changed).catch((error) => {
      log.errorOnce('talking', 'Flex does not say who is in a call.', error);
      return { since: () => ({}), close: () => {} };
    });
    run.closers.push(talking.close);
    const tick = () => {
      engine.talking(talking.since());
      name().then((asked) => asked && changed(), () => {});
      draw();
    };
    const ticking = setInterval(tick, TICK_MS);
    run.closers.push(() => clearInterval(ticking));
    Object.assign(run, { readBack: maps.readBack });
    if (run.isOver) return;
    draw({ phase: 'open', problem: undefined, from, days: answer.days });
    tick();
  }

  function start() {
    const run = { isOver: false, closers: [] };
    running = run;
    draw({ phase: 'connecting' });
    open(run)
      .catch((error) => {
        if (run.isOver) return;
        draw({ phase: 'failed', problem: error?.message ?? String(error), isNotSetUp: error?.code === 'floor-not-set-up' });
        const retrying = setTimeout(() => {
          stop();
          start();
        }, RETRY_MS);
        run.closers.push(() => clearTimeout(retrying));
      })
      .finally(() => run.isOver && run.closers.forEach((close) => close()));
  }

  function stop() {
    running.isOver = true;
    running.closers.forEach((close) => close());
    running = undefined;
  }

  return {
    engine,
    read: () => state,
    /** Follows the floor; it is open while there is somebody who does. @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      clearTimeout(closing);
      if (!running) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) closing = setTimeout(() => running && stop(), CLOSE_AFTER_MS);
      };
    },
    /** Reads cards from an earlier moment on. @param {number} from */
    async readBack(from) {
      if (from >= state.from) return;
      await running?.readBack?.(from);
      draw({ from });
    },
  };
}

/** @type {WeakMap<object, ReturnType<typeof createFloorStore>>} */
const stores = new WeakMap();

/** The floor that an access leads to: one, however many places show it. */
export function floorStoreOf(access) {
  const store = stores.get(access) ?? createFloorStore(access);
  stores.set(access, store);
  return store;
}
