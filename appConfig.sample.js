// For local work: copy to js-shim/public/appConfig.js. In hosted Flex the same block goes into the `attributes` of the
// Flex configuration (README, "Configuring"). Whatever is not set has the documented default.
var appConfig = {
  pluginService: {
    enabled: true,
    url: '/plugins',
  },
  logLevel: 'info',
  attributes: {
    DeviceMonitoringPlugin: {
      // The default shows agents nothing. Start with false to see which calls would alert; then let agents see it too.
      alertAgent: true,

      // Writes one line into the Function's log. Add a file for an action of your own.
      action: 'log-call',

      // The Voice SDK's own trigger. From here on, agent and customer begin to talk over each other (ITU-T G.114
      // advises to stay under 400 ms one way; this is both ways, and headsets and codecs add theirs).
      highRttThreshold: 400,

      // The default, 70, hardly ever triggers: speech is lost long before. At 3 % words begin to go missing.
      highPacketsLostThreshold: 3,

      // The default, 6, is above the top of the scale (4.5): then only Twilio's own low-mos warning counts, which
      // comes below 3. Below 3.5 many listeners are dissatisfied (ITU-T G.107, annex B).
      lowMosThreshold: 3.5,

      // The Voice SDK's own trigger. A jitter buffer hides less than this.
      highJitterThreshold: 30,

      // A call of a few seconds is often one in which the two could not hear each other. 0 disables.
      shortCallThreshold: 10,

      // A call that ends while it is bad was often ended because it was bad.
      endedInWarningIsTrigger: true,

      // Nine seconds of a minute.
      warningDurPctThreshold: 15,
    },
  },
};
