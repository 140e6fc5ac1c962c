// Runs in Flex's page and keeps what the plugin measures of itself: Flex empties the page's list of marks and measures.
(() => {
  window.labTimings = {};
  const keep = (list) => {
    for (const { name, duration } of list.getEntries())
      if (name.startsWith('device-monitoring:')) window.labTimings[name] = duration;
  };
  new PerformanceObserver(keep).observe({ entryTypes: ['measure'] });
})();
