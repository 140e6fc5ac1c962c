import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Boundary } from './Boundary';
import { lookOf } from './severity';
import { adviceOf, Text } from './Text';

/**
 * The one notice of a call. Both live regions are in the page before there is anything to say, because a
 * region that arrives together with its text is not read out.
 */
function NoticePlace({ views, task, theme }) {
  const taskSid = task?.taskSid;
  const [notice, setNotice] = useState(() => views.noticeOf(taskSid));
  useEffect(() => {
    const update = () => setNotice(views.noticeOf(taskSid));
    update();
    return views.subscribe(taskSid, update);
  }, [views, taskSid]);

  const urgent = notice?.announce === 'alert';
  const content = notice && <NoticeView notice={notice} theme={theme} />;
  return (
    <div data-testid="device-monitoring-live">
      <div role="status">{urgent ? null : content}</div>
      <div role="alert">{urgent ? content : null}</div>
    </div>
  );
}

function NoticeView({ notice, theme }) {
  const look = lookOf(notice.severity, theme);
  const style = {
    display: 'flex',
    gap: '8px',
    margin: '8px 12px',
    padding: '8px 12px',
    borderRadius: '4px',
    borderStyle: 'solid',
    borderWidth: '1px 1px 1px 4px',
    borderColor: look.border,
    background: look.background,
    color: look.text,
    fontSize: '14px',
    lineHeight: '20px',
  };
  return (
    <div
      data-testid="device-monitoring-notice"
      data-diagnosis={notice.diagnosis}
      data-phase={notice.phase}
      data-severity={notice.severity}
      style={style}
    >
      <svg aria-hidden="true" width="20" height="20" viewBox="0 0 16 16" style={{ flex: 'none', color: look.accent }}>
        <path fill="currentColor" fillRule="evenodd" d={look.path} />
      </svg>
      <div>
        <div>
          <strong style={{ fontWeight: 600, color: look.accent }}>
            <Text text={{ key: look.word }} />
          </strong>
          {' '}
          <strong style={{ fontWeight: 600 }}>
            <Text text={notice.symptom} />
          </strong>
        </div>
        <div>
          <Text text={adviceOf(notice.symptom)} />
        </div>
      </div>
    </div>
  );
}

/**
 * Registers the notice at the top of Flex's CallCanvas.
 * @param {object} flex
 * @param {ReturnType<import('./views').createViews>} views
 */
export function addNoticeToCallCanvas(flex, views) {
  const Themed = Flex.withTheme(NoticePlace);
  const Place = (props) => (
    <Boundary name="the notice">
      <Themed {...props} views={views} />
    </Boundary>
  );
  flex.CallCanvas.Content.add(<Place key="device-monitoring-notice" />, { sortOrder: -1 });
}
