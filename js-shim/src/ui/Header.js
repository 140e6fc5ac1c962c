import * as Flex from '@twilio/flex-ui';
import React from 'react';

import { Boundary } from './Boundary';
import { Icon } from './Icon';
import { Panel } from './Panel';
import { useViewStore } from './useViewStore';
import { appearanceOf } from './severity';
import { Text, plainText } from './Text';

const QUIET = { severity: 'quiet', symptom: { key: 'DeviceMonitoringQuiet' } };
/** With `agentTools`, the button that opens the panel. Without `alertAgent`, it must not say that all is well. */
const BUTTON = { severity: 'quiet', symptom: { key: 'DeviceMonitoringPanel' } };
/** @type {import('react').CSSProperties} */
const FOR_SCREEN_READERS = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clip: 'rect(0 0 0 0)',
  whiteSpace: 'nowrap',
};

/**
 * How the calls are, for an agent who looks at something else: the loudest notice of all. Nothing is announced here.
 * Agents who have the tools open their panel with it.
 */
function HeaderState({ viewStore, tools, theme }) {
  const { notice, panel } = useViewStore(viewStore, null, () => ({
    notice: viewStore.loudest() ?? (tools ? BUTTON : QUIET),
    panel: viewStore.panel(),
  }));
  const look = appearanceOf(notice === BUTTON ? 'ended' : notice.severity, theme);
  /** @type {import('react').CSSProperties} */
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
  const state = {
    'data-testid': 'device-monitoring-header',
    'data-severity': notice.severity,
    title: plainText(notice.symptom.key),
  };
  const content = (
    <>
      <Icon look={look.word ? look : { ...look, accent: 'currentColor' }} />
      {look.word && <Text text={{ key: look.word }} />}
      <span style={FOR_SCREEN_READERS}>
        <Text text={notice.symptom} />
      </span>
    </>
  );
  if (!tools)
    return (
      <div {...state} style={style}>
        {content}
      </div>
    );
  const toggle = () => (panel.isOpen ? viewStore.closePanel() : viewStore.openPanel());
  return (
    <div style={{ alignSelf: 'center' }}>
      <button
        {...state}
        type="button"
        aria-expanded={panel.isOpen}
        style={{ border: 0, background: 'none', color: 'inherit', font: 'inherit', cursor: 'pointer', ...style }}
        onClick={toggle}
      >
        {content}
      </button>
      {panel.isOpen && <Panel viewStore={viewStore} tools={tools} theme={theme} />}
    </div>
  );
}

/**
 * Registers the small state in Flex's MainHeader.
 * @param {object} flex
 * @param {ReturnType<import('./viewStore').createViewStore>} viewStore
 * @param {ReturnType<import('./agentTools').agentTools>} [tools] that the agent has
 */
export function addStateToHeader(flex, viewStore, tools) {
  const state = (
    <Boundary
      key="device-monitoring-state"
      name="the state in the header"
      component={Flex.withTheme(HeaderState)}
      componentProps={{ viewStore, tools }}
    />
  );
  flex.MainHeader.Content.add(state, { sortOrder: -1, align: 'end' });
}
