import { guarded } from '../guard';
import { nonEmptyText } from '../nonEmptyText';
import { audioContextReader } from './meter';
import { statisticsReader } from './statistics';

const number = (value) => (typeof value === 'number' ? value : NaN);

/**
 * Forwards the events of the Voice SDK's calls to the engine.
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 * @param {(watched: object, call: object) => void} onWatched also when it is accepted
 * @returns {(call: object) => void} watches a call; the same call object only once, however it was found
 */
export function callWatcher(host, onWatched) {
  const seen = new WeakSet();

  return guarded('watching a call', (call) => {
    if (typeof call?.on !== 'function' || seen.has(call)) return;
    seen.add(call);
    const status = call.status?.();
    if (status === 'closed') return;

    const watched = host.open({
      direction: nonEmptyText(call.direction) ?? 'INCOMING',
      callSid: callSidOf(call),
      from: nonEmptyText(call.parameters?.From),
      // An outgoing call's own parameters name nobody; what it was made with does, by Twilio's custom.
      to: nonEmptyText(call.parameters?.To ?? call.customParameters?.get?.('To')),
    });
    forward(call, watched, host, onWatched);
    onWatched(watched, call);

    // Found late: its beginning has passed unheard.
    if (['open', 'reconnecting'].includes(status)) host.dispatch(watched, 'accept', true);
    if (call.isMuted?.()) host.dispatch(watched, 'mute', true);
  });
}

function callSidOf(call) {
  return nonEmptyText(call.parameters?.CallSid);
}

function forward(call, watched, host, onWatched) {
  const dispatch = (...message) => host.dispatch(watched, ...message);
  const listening = [];
  const listen = (event, listener) => {
    const subscription = [event, guarded(`the listener for '${event}'`, listener)];
    listening.push(subscription);
    call.on(...subscription);
  };
  const identify = () => {
    const callSid = callSidOf(call);
    if (!callSid || callSid === watched.callSid) return;
    watched.callSid = callSid;
    dispatch('identify', callSid);
  };

  const readMeter = audioContextReader(call, (state) => dispatch('audioContext', state));
  const read = guarded(
    'reading statistics',
    statisticsReader(call, (stats) => dispatch('stats', stats)),
  );

  listen('ringing', identify);
  listen('accept', () => {
    identify();
    dispatch('accept', false);
    onWatched(watched, call);
  });
  listen('sample', (sample) => {
    if (!watched.callSid) identify();
    readMeter();
    dispatch('sample', sample);
    read();
  });
  listen('warning', (name, data) => {
    const values = Array.isArray(data?.values) ? data.values : [];
    dispatch('warning', String(name), nonEmptyText(data?.threshold?.name), values.map(number));
  });
  listen('warning-cleared', (name) => dispatch('warningCleared', String(name)));
  listen('mute', (muted) => dispatch('mute', Boolean(muted)));
  listen('reconnecting', (error) => dispatch('reconnecting', number(error?.code)));
  listen('reconnected', () => dispatch('reconnected'));
  listen('transportClose', () => dispatch('transportClose'));
  listen('error', (error) => dispatch('error', number(error?.code)));
  ['disconnect', 'cancel', 'reject'].forEach((event) =>
    listen(event, () => {
      identify();
      dispatch(event);
      listening.forEach((subscription) => call.removeListener(...subscription));
    }),
  );
}
