import { guarded } from '../guard';
import { text } from '../values';
import { audioContextReader } from './meter';
import { statisticsReader } from './statistics';

const number = (value) => (typeof value === 'number' ? value : NaN);

/**
 * Forwards the events of the Voice SDK's calls to the engine.
 * @param {ReturnType<import('../holder').holdMonitor>} holder
 * @param {(watched: object, call: object) => void} onWatched also when it is accepted
 * @returns {(call: object) => void} watches a call; the same call object only once, however it was found
 */
export function callWatcher(holder, onWatched) {
  const seen = new WeakSet();

  return guarded('watching a call', (call) => {
    if (typeof call?.on !== 'function' || seen.has(call)) return;
    seen.add(call);
    const status = call.status?.();
    if (status === 'closed') return;

    const watched = holder.open({
      direction: text(call.direction) ?? 'INCOMING',
      callSid: callSidOf(call),
      from: text(call.parameters?.From),
      // An outgoing call's own parameters name nobody; what it was made with does, by Twilio's custom.
      to: text(call.parameters?.To ?? call.customParameters?.get?.('To')),
    });
    forward(call, watched, holder, onWatched);
    onWatched(watched, call);

    // Found late: its beginning has passed unheard.
    if (['open', 'reconnecting'].includes(status)) holder.tell(watched, 'accept', true);
    if (call.isMuted?.()) holder.tell(watched, 'mute', true);
  });
}

function callSidOf(call) {
  return text(call.parameters?.CallSid);
}

function forward(call, watched, holder, onWatched) {
  const tell = (...message) => holder.tell(watched, ...message);
  const listening = [];
  const listen = (event, listener) => {
    const heard = [event, guarded(`the listener for '${event}'`, listener)];
    listening.push(heard);
    call.on(...heard);
  };
  const identify = () => {
    const callSid = callSidOf(call);
    if (!callSid || callSid === watched.callSid) return;
    watched.callSid = callSid;
    tell('identify', callSid);
  };

  const readMeter = audioContextReader(call, (state) => tell('audioContext', state));
  const read = guarded(
    'reading statistics',
    statisticsReader(call, (stats) => tell('stats', stats)),
  );

  listen('ringing', identify);
  listen('accept', () => {
    identify();
    tell('accept', false);
    onWatched(watched, call);
  });
  listen('sample', (sample) => {
    if (!watched.callSid) identify();
    readMeter();
    tell('sample', sample);
    read();
  });
  listen('warning', (name, data) => {
    const values = Array.isArray(data?.values) ? data.values : [];
    tell('warning', String(name), text(data?.threshold?.name), values.map(number));
  });
  listen('warning-cleared', (name) => tell('warningCleared', String(name)));
  listen('mute', (muted) => tell('mute', Boolean(muted)));
  listen('reconnecting', (error) => tell('reconnecting', number(error?.code)));
  listen('reconnected', () => tell('reconnected'));
  listen('transportClose', () => tell('transportClose'));
  listen('error', (error) => tell('error', number(error?.code)));
  ['disconnect', 'cancel', 'reject'].forEach((event) =>
    listen(event, () => {
      identify();
      tell(event);
      listening.forEach((heard) => call.removeListener(...heard));
    }),
  );
}
