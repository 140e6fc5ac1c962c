// Recommended values, and why. Each property that is left out has the documented default (README, "Configuring").
//
// In hosted Flex the block DeviceMonitoringPlugin goes into the Flex configuration (docs/configuration.md). This file
// as it is serves local work: copy it to js-shim/public/appConfig.js, then `twilio flex:plugins:start`.
// "Recorded" are the calls in tests/recordings, replayed with these values.
var appConfig = {
  pluginService: {
    enabled: true,
    url: '/plugins',
  },
  logLevel: 'info',
  attributes: {
    DeviceMonitoringPlugin: {
      // The switch: false stops everything at each agent's next reload of Flex, without a release. Default: true.
      enabled: true,

      // Default: false, agents see nothing. For local work one wants to see it. In a centre, start with false for a
      // week, read in the Function's log which calls alert, and then let agents see it.
      alertAgent: true,

      // Default. Writes one line into the Function's log: nothing else to set up, and enough to judge the thresholds by.
      action: 'log-call',

      // ms, there and back. Default, and the Voice SDK's own trigger. It is about 200 ms one way before the headset and
      // the customer's half of the call add theirs; ITU-T G.114 finds up to 150 ms one way good, more than 400 ms not
      // acceptable. Recorded: 600 ms alerts.
      highRttThreshold: 400,

      // Percent. The default, 70, hardly ever triggers: a call is not intelligible long before. 3 is the Voice SDK's own
      // trigger for the mean of 7 s. Recorded: half a minute of 2 % random loss raised nothing, 5 % alerts.
      highPacketsLostThreshold: 3,

      // Mean opinion score. The default, 6, is above the top of the scale, 4.5: then only the SDK's own low-mos warning
      // counts, which comes below 3. Below 3.6 many users are dissatisfied (ITU-T G.107, annex B); 3.5 is also where
      // Voice Insights tags a call. The SDK's formula falls below it at about 370 ms of round trip, or 10 % of loss: it
      // summarises, and catches combinations that pass each threshold alone (300 ms with 3 %).
      lowMosThreshold: 3.5,

      // ms. Default, and the Voice SDK's own trigger. A packet carries 20 ms of speech: with jitter of one and a half
      // packets the browser must hold more of them back, which is heard as delay, or fill gaps.
      highJitterThreshold: 30,

      // Seconds. Default. A call of a few seconds is often one in which the two could not hear each other. A centre with
      // many wrong numbers lowers it; 0 disables.
      shortCallThreshold: 10,

      // Default: false. A call that ends while it is bad was often ended because it was bad, however long it had been
      // good before: warningDurPctThreshold does not see that.
      endedInWarningIsTrigger: true,

      // Percent of the call. Default. Nine seconds of a minute, or one and a half minutes of ten.
      warningDurPctThreshold: 15,

      // Default. Six interruptions in a shift are an agent's bad day; more are a habit to overlook them. What comes after
      // is shown all the same, without a notification. 0 never interrupts.
      noticesPerShift: 6,

      // Default: false. Flex's own badge says "Your connection is poor" whatever is wrong, a silent microphone too, and at
      // thresholds of its own. Once agents see this plugin's notice, two that contradict each other help nobody.
      hideFlexIndicator: true,

      // Default: false. Agents who can look at the call's figures, say "I had a problem" and check their microphone before
      // the shift ask IT less and tell it more. Each report is an alert of its own, whatever the thresholds say.
      agentTools: true,

      // Default: false. Keeps what happened in the last calls in the agent's browser (figures, no audio, no numbers), at
      // most 10 MB: some 600 calls of ten minutes. Thresholds can be tried on them then, before they are changed.
      recordCalls: true,
    },
  },
};
