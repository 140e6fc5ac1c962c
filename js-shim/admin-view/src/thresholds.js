/** The thresholds that can be tried: text, unit, and what the slider spans. Any other number can be typed. */
export const THRESHOLDS = [
  { property: 'highRttThreshold', text: 'roundTrip', unit: 'ms', most: 1000, step: 10 },
  { property: 'highPacketsLostThreshold', text: 'packetLoss', unit: '%', most: 100, step: 0.5 },
  { property: 'lowMosThreshold', text: 'mosBelow', unit: '', most: 6, step: 0.1 },
  { property: 'highJitterThreshold', text: 'jitter', unit: 'ms', most: 200, step: 1 },
  { property: 'shortCallThreshold', text: 'shortCall', unit: 's', most: 120, step: 1 },
  { property: 'warningDurPctThreshold', text: 'timeInWarning', unit: '%', most: 100, step: 1 },
  { property: 'severelyConcealedPctThreshold', text: 'madeUpSound', unit: '%', most: 100, step: 1 },
];
export const SWITCH = { property: 'endedInWarningIsTrigger', text: 'endedInWarning' };
