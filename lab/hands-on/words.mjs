// What the panel says, in plain words.

const percent = (share) => `${Math.round(share * 1000) / 10} %`;

/** +12025550123 as a person reads it. */
export const phoneNumber = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');

/** @param {import('../network/impairment.mjs').Impairment} impairment of one direction */
export function describeImpairment({
  loss,
  gilbert,
  delay,
  jitter,
  reorder,
  rate,
  queue,
  blackout,
  dropRtcp,
  only,
} = {}) {
  const what = only ? `${only.join(', ').toUpperCase()}: ` : '';
  if (blackout) return only?.join() === 'rtp' ? 'no sound passes' : `${what}nothing passes`;
  const parts = [];
  if (loss) parts.push(`${percent(loss)} lost`);
  if (gilbert)
    parts.push(`${percent((gilbert.enter / (gilbert.enter + gilbert.leave)) * (gilbert.loss ?? 1))} lost in bursts`);
  if (delay) parts.push(`${delay} ms late`);
  if (jitter) parts.push(`${jitter} ms jitter${reorder ? ', reordered' : ''}`);
  if (rate) parts.push(`${rate} kbit/s with a queue of ${queue} ms`);
  if (dropRtcp) parts.push('no RTCP');
  return parts.length ? what + parts.join(', ') : 'healthy';
}

const WARNINGS = {
  'high-rtt': 'the round trip takes long',
  'high-jitter': 'packets come unevenly',
  'low-mos': 'the score is low',
  'high-packet-loss': 'packets are missing',
  'high-packets-lost-fraction': 'many packets are missing',
  'low-bytes-received': 'nothing arrives',
  'low-bytes-sent': 'nothing is sent',
  'constant-audio-input-level': 'the microphone is silent',
  'ice-connectivity-lost': 'the connection is lost',
};

/** An event of the Voice SDK as a sentence; nothing for those that would only fill the page. */
export function sdkSentence({ type, name, muted, code }) {
  const because = WARNINGS[name] ? ` (${WARNINGS[name]})` : '';
  const sentences = {
    warning: `Voice SDK: warning ${name}${because}`,
    'warning-cleared': `Voice SDK: ${name} cleared`,
    reconnecting: 'Voice SDK: reconnecting',
    reconnected: 'Voice SDK: connected again',
    mute: muted ? 'The agent is muted' : 'The agent is no longer muted',
    error: `Voice SDK: error ${code}`,
  };
  return sentences[type];
}

export const TASK_SENTENCES = {
  pending: 'A customer calls',
  accepted: 'The agent takes the call',
  wrapping: 'The call is over, the agent wraps up',
  completed: 'The task is completed',
  rejected: 'The call is declined',
  canceled: 'The caller gives up',
};

export const MICROPHONE_SENTENCES = {
  on: 'The microphone is plugged in and gives sound',
  silent: 'The microphone is silenced',
  unplugged: 'The microphone is unplugged',
};

export const FUNCTION_SENTENCES = {
  works: 'The Function works',
  'answers-500': 'The Function answers 500 to everything',
  hangs: 'The Function hangs: it takes requests and never answers',
  stopped: 'The Function is stopped: connections are refused',
  'refuses-tokens': "The Function refuses the agent's token",
};
