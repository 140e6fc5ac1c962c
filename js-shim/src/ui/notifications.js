import React from 'react';

import { Boundary } from './Boundary';
import { Text } from './Text';

const IN_CALL = 'DeviceMonitoringNotice';
const CALL_ENDED = 'DeviceMonitoringCallEnded';
/** Long enough to read it; a bar lies over some of Flex's own buttons, so no longer. */
const TIMEOUT_MS = 8000;
const TYPES = { critical: 'error', warning: 'warning' };

/** Flex hands the context of showNotification to its content. */
function Content({ notificationContext }) {
  const texts = notificationContext?.texts ?? [];
  return (
    <span>
      {texts.map((text, index) => (
        <React.Fragment key={text.key}>
          {index > 0 && ' '}
          <Text text={text} />
        </React.Fragment>
      ))}
    </span>
  );
}

/**
 * Registers the notifications for an agent who does not look at the call. Flex notifications cover buttons below them, so
 * none is shown while the CallCanvas already shows this notice. Of the calls in progress, at most one notification is
 * shown: each new one replaces the one before.
 * @param {object} flex
 * @param {ReturnType<import('./viewStore').createViewStore>} viewStore
 */
export function registerNotifications(flex, viewStore) {
  const { Notifications, NotificationType } = flex;
  [IN_CALL, CALL_ENDED].forEach((id) =>
    Notifications.registerNotification({
      id,
      type: NotificationType.warning,
      timeout: TIMEOUT_MS,
      closeButton: true,
      content: <Boundary name="a notification" component={Content} />,
    }),
  );
  let shown;

  return {
    /** @param {object | null} notice null takes away what is shown */
    toast(notice) {
      // Updated while it is there; not brought back once the agent has closed it or its time is over.
      if (notice && notice.id === shown && !Notifications.activeNotifications.some(({ id }) => id === IN_CALL)) return;
      Notifications.dismissNotificationById(IN_CALL);
      if (!notice) return;
      shown = notice.id;
      if (viewStore.isOnScreen((seen) => seen.notice?.id === notice.id)) return;
      // Flex keeps a copy of what was registered, and copies that when it shows it.
      const registered = Notifications.registeredNotifications?.get(IN_CALL);
      if (registered) registered.type = NotificationType[TYPES[notice.severity]] ?? NotificationType.warning;
      Notifications.showNotification(IN_CALL, {
        texts: [notice.symptom, ...(notice.advice ? [{ key: notice.advice }] : [])],
      });
    },

    /** Another call rings, and its Accept is under the bars. */
    makeWay() {
      Notifications.dismissNotificationById(IN_CALL);
      Notifications.dismissNotificationById(CALL_ENDED);
    },

    /**
     * @param {{key: string, params: Record<string, string>}} text
     * @param {string | undefined} taskSid
     */
    callEnded(text, taskSid) {
      Notifications.dismissNotificationById(CALL_ENDED);
      if (taskSid && viewStore.isOnScreen((seen, shownTask) => shownTask === taskSid)) return;
      Notifications.showNotification(CALL_ENDED, { texts: [text] });
    },
  };
}
