// Whose time it was, by the samples of a CPU profile of the DevTools protocol.

/** Nothing runs, or nothing of which the profiler knows: layout, painting, the browser's own work. */
const OTHERS = new Set(['(idle)', '(program)', '(root)']);
const COLLECTOR = '(garbage collector)';

/**
 * Stretches of time in which a script was at work without a pause: it, or what it called, was on the stack of every sample.
 * A collection of garbage in the middle belongs to it. Two entries of the script with nothing sampled in between count as one.
 * @param {object} profile of `Profiler.stop`: nodes, samples, timeDeltas in µs, startTime
 * @param {(url: string) => boolean} isOurs
 * @returns {{ours: Array<{at: number, ms: number, by: string[], entry: object}>, busy: Array<{at: number, ms: number}>, oursMs: number, busyMs: number, totalMs: number}}
 *   at: ms since the profile began; by: what took most of it, most first; entry: the frame by which the script was entered; busy: stretches of anybody's script
 */
export function stretchesOf({ nodes, samples, timeDeltas }, isOurs) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const owned = new Map();
  const isOwned = (id) => {
    if (id === undefined) return false;
    if (!owned.has(id)) owned.set(id, isOurs(byId.get(id).callFrame.url) || isOwned(parents.get(id)));
    return owned.get(id);
  };
  /** The outermost of the script's frames. */
  const entryOf = (id) => {
    let entry;
    for (let at = id; at !== undefined; at = parents.get(at))
      if (isOurs(byId.get(at).callFrame.url)) entry = byId.get(at).callFrame;
    return entry;
  };
  // A sample stands for the time until the next one.
  const lasts = (index) => timeDeltas[index + 1] ?? 0;

  const ours = [];
  const busy = [];
  let mine;
  let any;
  let at = 0;
  samples.forEach((id, index) => {
    at += timeDeltas[index];
    const { functionName, url } = byId.get(id).callFrame;
    const us = lasts(index);
    const isCollector = functionName === COLLECTOR;
    if (OTHERS.has(functionName)) any = undefined;
    else {
      if (!any) busy.push((any = { at, us: 0 }));
      any.us += us;
    }
    if (isOwned(id)) {
      if (!mine) ours.push((mine = { at, us: 0, pending: 0, by: new Map(), entry: entryOf(id) }));
      mine.us += us + mine.pending;
      mine.pending = 0;
      const name = functionName || url.split('/').at(-1) || 'without a name';
      mine.by.set(name, (mine.by.get(name) ?? 0) + us);
    } else if (mine && isCollector)
      mine.pending += us; // its own if it goes on afterwards
    else mine = undefined;
  });
  const named = ({ at: from, us, by, entry }) => ({
    at: from / 1000,
    ms: us / 1000,
    entry,
    by: [...by].sort((one, other) => other[1] - one[1]).map(([name]) => name),
  });
  const sum = (stretches) => stretches.reduce((all, { us }) => all + us, 0) / 1000;
  return {
    ours: ours.map(named),
    busy: busy.map(({ at: from, us }) => ({ at: from / 1000, ms: us / 1000 })),
    oursMs: sum(ours),
    busyMs: sum(busy),
    totalMs: timeDeltas.reduce((all, us) => all + us, 0) / 1000,
  };
}
