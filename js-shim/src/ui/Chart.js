import React from 'react';

import { Text } from './Text';
import { useOwnTurn } from './useOwnTurn';

const WIDTH = 150;
const HEIGHT = 36;
const TITLE_HEIGHT = '1.125rem';
/** Charts beside each other stand on one line, however long their names are; and none moves when one is drawn. */
/** @type {import('react').CSSProperties} */
const CHART = {
  display: 'flex',
  flexDirection: 'column',
  justifyContent: 'space-between',
  minHeight: `calc(${TITLE_HEIGHT} + ${HEIGHT}px)`,
};
const TITLE = { display: 'flex', justifyContent: 'space-between', gap: '4px' };
/** @type {import('react').CSSProperties} */
const VALUES = { whiteSpace: 'nowrap' };
const NEWEST = { fontWeight: 600 };
const LINE = { display: 'block', width: '100%', height: `${HEIGHT}px` };
const STROKE = { fill: 'none', strokeWidth: '1.5', vectorEffect: 'non-scaling-stroke' };

const isKnown = (value) => value !== null && value !== undefined;

/**
 * The panel's charts by name: text key, smallest range of the y axis, digits and unit of the newest value. Audio levels
 * show no number.
 */
const LINES = {
  rtt: { text: { key: 'DeviceMonitoringRtt' }, least: [0, 400], digits: 0, unit: ' ms' },
  jitter: { text: { key: 'DeviceMonitoringJitter' }, least: [0, 30], digits: 0, unit: ' ms' },
  packetsLostFraction: { text: { key: 'DeviceMonitoringLossIn' }, least: [0, 10], digits: 1, unit: ' %' },
  outboundPacketsLostFraction: { text: { key: 'DeviceMonitoringLossOut' }, least: [0, 10], digits: 1, unit: ' %' },
  mos: { text: { key: 'DeviceMonitoringMos' }, least: [1, 4.5], digits: 1, unit: '' },
  concealed: { text: { key: 'DeviceMonitoringConcealed' }, least: [0, 10], digits: 1, unit: ' %' },
  jitterBufferDelay: { text: { key: 'DeviceMonitoringJitterBufferDelay' }, least: [0, 200], digits: 0, unit: ' ms' },
  audioInputLevel: { text: { key: 'DeviceMonitoringYou' }, least: [0, 20000] },
  audioOutputLevel: { text: { key: 'DeviceMonitoringCustomer' }, least: [0, 20000] },
};

/** By digits. Making one takes far longer than using it, and the panel is drawn every second. */
const formats = new Map();

function valueText(value, digits) {
  if (!isKnown(value)) return '–';
  if (!formats.has(digits)) formats.set(digits, new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }));
  return formats.get(digits).format(value);
}

/**
 * One line of a call so far, its newest value and its threshold: what breaches is above the dashed line (below it, of the score), and trouble is shaded.
 * @param {{chart: import('../generated/monitor').Chart, elapsed: number, step: number, line: string, limit: string}} props
 *   line, limit: colours
 */
function Chart({ chart, elapsed, step, line, limit }) {
  const isDrawn = useOwnTurn();
  return (
    <div data-testid={`device-monitoring-chart-${chart.name}`} style={CHART}>
      {isDrawn && <Drawing chart={chart} elapsed={elapsed} step={step} line={line} limit={limit} />}
    </div>
  );
}
/** A panel that is drawn again because something else in it has changed has the same charts. */
const MemoisedChart = React.memo(Chart);
export { MemoisedChart as Chart };

function Drawing({ chart: { name, points, threshold, degradations }, elapsed, step, line, limit }) {
  const { text, least, digits, unit } = LINES[name];
  const known = points.filter(isKnown);
  const [bottom, top] = [least[0], Math.max(least[1], ...known)];
  const span = Math.max(elapsed, points.length * step, 1);
  const x = (ms) => Math.round((ms / span) * WIDTH);
  const y = (value) => Math.round((1 - (value - bottom) / (top - bottom)) * (HEIGHT - 2)) + 1;

  const path = points
    .map((value, index) => {
      if (!isKnown(value)) return '';
      const pen = isKnown(points[index - 1]) ? 'L' : 'M';
      // A point by itself is a dot.
      return `${pen}${x((index + 0.5) * step)} ${y(value)}h.1`;
    })
    .join('');
  // The last stretch may have only begun.
  const newest = points[points.length - 1] ?? points[points.length - 2];
  const isLimitInSight = threshold !== null && threshold >= bottom && threshold <= top;
  return (
    <>
      <div style={TITLE}>
        <span>
          <Text text={text} />
        </span>
        {unit !== undefined && (
          <span style={VALUES}>
            <strong style={NEWEST}>{valueText(newest, digits)}</strong>
            {isKnown(threshold) && ` / ${valueText(threshold, digits)}`}
            {unit}
          </span>
        )}
      </div>
      <svg aria-hidden="true" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" style={LINE}>
        {degradations.map(({ from, until }, index) => (
          <rect
            // eslint-disable-next-line react/no-array-index-key -- two stretches can be equal, and none has a state
            key={index}
            x={x(from)}
            width={Math.max(x(until === null ? span : until) - x(from), 1)}
            height={HEIGHT}
            fill={limit}
            fillOpacity="0.2"
            stroke={limit}
            strokeWidth="0.5"
          />
        ))}
        {isLimitInSight && <path {...STROKE} d={`M0 ${y(threshold)}h${WIDTH}`} stroke={limit} strokeDasharray="4 3" />}
        <path {...STROKE} d={path} stroke={line} strokeLinecap="round" />
      </svg>
    </>
  );
}
