/** Which alerts would come, go and stay; a call without a verdict (it could not be read) is in none. */
export function compare(calls, before, after) {
  const sorted = { come: [], go: [], stay: [] };
  calls.forEach((call, index) => {
    const [was, is] = [before[index], after[index]];
    if (!was || !is || !(was.alert || is.alert)) return;
    const kind = was.alert ? (is.alert && 'stay') || 'go' : 'come';
    sorted[kind].push({ call, was, is });
  });
  return sorted;
}

/** What is copied as JSON. */
export function reportOf(changes, config, { come, go, stay }, judged) {
  const calls = (changed) =>
    changed.map(({ call: { callSid, startedAt }, was, is }) => ({
      callSid,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: is.durationMs,
      before: was.reasons,
      after: is.reasons,
      ...(is.actions && { actions: is.actions }),
    }));
  return {
    changes,
    configuration: config,
    calls: judged,
    alertsBefore: go.length + stay.length,
    alertsAfter: come.length + stay.length,
    come: calls(come),
    go: calls(go),
    stay: calls(stay),
  };
}
