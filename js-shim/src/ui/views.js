/**
 * What there is to see of each call, kept outside React: CallCanvas is unmounted when the agent looks at
 * another task or tab, and must be right at once when it comes back.
 */
export function createViews() {
  const notices = new Map();
  const places = new Map();
  const changed = () => [...places.keys()].forEach((listener) => listener());

  function noticeOf(taskSid) {
    let unassigned = null;
    for (const [call, notice] of notices) {
      if (call.context.taskSid === taskSid) return notice;
      if (!call.context.taskSid) unassigned = notice;
    }
    return unassigned;
  }

  return {
    /**
     * @param {import('../holder').WatchedCall} call
     * @param {object | null} notice
     */
    show(call, notice) {
      if (notice) notices.set(call, notice);
      else if (!notices.delete(call)) return;
      changed();
    },

    /**
     * @param {string | undefined} taskSid of the CallCanvas that asks
     * @returns {object | null} the notice of this task's call, or of the call whose task is not known yet
     */
    noticeOf,

    /**
     * @param {number} id of a notice
     * @returns {boolean} whether a CallCanvas on screen shows it
     */
    isOnScreen(id) {
      return [...places.values()].some((taskSid) => noticeOf(taskSid)?.id === id);
    },

    /**
     * @param {string | undefined} taskSid of the CallCanvas on screen
     * @param {() => void} listener
     * @returns {() => void} unsubscribes
     */
    subscribe(taskSid, listener) {
      places.set(listener, taskSid);
      return () => places.delete(listener);
    },
  };
}
