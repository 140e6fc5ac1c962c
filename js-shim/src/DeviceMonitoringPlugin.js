import { FlexPlugin } from '@twilio/flex-plugin';

import { loadEngine } from './engine';
import { readEnvironment, readSession } from './environment';
import { startedAt } from './startTime';
import texts from './generated/texts';
import { guarded } from './guard';
import { createMonitorHost } from './monitorHost';
import { log } from './log';
import { openRecordings } from './recorder/database';
import { recordCalls } from './recorder/recorder';
import { addAdminView } from './ui/adminView';
import { addStateToHeader } from './ui/Header';
import { addNoticeToCallCanvas } from './ui/Notice';
import { registerNotifications } from './ui/notifications';
import { addStrings } from './ui/strings';
import { addReportKey, agentTools } from './ui/agentTools';
import { precompileTemplates } from './ui/precompileTemplates';
import { createViewStore } from './ui/viewStore';
import { followActivity } from './voice/activity';
import { followCalls } from './voice/followCalls';

const NAME = 'DeviceMonitoringPlugin';

/** Flex initialises the plugins one after the other: none waits longer than this for ours. */
const INIT_LIMIT_MS = 2000;

/** Pages (by their Redux store) that already have the plugin, however often it is released into them. */
const RUNNING = Symbol.for('plugin-device-monitoring');

export default class DeviceMonitoringPlugin extends FlexPlugin {
  constructor() {
    super(NAME);
  }

  /**
   * Starts monitoring. Whatever goes wrong, Flex goes on.
   * @param {object} flex
   * @param {object} manager
   */
  async init(flex, manager) {
    const started = start(flex, manager, this.version).catch((error) => {
      log.error('Calls are not monitored: the plugin could not start. Flex itself is not affected.', error);
    });
    await Promise.race([started, new Promise((resolve) => setTimeout(resolve, INIT_LIMIT_MS))]);
  }
}

async function start(flex, manager, pluginVersion) {
  if (!claim(manager.store)) {
    log.warn('The plugin is loaded twice; the first one monitors.');
    return;
  }

  const Monitor = await loadEngineOrSay();
  if (!Monitor) return;

  const limits = Monitor.limits();
  const viewStore = createViewStore(limits);
  let notifications;
  let tools;
  let recorder;
  const environment = readEnvironment(flex, manager, pluginVersion);
  const host = createMonitorHost({
    build: (onEffect) => new Monitor(environment, onEffect),
    endedCalls: limits.endedCalls,
    onCalls: viewStore.changed,
    onDispatch: (...dispatched) => recorder?.dispatched(...dispatched),
    onEffect: (effect, call) => {
      if (effect.reasons) recorder?.judged(call, effect.reasons);
      if (effect.type === 'toast') notifications?.toast(effect.notice);
      else if (effect.type === 'reported') tools?.reported(call, effect.outcome);
      else if (call && effect.type === 'notice') viewStore.show(call, effect.notice);
      else if (effect.type === 'ended' && !effect.text) viewStore.changed();
      else if (effect.type === 'ended') {
        const taskSid = call?.context.taskSid;
        if (taskSid) viewStore.end(taskSid, effect.text, effect.quiet);
        if (!effect.quiet) notifications?.callEnded(effect.text, taskSid);
      }
    },
  });

  const configuration = host.monitor.configuration();
  guarded('reporting', () => logConfiguration(configuration, environment, Monitor.version()))();
  guarded('starting to send alerts', () => sendAlerts(flex, manager, host.monitor))();
  const alerts = () => host.query((monitor) => monitor.alerts());
  const openAllRecordings = async () => {
    await recorder?.stored();
    return openRecordings();
  };
  guarded("adding the admin's view", () =>
    addAdminView(
      flex,
      manager,
      texts,
      {
        environment,
        alerts,
        openRecordings: openAllRecordings,
        reportsCalls: configuration.reportsCalls,
        session: () => readSession(manager),
      },
      // A pilot may report calls where all others have it switched off.
      configuration.enabled || configuration.reportsCalls,
    ),
  )();
  // Switched off is off: from here on Flex would be touched.
  if (!configuration.enabled) return;

  const { recordedSample, recordedStats, recordedEndpoint } = Monitor;
  if (configuration.recordCalls) {
    const share = (recording) => {
      const { callSid, direction, packed, isAmended } = recording;
      host.query((monitor) => monitor.share(callSid, recording.startedAt, direction, packed, isAmended));
    };
    recorder = recordCalls(
      environment.workerSid,
      { recordedSample, recordedStats, recordedEndpoint, limits },
      configuration.sharesRecordings ? share : undefined,
    );
  }

  // Alerts do not depend on what can be shown: a Flex that lacks one of these places is monitored all the same.
  if (configuration.agentTools) tools = agentTools(flex, manager, host);
  if (configuration.alertAgent || tools) showPlaces(flex, manager, viewStore, host, tools);
  if (configuration.alertAgent) notifications = showNotifications(flex, manager, viewStore);
  if (configuration.hideFlexIndicator) guarded('hiding the badge of Flex', () => hideFlexIndicator(flex))();
  followCalls(manager, host, limits, environment.flexUiVersion);
  followActivity(manager, host);
  guarded('measuring the start', () => {
    // Not from a mark: Flex clears them all while it starts.
    performance.measure('device-monitoring:start', { start: startedAt, end: performance.now() });
  })();
}

