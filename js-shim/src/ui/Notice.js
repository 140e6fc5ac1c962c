import * as Flex from '@twilio/flex-ui';
import React from 'react';

import { Boundary } from './Boundary';
import { Icon } from './Icon';
import { LinkButton } from './LinkButton';
import { useViewStore } from './useViewStore';
import { ReportButton } from './ReportButton';
import { appearanceOf } from './severity';
import { Text } from './Text';
import { textStyle } from './textStyle';

/**
 * The one notice of a call, and in wrap-up what is to be said of it. Both live regions are in the page before there is
 * anything to say, because a region that arrives together with its text is not read out. The button is the same one
 * before and after it is pressed: the focus stays where it is.
 */
function NoticePlace({ viewStore, tools, task, theme, onSnooze }) {
  const taskSid = task?.taskSid;
  const { call, notice, known } = useViewStore(viewStore, taskSid, () => ({
    ...viewStore.find(taskSid),
    known: tools?.find(taskSid),
  }));

  const look = notice ? appearanceOf(notice.severity, theme) : known && appearanceOf('quiet', theme);
  const text = notice && <NoticeText notice={notice} look={look} />;
  const isSnoozed = notice?.phase === 'snoozed';
  return (
    <div tabIndex={-1} data-testid="device-monitoring-call" style={look ? boxOf(look, theme) : undefined}>
      {notice && <Icon look={look} />}
      <div style={{ flex: '1 1 0', minWidth: 0 }}>
        <div role="status">{notice?.announce === 'status' && text}</div>
        <div role="alert">{notice?.announce === 'alert' && text}</div>
        {notice?.announce === 'none' && text}
        {(isSnoozed || notice?.phase === 'active') && (
          <LinkButton
            id="snooze"
            text={isSnoozed ? 'DeviceMonitoringUnsnooze' : 'DeviceMonitoringSnooze'}
            onClick={() => onSnooze(call, !isSnoozed)}
          />
        )}
        {known && (
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 16px' }}>
            <LinkButton id="open" text="DeviceMonitoringPanel" onClick={() => viewStore.openPanel(known)} />
            <ReportButton key={known.handle} call={known} tools={tools} />
          </div>
        )}
      </div>
    </div>
  );
}

function boxOf(look, theme) {
  return {
    ...textStyle(theme),
    display: 'flex',
    gap: '8px',
    margin: '8px 12px',
    padding: '8px 12px',
    borderRadius: theme?.tokens?.radii?.borderRadius20 ?? '4px',
    borderStyle: 'solid',
    borderWidth: '1px 1px 1px 4px',
    borderColor: look.border,
    background: look.background,
    color: look.text,
  };
}

function NoticeText({ notice, look }) {
  const bold = { fontWeight: 600 };
  return (
    <div
      data-testid="device-monitoring-notice"
      data-diagnosis={notice.diagnosis}
      data-cause={notice.cause}
      data-phase={notice.phase}
      data-severity={notice.severity}
    >
      {look.word && (
        <strong style={{ ...bold, color: look.accent }}>
          <Text text={{ key: look.word }} />
        </strong>
      )}
      <div style={look.word && bold}>
        <Text text={notice.symptom} />
      </div>
      <div>
        <Text text={notice.advice && { key: notice.advice }} />
      </div>
    </div>
  );
}

/**
 * Registers the notice at the top of Flex's CallCanvas.
 * @param {object} flex
 * @param {ReturnType<import('./viewStore').createViewStore>} viewStore
 * @param {(call: object, snoozed: boolean) => void} onSnooze
 * @param {ReturnType<import('./agentTools').agentTools>} [tools] that the agent has
 */
export function addNoticeToCallCanvas(flex, viewStore, onSnooze, tools) {
  const place = (
    <Boundary
      key="device-monitoring-notice"
      name="the notice"
      component={Flex.withTheme(NoticePlace)}
      componentProps={{ viewStore, tools, onSnooze }}
    />
  );
  flex.CallCanvas.Content.add(place, { sortOrder: -1 });
}
