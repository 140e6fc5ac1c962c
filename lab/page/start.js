// Starts Flex as its own hosted page does: with the appConfig of the page.
window.Twilio.Flex.runDefault(window.appConfig, '#root').then(
  () => {
    window.labFlex = { ready: true };
  },
  (error) => {
    window.labFlex = { ready: false, error: String(error?.stack ?? error) };
  },
);
