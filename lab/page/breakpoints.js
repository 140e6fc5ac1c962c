// Runs in Flex's page before anything else, for tests only: what the functions of a breakable plugin ask before they begin
// (fault-injection-build.mjs). Which of them have thrown outlives a reload.
(() => {
  Error.stackTraceLimit = 60; // to see who called
  const thrown = new Set(JSON.parse(sessionStorage.labThrown ?? '[]'));
  const skipped = new Set(JSON.parse(sessionStorage.labSkipped ?? '[]'));
  const asked = new Set();
  let mode = sessionStorage.labBreaks ?? 'never';

  const fail = (name) => {
    thrown.add(name);
    sessionStorage.labThrown = JSON.stringify([...thrown]);
    throw new Error(`lab: ${name} is broken`);
  };
  const MODES = { never: () => {}, always: fail, once: (name) => thrown.has(name) || skipped.has(name) || fail(name) };

  window.labBreakpoint = (name) => {
    asked.add(name);
    MODES[mode](name);
  };
  /** @param {'never'|'always'|'once'} how they break from here on, also when the page is loaded again: each at its next call, or at every one */
  window.labBreaks = (how) => {
    mode = how;
    sessionStorage.labBreaks = how;
  };
  /** What was called so far does not break once any more. */
  window.labSkip = () => {
    for (const name of asked) skipped.add(name);
    sessionStorage.labSkipped = JSON.stringify([...skipped]);
  };
  window.labBroken = () => ({ asked: [...asked], thrown: [...thrown], skipped: [...skipped] });
})();
