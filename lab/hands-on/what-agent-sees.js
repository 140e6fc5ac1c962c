// Runs in Flex's page: what the agent has in front of them, for the panel to mirror.
(() => {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());

  const words = ({ innerText }) => innerText.replace(/\s+/g, ' ').trim();

  window.labWhatAgentSees = () => ({
    notices: visible('[data-testid=device-monitoring-notice]').map((element) => ({
      ...element.dataset,
      text: words(element),
    })),
    toasts: visible('[data-testid=notification-message]').map(words),
    microphone: window.labMicrophone?.state() ?? 'on',
    selected: window.Twilio?.Flex?.Manager?.getInstance?.()?.store?.getState?.().flex?.view?.selectedTaskSid,
  });
})();
