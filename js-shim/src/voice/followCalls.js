import { describeDevice, flexState } from '../environment';
import { guarded } from '../guard';
import { callWatcher } from './call';
import { computerWatcher } from './computer';
import { describeConference } from './conference';
import { deviceAttacher } from './device';
import { microphoneOf, speakerOf } from './microphoneCheck';
import { missingReporter } from './missingInterfaces';
import { isMonitoring, isSpeaking } from './supervisorMonitoring';
import { describeCall } from './callContext';

/**
 * Keeps the engine informed of every call in this tab: from the Device, also when Flex replaces it, and from
 * the Redux store. The store changes many times a second, so nothing is done unless a reference has changed.
 * @param {object} manager
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 * @param {{lateTickMs: number}} limits
 * @param {string} [flexUiVersion]
 */
export function followCalls(manager, host, { lateTickMs }, flexUiVersion) {
  const sources = new WeakMap();
  const watchComputer = computerWatcher(host, lateTickMs);

  // Guarded separately: if reading the Device fails, the task is still described.
  const devices = guarded('describing the devices', (call) => ({
    ...describeDevice(manager.voiceClient),
    ...devicesOf(manager, call),
  }));

  const update = guarded('describing a call', (watched) => {
    const call = sources.get(watched);
    if (!call) return;
    const state = flexState(manager);
    const known = { ...describeCall(state, call), ...devices(call) };
    const news = newsOf(known, watched.context);
    if (news) {
      watched.context = { ...watched.context, ...news };
      host.dispatch(watched, 'describe', news);
    }
    dispatchIfNew(watched, 'conference', describeConference(state, call.parameters?.CallSid));
    if (watched.isMonitoring) dispatchIfNew(watched, 'monitoring', isSpeaking(state));
  });

  function dispatchIfNew(watched, method, value) {
    const json = JSON.stringify(value);
    if (value === undefined || json === watched.forwarded[method]) return;
    watched.forwarded[method] = json;
    host.dispatch(watched, method, value);
  }

  const onWatched = (watched, call) => {
    // As it was when the call began: in Flex's state, the monitoring may end before the call does.
    if (!sources.has(watched)) {
      watched.isMonitoring = isMonitoring(flexState(manager));
      watchComputer(watched);
    }
    sources.set(watched, call);
    update(watched);
  };
  const reportMissing = missingReporter(
    () => ({ 'Voice SDK': describeDevice(manager.voiceClient).voiceSdkVersion, 'Flex UI': flexUiVersion }),
    () => flexState(manager),
  );
  const watch = callWatcher(host, onWatched, reportMissing);
  const attach = deviceAttacher(watch);

  let device;
  let activeCall;
  let shown = [];
  const follow = guarded('following the store', () => {
    const { voiceClient } = manager;
    if (voiceClient !== device) {
      device = voiceClient;
      attach(device);
    }
    const state = flexState(manager);
    if (state?.phone?.activeCall !== activeCall) {
      activeCall = state.phone.activeCall;
      watch(activeCall);
    }
    const parts = [state?.conferences?.states, state?.worker?.tasks, state?.supervisor?.callMonitoring];
    if (parts.some((part, index) => part !== shown[index])) {
      shown = parts;
      host.calls.forEach(update);
    }
  });

  manager.store.subscribe(follow);
  follow();
}

/** Names of what the agent speaks into and hears through. */
function devicesOf({ voiceClient }, call) {
  return { microphone: microphoneOf(call.getLocalStream?.()), speaker: speakerOf(voiceClient) };
}

/** What is not known at the moment is no news: a task that has left the store was there all the same. */
function newsOf(context, known) {
  const news = Object.entries(context).filter(([key, value]) => value !== undefined && value !== known[key]);
  return news.length > 0 ? Object.fromEntries(news) : undefined;
}
