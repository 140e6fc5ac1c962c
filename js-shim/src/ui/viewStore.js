import { inOwnTask } from '../scheduling';

/**
 * What there is to see of each call, kept outside React: CallCanvas is unmounted when the agent looks at
 * another task or tab, and must be right at once when it comes back.
 * @param {{endedTexts: number}} limits sentences about finished calls are kept for so many tasks in wrap-up
 */
export function createViewStore({ endedTexts }) {
  const notices = new Map();
  const ended = new Map();
  const places = new Map();
  let panel = { isOpen: false };
  const waiting = new Set();
  let version = 0;

  /** Each place is drawn in a task of its own, once for all that has changed by then. */
  function changed() {
    version += 1;
    [...places.keys()].forEach((listener) => {
      if (waiting.has(listener)) return;
      waiting.add(listener);
      inOwnTask(() => {
        waiting.delete(listener);
        if (places.has(listener)) listener();
      });
    });
  }

  function find(taskSid) {
    let unassigned;
    for (const [call, notice] of notices) {
      if (call.context.taskSid === taskSid) return { call, notice };
      if (!call.context.taskSid && !call.isMonitoring) unassigned = { call, notice };
    }
    return unassigned ?? { notice: ended.get(taskSid) };
  }

  return {
    /** Redraws every place. */
    changed,

    /** @returns {number} changes with every update */
    version: () => version,

    /** @returns {{isOpen: boolean, call?: object}} the agent's panel; without a call it is the newest one's */
    panel: () => panel,

    /** @param {object} [call] of which the agent wants to see the panel */
    openPanel(call) {
      panel = { isOpen: true, call };
      changed();
    },

    closePanel() {
      panel = { isOpen: false };
      changed();
    },

    /**
     * @param {import('../monitorHost').WatchedCall} call
     * @param {object | null} notice
     */
    show(call, notice) {
      if (notice) notices.set(call, notice);
      else if (!notices.delete(call)) return;
      changed();
    },

    /**
     * What is to be said of a call that is over, while its task is in wrap-up.
     * @param {string | undefined} taskSid
     * @param {{key: string, params: Record<string, string>}} text
     * @param {boolean} quiet
     */
    end(taskSid, text, quiet) {
      ended.delete(taskSid);
      ended.set(taskSid, { phase: 'ended', severity: 'ended', announce: quiet ? 'none' : 'status', symptom: text });
      if (ended.size > endedTexts) ended.delete(ended.keys().next().value);
      changed();
    },

    /**
     * @param {string | undefined} taskSid of the CallCanvas that asks
     * @returns {{call?: object, notice?: object}} of this task's call, or of the call whose task is not known yet
     */
    find,

    /** @returns {object | undefined} the loudest notice of all calls in progress */
    loudest() {
      return [...notices.values()].sort((one, other) => one.rank - other.rank)[0];
    },

    /**
     * @param {(shown: {call?: object, notice?: object}, taskSid: string) => boolean} matches
     * @returns {boolean} whether a CallCanvas on screen shows such a thing
     */
    isOnScreen(matches) {
      return [...places.values()].some((taskSid) => taskSid !== null && matches(find(taskSid), taskSid));
    },

    /**
     * @param {() => void} listener
     * @param {string | undefined | null} taskSid of the CallCanvas on screen; null: no CallCanvas
     * @returns {() => void} unsubscribes
     */
    subscribe(listener, taskSid) {
      places.set(listener, taskSid);
      return () => places.delete(listener);
    },
  };
}
