/** `DeviceMonitoringPlugin` for an agent who is told soon that a call is bad. */
export const WATCHFUL = {
  alertAgent: 'true',
  action: 'log-call',
  highPacketsLostThreshold: 3,
  lowMosThreshold: 3.5,
  highRttThreshold: 400,
  highJitterThreshold: 30,
  shortCallThreshold: 10,
  endedInWarningIsTrigger: true,
  warningDurPctThreshold: 15,
};
