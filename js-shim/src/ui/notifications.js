import React from 'react';

import { guarded } from '../guard';
import { Boundary } from './Boundary';
import { Text } from './Text';

const IN_CALL = 'DeviceMonitoringNotice';
const CALL_ENDED = 'DeviceMonitoringCallEnded';
/** Long enough to read it; a bar lies over some of Flex's own buttons, so no longer. */
const TIMEOUT_MS = 8000;
const TYPES = { critical: 'error', warning: 'warning', recovered: 'success' };

/** Flex hands the context of showNotification to its content. */
function Content({ notificationContext }) {
  const texts = notificationContext?.texts ?? [];
  return (
    <Boundary name="a notification">
      <span>
        {texts.map((text, index) => (
          <React.Fragment key={text.key}>
            {index > 0 && ' '}
            <Text text={text} />
          </React.Fragment>
        ))}
      </span>
    </Boundary>
  );
}

/**
 * There is never more than one notification of ours for the calls in progress: each new one replaces the one
 * before.
 * @param {object} flex
 * @param {(noticeId: number) => boolean} isOnScreen whether the notice's own live region speaks for it
 */
export function registerNotifications(flex, isOnScreen) {
  const { Notifications, NotificationType } = flex;
  const inCall = register(IN_CALL, NotificationType.warning, TIMEOUT_MS);
  register(CALL_ENDED, NotificationType.warning, TIMEOUT_MS);
  // Flex reads every notification out at once, over whatever the agent listens to.
  Notifications.handlers?.screenreader?.addFilter(
    guarded('filtering a notification', ({ id, context }) => id !== IN_CALL || !isOnScreen(context?.noticeId)),
  );
  let shown;

  function register(id, type, timeout) {
    const notification = { id, type, timeout, closeButton: true, content: <Content /> };
    Notifications.registerNotification(notification);
    return notification;
  }

  function isOpen() {
    return Notifications.activeNotifications.some(({ id }) => id === IN_CALL);
  }

  return {
    /** @param {object | null} notice null takes away what is shown */
    toast(notice) {
      // Updated while it is there; not brought back once the agent has closed it or its time is over.
      if (notice && notice.id === shown && !isOpen()) return;
      shown = notice?.id;
      Notifications.dismissNotificationById(IN_CALL);
      if (!notice) return;
      // Flex copies the registered object when it shows it: the type can follow the severity.
      inCall.type = NotificationType[TYPES[notice.severity]] ?? NotificationType.warning;
      Notifications.showNotification(IN_CALL, { noticeId: notice.id, texts: [notice.symptom, notice.advice] });
    },

    /** Another call rings, and its Accept is under the bars. */
    makeWay() {
      Notifications.dismissNotificationById(IN_CALL);
      Notifications.dismissNotificationById(CALL_ENDED);
    },

    /** @param {{key: string, params: Record<string, string>}} text */
    callEnded(text) {
      Notifications.dismissNotificationById(CALL_ENDED);
      Notifications.showNotification(CALL_ENDED, { texts: [text] });
    },
  };
}
