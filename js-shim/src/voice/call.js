import { guarded } from '../guard';
import { nonEmptyText } from '../nonEmptyText';
import { describeComputer, describeSample, endpointReporter } from './agentEndpoint';
import { audioContextReader } from './audioContextState';
import { mutedLevelReader } from './mutedLevel';
import { statisticsReader } from './statistics';
import { trackReader } from './track';

const number = (value) => (typeof value === 'number' ? value : NaN);

/**
 * Forwards the events of the Voice SDK's calls to the engine.
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 * @param {(watched: object, call: object) => void} onWatched also when it is accepted
 * @param {ReturnType<import('./missingInterfaces').missingReporter>} reportMissing
 * @returns {(call: object) => void} watches a call; the same call object only once, however it was found
 */
export function callWatcher(host, onWatched, reportMissing) {
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
    forward(call, watched, host, onWatched, reportMissing(call));
    onWatched(watched, call);

    // Found late: its beginning has passed unheard.
    if (['open', 'reconnecting'].includes(status)) host.dispatch(watched, 'accept', true);
    if (call.isMuted?.()) host.dispatch(watched, 'mute', true);
  });
}

function callSidOf(call) {
  return nonEmptyText(call.parameters?.CallSid);
}

function forward(call, watched, host, onWatched, missing) {
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
  const followMute = mutedLevelReader(call, (level) => dispatch('mutedLevel', level));
  const tellEndpoint = guarded(
    'describing the endpoint',
    endpointReporter((endpoint) => dispatch('endpoint', endpoint)),
  );
  const track = trackReader(
    call,
    (state) => dispatch('track', state),
    (microphone) => tellEndpoint({ microphone }),
  );
  const read = guarded(
    'reading statistics',
    statisticsReader(
      call,
      (stats) => dispatch('stats', stats),
      (path) => dispatch('path', path),
      (address) => tellEndpoint({ address }),
    ),
  );

  tellEndpoint(describeComputer());
  listen('ringing', identify);
  listen('accept', () => {
    identify();
    dispatch('accept', false);
    onWatched(watched, call);
    missing.accepted();
    track.read();
  });
  listen('sample', (sample) => {
    if (!watched.callSid) identify();
    readMeter();
    track.read();
    tellEndpoint(describeSample(sample));
    dispatch('sample', sample);
    read();
    missing.sample(sample);
  });
  listen('warning', (name, data) => {
    const values = Array.isArray(data?.values) ? data.values : [];
    dispatch('warning', String(name), nonEmptyText(data?.threshold?.name), values.map(number));
  });
  listen('warning-cleared', (name) => dispatch('warningCleared', String(name)));
  listen('mute', (muted) => {
    dispatch('mute', Boolean(muted));
    followMute(Boolean(muted));
  });
  listen('reconnecting', (error) => dispatch('reconnecting', number(error?.code)));
  listen('reconnected', () => dispatch('reconnected'));
  listen('transportClose', () => dispatch('transportClose'));
  listen('error', (error) => dispatch('error', number(error?.code)));
  ['disconnect', 'cancel', 'reject'].forEach((event) =>
    listen(event, () => {
      identify();
      dispatch(event);
      track.stop();
      followMute(false);
      missing.ended();
      listening.forEach((subscription) => call.removeListener(...subscription));
    }),
  );
}