/** Each place for itself: a Flex that lacks one has the others. */
function showPlaces(flex, manager, viewStore, host, tools) {
  const snooze = guarded('snoozing', (call, snoozed) => host.dispatch(call, 'snooze', snoozed));
  guarded('adding the texts', () => addStrings(flex, manager, texts))();
  guarded('precompiling the templates', () => precompileTemplates(flex, manager, Object.keys(texts.en)))();
  guarded('adding the notice to the CallCanvas', () => addNoticeToCallCanvas(flex, viewStore, snooze, tools))();
  guarded('adding the state to the MainHeader', () => addStateToHeader(flex, viewStore, tools))();
  if (tools) guarded('adding the shortcut', () => addReportKey(flex, tools, manager.strings.DeviceMonitoringReport))();
}

function showNotifications(flex, manager, viewStore) {
  const notifications = guarded('registering the notifications', () => registerNotifications(flex, viewStore))();
  guarded('making way for new tasks', () => {
    manager.workerClient?.on(
      'reservationCreated',
      guarded('making way', () => notifications?.makeWay()),
    );
  })();
  return notifications;
}

/** By the key that Flex's own component has there. */
function hideFlexIndicator({ ParticipantsCanvas, CallCanvas }) {
  [ParticipantsCanvas, CallCanvas].forEach((place) => place.Content.remove('call-quality-status'));
}

function sendAlerts(flex, manager, monitor) {
  monitor.startDelivery(() => readSession(manager));
  flex.Actions?.addListener(
    'beforeLogout',
    guarded('logging out', () => monitor.logOut()),
  );
}

function claim(store) {
  window[RUNNING] = window[RUNNING] ?? new WeakSet();
  if (window[RUNNING].has(store)) return false;
  window[RUNNING].add(store);
  return true;
}

async function loadEngineOrSay() {
  try {
    return await loadEngine();
  } catch (error) {
    log.error(
      'Calls are not monitored: this page does not let WebAssembly run (a Content-Security-Policy needs' +
        " 'wasm-unsafe-eval', or the browser is too old). Flex itself is not affected.",
      error,
    );
    return undefined;
  }
}

function logConfiguration({ source, inPilot, findings }, { pluginVersion, serverlessUri, workerSid }, engineVersion) {
  const write = { error: log.error, warning: log.warn, info: log.info };
  const place = inPilot ? `${source}, with its pilot` : source;
  log.info(`Version ${pluginVersion} (engine ${engineVersion}), configuration from: ${place}.`);
  findings.forEach(({ severity, property, message }) => (write[severity] ?? log.info)(`${property}: ${message}`));
  if (!serverlessUri) {
    log.warn('Alerts cannot be sent: the plugin was built without REACT_APP_SERVERLESS_URI.');
  } else if (!workerSid) {
    log.warn('Alerts cannot be sent: Flex does not say which worker is signed in.');
  }
}
