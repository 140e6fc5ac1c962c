import { readSession } from '../environment';
import { guarded } from '../guard';
import { log } from '../log';
import { listen, speakerOf } from '../voice/microphoneCheck';
import { checkReachability } from '../voice/reachability';
import { startPreflight } from '../voice/preflight';

/** With Ctrl and Shift, as Flex's own shortcuts. Neither Flex nor a browser uses it. */
const KEY = 'F';
/** What the agent reads about a report: both the notifications and their texts. */
const NOTED = 'DeviceMonitoringReported';
const TOO_LATE = 'DeviceMonitoringReportTooLate';
/** How long a notification or the call says that. */
export const REPORTED_MS = 4000;

/**
 * What the agent's panel can ask for and do.
 * @param {object} flex
 * @param {object} manager
 * @param {ReturnType<import('../monitorHost').createMonitorHost>} host
 */
export function agentTools({ Notifications }, manager, host) {
  const listeners = new Set();
  return {
    /** @returns {object | undefined} the call of this task, in progress or one of the last ended */
    find: (taskSid) =>
      host
        .known()
        .reverse()
        .find((call) => call.context.taskSid === taskSid),

    /** @returns {object | undefined} the newest call in progress, or else the one that ended last */
    newest: () => host.known().pop(),

    isBusy: () => host.calls.length > 0,

    isInProgress: (call) => host.calls.includes(call),

    panel: (call) => host.query((monitor) => monitor.panel(call.handle)),

    report: guarded('reporting a problem', (call) => host.report(call)),

    /**
     * The engine has answered a report.
     * @param {object | undefined} call undefined: one that is known no more
     * @param {import('../generated/monitor').ReportOutcome} outcome
     */
    reported(call, outcome) {
      const text = outcome === 'too-late' ? TOO_LATE : NOTED;
      if (call && outcome !== 'in-call') call.finalAnswer = text;
      const isSaid = [...listeners].filter((listener) => listener(call, text)).length > 0;
      // By the key, while the agent looks at something else; or of a call whose button goes in this moment.
      if (!isSaid) Notifications.showNotification(text);
    },

    /** @param {(call: object | undefined, text: string) => boolean} listener whether it tells the agent */
    onReported(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** @param {() => boolean} isOver nobody wants to know any more */
    async check(isOver) {
      try {
        const device = manager.voiceClient;
        const [{ microphone, levels }, network] = await Promise.all([
          listen(device, isOver),
          checkReachability(manager),
        ]);
        const isRegistered = device?.state === 'registered';
        const check = (monitor) => monitor.check(microphone, speakerOf(device), isRegistered, levels, network);
        return host.query(check) ?? [];
      } catch (error) {
        log.errorOnce('check', 'The equipment could not be checked.', error);
        return [];
      }
    },

    /**
     * The test call of this shift, if there is one to make.
     * @param {() => void} onBegin it has begun
     * @returns {Promise<import('../generated/monitor').CheckResult[]>}
     */
    async preflight(onBegin) {
      const start = (token) => {
        onBegin();
        return startPreflight(manager, token);
      };
      try {
        return (await host.query((monitor) => monitor.preflight(readSession(manager), start))) ?? [];
      } catch (error) {
        log.errorOnce('preflight', 'The test call could not be made.', error);
        return [];
      }
    },

    /** Nobody wants to know any more. */
    stopPreflight: guarded('stopping the test call', () => host.query((monitor) => monitor.stopPreflight())),
  };
}

/**
 * The key for "I had a problem", beside Flex's own, and what tells of the answer where no button does.
 * @param {object} flex
 * @param {ReturnType<typeof agentTools>} tools
 * @param {string} name as Flex's list of shortcuts has it
 */
export function addReportKey({ KeyboardShortcutManager, Notifications, NotificationType }, tools, name) {
  const answers = { [NOTED]: NotificationType.success, [TOO_LATE]: NotificationType.warning };
  Object.entries(answers).forEach(([text, type]) =>
    Notifications.registerNotification({ id: text, type, timeout: REPORTED_MS, closeButton: true, content: text }),
  );
  const action = guarded('the shortcut', () => {
    const call = tools.newest();
    if (call) tools.report(call);
  });
  KeyboardShortcutManager.addShortcuts({ [KEY]: { action, name, throttle: 1000 } });
}
