import * as Flex from '@twilio/flex-ui';
import React, { useEffect, useState } from 'react';

import { Boundary } from './Boundary';
import { Icon } from './Icon';
import { lookOf } from './severity';
import { Text } from './Text';

const QUIET = { severity: 'quiet', symptom: { key: 'DeviceMonitoringQuiet' } };
const FOR_SCREEN_READERS = {
  position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clip: 'rect(0 0 0 0)', whiteSpace: 'nowrap',
};

/** How the calls are, for an agent who looks at something else: the loudest notice of all. Nothing is announced here. */
function HeaderState({ views, theme }) {
  const [notice = QUIET, setNotice] = useState(views.loudest);
  useEffect(() => {
    const update = () => setNotice(views.loudest);
    update();
    return views.subscribe(update, null);
  }, [views]);

  const look = lookOf(notice.severity, theme);
  const style = {
    position: 'relative',
    display: 'flex',
    alignItems: 'center',
    gap: '4px',
    margin: '0 8px',
    padding: '4px 8px',
    borderRadius: '12px',
    fontSize: theme?.tokens?.fontSizes?.fontSize20 ?? '0.75rem',
    fontWeight: 600,
    ...(look.word && { background: look.background, color: look.accent }),
  };
  return (
    <div
      data-testid="device-monitoring-header"
      data-severity={notice.severity}
      title={Flex.templates[notice.symptom.key]?.()}
      style={style}
    >
      <Icon look={look.word ? look : { ...look, accent: 'currentColor' }} />
      {look.word && <Text text={{ key: look.word }} />}
      <span style={FOR_SCREEN_READERS}>
        <Text text={notice.symptom} />
      </span>
    </div>
  );
}

/**
 * Registers the small state in Flex's MainHeader.
 * @param {object} flex
 * @param {ReturnType<import('./views').createViews>} views
 */
export function addStateToHeader(flex, views) {
  const Themed = Flex.withTheme(HeaderState);
  const State = () => (
    <Boundary name="the state in the header">
      <Themed views={views} />
    </Boundary>
  );
  flex.MainHeader.Content.add(<State key="device-monitoring-state" />, { sortOrder: -1, align: 'end' });
}
