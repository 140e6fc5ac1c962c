// The recommended configuration, with a reason for each value. A property that is left out has the documented default
// (README, "Configure").
//
// In hosted Flex the block DeviceMonitoringPlugin goes into the Flex configuration (docs/configuration.md). As a file,
// this is for local work: copy it to js-shim/public/appConfig.js, then run `twilio flex:plugins:start`.
// "Recorded" means the calls in tests/recordings, replayed with these values.
var appConfig = {
  pluginService: {
    enabled: true,
    url: '/plugins',
  },
  logLevel: 'info',
  attributes: {
    DeviceMonitoringPlugin: {
      // Default. false stops everything at each agent's next reload of Flex, without a release.
      enabled: true,

      // Default: agents see nothing. Read in the Function's log for a week which calls alert, then set it to true.
      // For local work, set it to true at once.
      alertAgent: false,

      // Default. Writes one line into the Function's log: needs no set-up, and is enough to judge the thresholds by.
      action: 'log-call',

      // Not set by default: other actions for some alerts (docs/configuration.md, "More than one action").
      // actions: [{ when: { diagnoses: ['your-microphone'] }, run: 'open-ticket' }],

      // ms, there and back. Default, and the Voice SDK's own threshold. It is about 200 ms one way, before the headset
      // and the customer's half of the call add theirs. ITU-T G.114 finds up to 150 ms one way good, and more than
      // 400 ms not acceptable. Recorded: 600 ms alerts.
      highRttThreshold: 400,

      // Percent. Default: 70, which hardly ever happens; a call is unintelligible long before. 3 is the Voice SDK's own
      // threshold for the mean of 7 s. Recorded: half a minute of 2 % random loss raises nothing, 5 % alerts.
      highPacketsLostThreshold: 3,

      // Mean opinion score. Default: 6, which is above the best score there is, so that only the SDK's own low-mos
      // warning counts, which comes below 3. Below 3.6 many users are dissatisfied (ITU-T G.107, annex B), and below 3.5
      // Voice Insights tags a call. The SDK's formula falls below 3.5 at about 370 ms of round trip, or at 10 % of loss.
      // It also catches combinations of which each part is below its own threshold (350 ms with 2 %).
      lowMosThreshold: 3.5,

      // ms. Default, and the Voice SDK's own threshold. A packet carries 20 ms of speech. With jitter of one and a half
      // packets the browser must either hold packets back, which is heard as delay, or fill gaps.
      highJitterThreshold: 30,

      // Seconds. Default. In a call of a few seconds the two often could not hear each other. Lower it if you have many
      // wrong numbers; 0 switches the rule off.
      shortCallThreshold: 10,

      // Default: false. A call that ends while it is bad was often ended because it was bad, however long it had been
      // good before. warningDurPctThreshold does not see that.
      endedInWarningIsTrigger: true,

      // Percent of the call. Default. Nine seconds of one minute, or one and a half minutes of ten.
      warningDurPctThreshold: 15,

      // Percent of the seconds. Default: 100, which switches the rule off. It counts what the agent heard: seconds of which
      // more than a twentieth was made up because packets were missing or late. Try 10 once the other rules are settled.
      severelyConcealedPctThreshold: 100,

      // Default. An agent who is interrupted more than six times in a shift gets used to ignoring it. Later notices are
      // still shown, without a notification. 0 never interrupts.
      noticesPerShift: 6,

      // Default. Flex's own badge says "Your connection is poor" whatever is wrong, at thresholds of its own. Set it to
      // true together with alertAgent: two messages that contradict each other help nobody.
      hideFlexIndicator: false,

      // Default. With true, agents can look at the call's figures, report a problem, and check their microphone before
      // the shift. Each report is an alert, whatever the thresholds are; so choose the thresholds first.
      agentTools: false,

      // Default. With true, the check before the shift also makes a test call, once a shift. It needs agentTools, and an API
      // key and a TwiML app for the Function (docs/deploying.md), and was never tried on a hosted account.
      runPreflight: false,

      // Default. With true, each browser keeps the figures of its agent's recent calls (no audio, no phone numbers), at
      // most 10 MB. Switch it on while you choose thresholds: the admin view tries them on these calls.
      recordCalls: false,

      // Default. With true, each browser tells the Function of every call (no audio, no phone numbers), and supervisors
      // see in the admin view who is in trouble. It needs the floor's Sync service: docs/floor.md.
      reportCalls: false,

      // Default. With false, a pseudonym is kept with each call in place of the worker.
      reportWorkers: true,

      // Default. With true, what recordCalls keeps is also sent to the Function, and admins and supervisors try thresholds on
      // the calls of all agents. It needs recordCalls and reportCalls. Switch it on while you choose thresholds.
      shareRecordings: false,
    },
  },
};
