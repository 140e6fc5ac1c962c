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
 * @property {number} from since when cards have been read, in ms since 1970; goes on with the time
 * @property {number} span for how long cards are kept here, in ms: a page may be open for weeks
 * @property {number} [days] for how many days cards are kept
 * @property {boolean} [isCutOff] the connection to Twilio Sync is lost: what is shown is what was known then
 * @property {boolean} [isReading] cards from an earlier moment on are being read
 * @property {string} [readingProblem] why that has failed
 */

/**
 * @typedef {object} Run from opening the floor to closing it
 * @property {boolean} isOver
 * @property {(() => void)[]} closers
 * @property {(from: number) => Promise<void>} [readBack]
 * @property {number} readings of earlier cards that go on
 */

/** The floor of this page: connected while somebody looks at it, and closed a while after. @param {object} access */
function createFloorStore(access) {
  let engine = new Floor();
  const listeners = new Set();
  /** @type {FloorState} */
  let state = { phase: 'connecting', from: 0, span: DAY_MS };
  /** The same, and another one each second. */
  let ticking = state;
  let drawing;
  let closing;
  /** @type {Run | undefined} */
  let running;

  const draw = (change = {}) => {
    state = { ...state, ...change };
    ticking = state;
    listeners.forEach((listener) => listener());
  };
  const tick = () => {
    ticking = { ...state };
    listeners.forEach((listener) => listener());
  };
  const changed = () => {
    drawing ??= setTimeout(() => {
      drawing = undefined;
      draw();
    }, DRAW_AFTER_MS);
  };
  const forgetOld = () => {
    const from = engine.now() - state.span;
    if (from <= state.from) return;
    engine.forgetBefore(from);
    state = { ...state, from };
  };
  const askForToken = async () => {
    const answer = await ask(access, 'floor-token');
    engine.setClock(answer.now);
    return answer;
  };

  /**
   * Who is in a call by Flex's word. It may say so late, or never, and the floor does not wait for it.
   * @param {Run} run
   * @returns {() => Record<string, number>} since when, by worker
   */
  function followTalks(run) {
    let since = () => ({});
    let retrying;
    const follow = () =>
      followTalking(access, changed).then(
        (talking) => {
          if (run.isOver) talking.close();
          else {
            ({ since } = talking);
            run.closers.push(talking.close);
          }
        },
        (error) => {
          log.errorOnce('talking', 'Flex does not say who is in a call.', error);
          if (!run.isOver) retrying = setTimeout(follow, RETRY_MS);
        },
      );
    run.closers.push(() => clearTimeout(retrying));
    follow();
    return () => since();
  }

  /** @param {Run} run */
  async function open(run) {
    const answer = await askForToken();
    const from = engine.now() - state.span;
    const name = nameWorkers(access, engine);
    const onConnection = (isConnected) => {
      if (!run.isOver) draw({ isCutOff: !isConnected });
    };
    const renew = () => askForToken().then(({ token }) => token);
    const maps = await followMaps({ access: answer, from, engine, changed, renew, onConnection });
    run.closers.push(maps.close);
    const talksSince = followTalks(run);
    const look = () => {
      forgetOld();
      engine.setWorkersInCall(talksSince());
      // Calls of which the view hears nothing are not silent then.
      if (!state.isCutOff) engine.judgeIncidents();
      name().then(
        (asked) => asked && changed(),
        () => {},
      );
      tick();
    };
    const looking = setInterval(look, TICK_MS);
    run.closers.push(() => clearInterval(looking));
    Object.assign(run, { readBack: maps.readBack });
    if (run.isOver) return;
    draw({ phase: 'open', problem: undefined, from, days: answer.days });
    look();
  }

  function start() {
    /** @type {Run} */
    const run = { isOver: false, closers: [], readings: 0 };
    running = run;
    // What was removed while nobody looked is not there any more.
    engine = new Floor();
    draw({ phase: 'connecting', isCutOff: false, span: DAY_MS, isReading: false, readingProblem: undefined });
    open(run)
      .catch((error) => {
        if (run.isOver) return;
        draw({
          phase: 'failed',
          problem: error?.message ?? String(error),
          isNotSetUp: error?.code === 'floor-not-set-up',
        });
        const retrying = setTimeout(() => {
          stop();
          start();
        }, RETRY_MS);
        run.closers.push(() => clearTimeout(retrying));
      })
      .finally(() => run.isOver && run.closers.forEach((close) => close()));
  }

  function stop() {
    if (!running) return;
    running.isOver = true;
    running.closers.forEach((close) => close());
    running = undefined;
  }

  return {
    get engine() {
      return engine;
    },
    read: () => state,
    readEachSecond: () => ticking,
    /** Follows the floor; it is open while there is somebody who does. @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      clearTimeout(closing);
      if (!running) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) closing = setTimeout(stop, CLOSE_AFTER_MS);
      };
    },
    /** Reads cards from an earlier moment on. @param {number} from */
    async readBack(from) {
      if (from >= state.from) return;
      const run = running;
      if (!run) return;
      run.readings += 1;
      // What the next connection reads is its own.
      const end = (change) => {
        run.readings -= 1;
        if (run === running) draw({ isReading: run.readings > 0, ...change });
      };
      // Before they come: none of them is to be forgotten at once.
      draw({ isReading: true, readingProblem: undefined, span: Math.max(state.span, engine.now() - from) });
      try {
        await run.readBack?.(from);
        end({ from: Math.min(from, state.from) });
      } catch (error) {
        end({ readingProblem: error?.message ?? String(error) });
      }
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
