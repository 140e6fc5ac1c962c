// Named networks, as data: an impairment for each direction. `up` is agent to Twilio, `down` is Twilio to agent.
const both = (impairment) => ({ up: impairment, down: impairment });

/** @type {Record<string, {up: import('./impairment.mjs').Impairment, down: import('./impairment.mjs').Impairment}>} */
export const presets = {
  healthy: both({}),
  'loss-2': both({ loss: 0.02 }),
  'loss-5': both({ loss: 0.05 }),
  'loss-12': both({ loss: 0.12 }),
  'loss-30': both({ loss: 0.3 }),
  'loss-10-up': { up: { loss: 0.1 }, down: {} },
  // About a tenth of the packets, in runs of five.
  bursts: both({ gilbert: { enter: 0.022, leave: 0.2 } }),
  'rtt-300': both({ delay: 150 }),
  'rtt-600': both({ delay: 300 }),
  'jitter-50': both({ jitter: 50 }),
  'jitter-100': both({ jitter: 100 }),
  'jitter-50-reordered': both({ jitter: 50, reorder: true }),
  // G.711 takes 80 kbit/s with its headers, and 84 with those of SRTP: a little more than passes.
  bottleneck: both({ rate: 78, queue: 700 }),
  'no-rtcp': both({ dropRtcp: true }),
  'deaf-agent': { up: {}, down: { blackout: true, only: ['rtp'] } },
  'unheard-agent': { up: { blackout: true, only: ['rtp'] }, down: {} },
  blackout: both({ blackout: true }),
};
