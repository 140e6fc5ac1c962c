/** The thresholds that can be tried: text, unit, and what the slider spans. Any other number can be typed. */
export const THRESHOLDS = [
  { property: 'highRttThreshold', text: 'roundTrip', unit: 'ms', max: 1000, step: 10 },
  { property: 'highPacketsLostThreshold', text: 'packetLoss', unit: '%', max: 100, step: 0.5 },
  { property: 'lowMosThreshold', text: 'mosBelow', unit: '', max: 6, step: 0.1 },
  { property: 'highJitterThreshold', text: 'jitter', unit: 'ms', max: 200, step: 1 },
  { property: 'shortCallThreshold', text: 'shortCall', unit: 's', max: 120, step: 1 },
  { property: 'warningDurPctThreshold', text: 'timeInWarning', unit: '%', max: 100, step: 1 },
  { property: 'severelyConcealedPctThreshold', text: 'madeUpSound', unit: '%', max: 100, step: 1 },
];
export const SWITCH = { property: 'endedInWarningIsTrigger', text: 'endedInWarning' };
