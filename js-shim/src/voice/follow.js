import { describeDevice } from '../environment';
import { guarded } from '../guard';
import { callWatcher } from './call';
import { deviceAttacher } from './device';
import { microphoneOf, speakerOf } from './equipment';
import { isHeld } from './hold';
import { describeCall } from './task';

/**
 * Keeps the engine informed of every call in this tab: from the Device, also when Flex replaces it, and from
 * the Redux store. The store changes many times a second, so nothing is done unless a reference has changed.
 * @param {object} manager
 * @param {ReturnType<import('../holder').holdMonitor>} holder
 * @returns {() => void} stops following
 */
export function followCalls(manager, holder) {
  const sources = new WeakMap();
  const flexState = () => manager.store.getState().flex;

  // By itself: a Device that fails leaves a call without its devices, and not without its task.
  const devices = guarded('describing the devices', (call) => ({ ...describeDevice(manager.voiceClient), ...devicesOf(manager, call) }));

  const update = guarded('describing a call', (watched) => {
    const call = sources.get(watched);
    if (!call) return;
    const state = flexState();
    const known = { ...describeCall(state, call), ...devices(call) };
    const news = newsOf(known, watched.context);
    if (news) {
      watched.context = { ...watched.context, ...news };
      holder.tell(watched, 'describe', news);
    }
    const held = isHeld(state, call.parameters?.CallSid);
    if (held !== undefined && held !== watched.held) {
      watched.held = held;
      holder.tell(watched, 'hold', held);
    }
  });

  const watch = callWatcher(holder, (watched, call) => {
    sources.set(watched, call);
    // Nothing of ours outside of the guard: what throws in an event of the SDK's keeps it from the listeners behind.
    call.on('accept', update.bind(undefined, watched));
    update(watched);
  });
  const attach = deviceAttacher(watch);

  let device;
  let activeCall;
  let conferences;
  let tasks;
  const follow = guarded('following the store', () => {
    const { voiceClient } = manager;
    if (voiceClient !== device) {
      device = voiceClient;
      attach(device);
    }
    const state = flexState();
    if (state?.phone?.activeCall !== activeCall) {
      activeCall = state.phone.activeCall;
      watch(activeCall);
    }
    if (state?.conferences?.states !== conferences || state?.worker?.tasks !== tasks) {
      conferences = state?.conferences?.states;
      tasks = state?.worker?.tasks;
      holder.calls.forEach(update);
    }
  });

  const unsubscribe = manager.store.subscribe(follow);
  follow();
  return unsubscribe;
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
