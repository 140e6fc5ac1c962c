// The Redux reducer of the sample plugin of 2021, out of its production bundle, which is given: what one event costs it.
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { paths } from '../paths.mjs';

/** As the Voice SDK raises it. */
const WARNING = { name: 'rtt', threshold: { name: 'max', value: 400 }, value: 520, values: [480, 510, 520] };
const CALL = 'CA00000000000000000000000000000001';
/** Of them a call has so many pairs, raised and cleared, between its beginning and its end. */
const WARNINGS_OF_A_CALL = 20;

/** Whatever is asked of it is there and does nothing. */
const anything = () =>
  new Proxy(() => {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything()),
    apply: () => anything(),
  });

/**
 * Loads the bundle as Flex UI 1 would, up to `init`.
 * @param {string} file
 * @returns {Promise<{reduce: (state: unknown, action: object) => object, state: object, config?: object}>} its reducer, and the
 *   state that it begins with
 */
async function reducerOf(file) {
  const require = createRequire(path.join(paths.flexModules, 'any.js'));
  const manager = {
    configuration: anything(),
    strings: {},
    voiceClient: { on() {} },
    user: {},
    workerClient: anything(),
    serviceConfiguration: { attributes: { DeviceMonitoringPlugin: { highRttThreshold: 400 } }, ui_attributes: {} },
  };
  /** @type {new () => {init: (flex: object, manager: object) => void}} */
  let Plugin;
  const Flex = {
    VERSION: '1.34.0',
    Actions: { addListener() {} },
    Notifications: { registerNotification() {} },
    NotificationType: {},
    Manager: {
      getInstance: () => ({
        ...manager,
        store: { getState: () => ({ flex: { session: { ssoTokenPayload: { token: '' } } } }) },
      }),
    },
    Plugins: {
      init: (loaded) => {
        Plugin = loaded;
      },
    },
  };
  /** @type {{reducer?: (state: unknown, action: object) => object, execution?: {payload?: {config: object}}}} */
  const found = {};
  manager.store = {
    addReducer: (_, reducer) => {
      found.reducer = reducer;
    },
    dispatch: (action) => {
      found.execution = action;
    },
  };
  const window = {
    Twilio: { Flex },
    React: require('react'),
    ReactDOM: {},
    Redux: require('redux'),
    ReactRedux: {},
    process: { env: {} },
    console: { log() {}, warn() {}, error() {}, info() {} },
    URLSearchParams,
    fetch() {},
    setTimeout,
    clearTimeout,
  };
  window.window = window;
  window.self = window;
  window.document = { currentScript: { src: '' }, getElementsByTagName: () => [] };
  vm.runInNewContext(await fs.readFile(file, 'utf8'), window, { filename: path.basename(file) });
  if (!Plugin) throw new Error(`${path.basename(file)} has registered no plugin with Flex`);
  await new Plugin().init(Flex, manager);
  if (!found.reducer) throw new Error(`${path.basename(file)} has added no reducer to Flex's store`);
  const reduce = found.reducer;
  let state = reduce(undefined, { type: '@@INIT' });
  if (found.execution) state = reduce(state, found.execution);
  return { reduce, state, config: found.execution?.payload?.config };
}

/** A call's actions, as its handlers dispatch them. */
function actionsOf(config) {
  /** @type {{type: string, payload: object}[]} */
  const actions = [{ type: 'ADD_CALL', payload: { callSid: CALL, dnis: '+12025550199', startTS: 0 } }];
  for (let pair = 0; pair < WARNINGS_OF_A_CALL; pair += 1) {
    actions.push(
      {
        type: 'ADD_VOICE_WARNING_STATE',
        payload: { callSid: CALL, warningName: 'high-rtt', warningData: WARNING, ts: pair * 5000, config },
      },
      {
        type: 'REMOVE_VOICE_WARNING_STATE',
        payload: { callSid: CALL, warningName: 'high-rtt', ts: pair * 5000 + 2500 },
      },
    );
  }
  return [...actions, { type: 'REMOVE_CALL', payload: { callSid: CALL, endTS: 144_000 } }];
}

/**
 * @param {string} file the bundle
 * @param {{warmUp: number, timed: number}} events
 * @returns {Promise<number[]>} nanoseconds an event, of each call
 */
export async function timeReducer(file, { warmUp, timed }) {
  const { reduce, state: first, config } = await reducerOf(file);
  const actions = actionsOf(config);
  const raised = reduce(reduce(first, actions[0]), actions[1]);
  if (JSON.stringify(raised) === JSON.stringify(reduce(first, actions[0])))
    throw new Error('the reducer does not know these actions: it is not that of the sample of 2021');
  const times = [];
  let state = first;
  for (let played = 0; played < warmUp + timed; played += actions.length) {
    const started = process.hrtime.bigint();
    for (const action of actions) state = reduce(state, action);
    if (played >= warmUp) times.push(Number(process.hrtime.bigint() - started) / actions.length);
  }
  return times;
}
