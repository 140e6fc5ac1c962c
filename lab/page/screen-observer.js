// Runs in Flex's page and remembers what was ever on the agent's screen, however briefly: a look now and then would miss it.
(() => {
  const NOTICE = '[data-testid=device-monitoring-notice]';
  const ANYTHING = '[data-testid^=device-monitoring]';
  const TOAST = '[data-testid=notification-message]';
  /** Flex's own, when the browser lists its devices a moment late; nothing of the plugin's has to do with it. */
  const OF_FLEX = 'Unable to find or initialize audio input device';
  let seen;

  window.labForget = () => {
    seen = { mostNotices: 0, mostToasts: 0, texts: [], anything: false };
    look();
  };
  window.labSeen = () => seen;

  function look() {
    const visible = (selector) =>
      [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
    seen.anything ||= document.querySelector(ANYTHING) !== null;
    const notices = visible(NOTICE);
    const toasts = visible(TOAST).filter(({ textContent }) => textContent.trim() !== OF_FLEX);
    seen.mostNotices = Math.max(seen.mostNotices, notices.length);
    seen.mostToasts = Math.max(seen.mostToasts, toasts.length);
    for (const { textContent } of [...notices, ...toasts]) {
      const text = textContent.trim();
      if (text && !seen.texts.includes(text)) seen.texts.push(text);
    }
  }

  window.labForget();
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
})();
