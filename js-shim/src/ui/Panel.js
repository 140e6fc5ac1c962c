import React, { useEffect, useRef, useState } from 'react';

import { inOwnTask } from '../scheduling';
import { Chart } from './Chart';
import { Check } from './Check';
import { formatDuration } from './formatDuration';
import { LinkButton } from './LinkButton';
import { ReportButton } from './ReportButton';
import { appearanceOf } from './severity';
import { Text, plainText } from './Text';

const REFRESH_MS = 1000;
/** Below Flex's header. */
const TOP = '72px';
const NAME = { key: 'DeviceMonitoringPanel' };
const NO_CALL = { key: 'DeviceMonitoringNoCall' };
const QUIET = { key: 'DeviceMonitoringQuiet' };

const when = (from, until) =>
  until === from ? formatDuration(from) : `${formatDuration(from)} – ${until === null ? '' : formatDuration(until)}`;

/**
 * The one that the agent has chosen, or the newest; one that is over makes way for one that is not. At the moment at which
 * a call ends there may be none.
 */
const callToShow = (chosen, tools) =>
  chosen && (tools.isInProgress(chosen) || !tools.isBusy()) ? chosen : tools.newest();

/**
 * The agent's own view of a call: how it has been so far and what happened when. Opened by the agent, closed by the
 * button or Escape; the focus goes back to where it came from. Nothing is drawn while the page is hidden.
 */
export function Panel({ viewStore, tools, theme }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    const onKey = (event) => event.key === 'Escape' && viewStore.closePanel();
    document.addEventListener('keydown', onKey);
    // The browser lays the page out for it: not in one task with the drawing.
    inOwnTask(() => box.current?.focus());
    return () => {
      document.removeEventListener('keydown', onKey);
      inOwnTask(() => opener?.focus?.());
    };
  }, [viewStore]);

  const { call: chosen } = viewStore.panel();
  const call = callToShow(chosen, tools);
  const [shown, setShown] = useState(/** @type {{call: any, panel: object | undefined} | undefined} */ (undefined));
  useEffect(() => {
    let isShown = true;
    const refresh = () => {
      if (!isShown || document.hidden) return;
      const now = callToShow(chosen, tools);
      setShown(now && { call: now, panel: tools.panel(now) });
    };
    inOwnTask(refresh);
    const timer = setInterval(refresh, REFRESH_MS);
    return () => {
      isShown = false;
      clearInterval(timer);
    };
  }, [call, chosen, tools]);

  const { background, border, text } = appearanceOf('quiet', theme);
  const colours = { line: text, limit: appearanceOf('warning', theme).accent };
  /** @type {import('react').CSSProperties} */
  const style = {
    position: 'fixed',
    zIndex: 1300,
    top: TOP,
    right: '8px',
    boxSizing: 'border-box',
    width: '380px',
    maxWidth: 'calc(100vw - 16px)',
    maxHeight: `calc(100vh - ${TOP} - 8px)`,
    overflow: 'auto',
    padding: '12px',
    border: `1px solid ${border}`,
    borderRadius: '8px',
    boxShadow: '0 4px 16px rgba(18, 28, 45, 0.2)',
    background,
    color: text,
    fontSize: '0.75rem',
    fontWeight: 400,
    lineHeight: '1.125rem',
    textAlign: 'left',
    whiteSpace: 'normal',
  };
  return (
    <div
      ref={box}
      role="dialog"
      tabIndex={-1}
      aria-label={plainText('DeviceMonitoringPanel')}
      data-testid="device-monitoring-panel"
      style={style}
    >
      <div style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
        <strong style={{ fontSize: '0.875rem', fontWeight: 600 }}>
          <Text text={NAME} />
        </strong>
        <LinkButton id="close" text="DeviceMonitoringClose" onClick={viewStore.closePanel} />
      </div>
      {shown?.panel ? (
        <>
          <Body panel={shown.panel} colours={colours} />
          <ReportButton key={shown.call.handle} call={shown.call} tools={tools} />
        </>
      ) : (
        <Text text={NO_CALL} />
      )}
      {!tools.isBusy() && <Check tools={tools} theme={theme} />}
    </div>
  );
}

function Happening({ from, until, what }) {
  return (
    <li>
      <strong style={{ fontWeight: 600 }}>{when(from, until)}</strong> <Text text={{ key: what }} />
    </li>
  );
}
const MemoisedHappening = React.memo(Happening);

function Body({ panel, colours }) {
  const { elapsed, step, charts, timeline } = panel;
  const grid = {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))',
    gap: '8px 16px',
    margin: '8px 0',
  };
  return (
    <>
      <div style={grid}>
        {charts.map((chart) => (
          <Chart key={chart.name} chart={chart} elapsed={elapsed} step={step} {...colours} />
        ))}
      </div>
      {timeline.length === 0 && <Text text={QUIET} />}
      <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
        {timeline.map(({ from, until, what }) => (
          <MemoisedHappening key={from + what} from={from} until={until} what={what} />
        ))}
      </ul>
    </>
  );
}
