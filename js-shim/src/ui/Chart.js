import React from 'react';

import { Text } from './Text';

const WIDTH = 150;
const HEIGHT = 36;
/** Charts beside each other stand on one line, however long their names are. */
/** @type {import('react').CSSProperties} */
const CHART = { display: 'flex', flexDirection: 'column', justifyContent: 'space-between' };
const STROKE = { fill: 'none', strokeWidth: '1.5', vectorEffect: 'non-scaling-stroke' };

const isKnown = (value) => value !== null && value !== undefined;

/**
 * The panel's charts by name: text key, smallest range of the y axis, digits and unit of the newest value. Audio levels
 * show no number.
 */
const LINES = {
  rtt: { key: 'DeviceMonitoringRtt', least: [0, 400], digits: 0, unit: ' ms' },
  jitter: { key: 'DeviceMonitoringJitter', least: [0, 30], digits: 0, unit: ' ms' },
  packetsLostFraction: { key: 'DeviceMonitoringLossIn', least: [0, 10], digits: 1, unit: ' %' },
  outboundPacketsLostFraction: { key: 'DeviceMonitoringLossOut', least: [0, 10], digits: 1, unit: ' %' },
  mos: { key: 'DeviceMonitoringMos', least: [1, 4.5], digits: 1, unit: '' },
  concealed: { key: 'DeviceMonitoringConcealed', least: [0, 10], digits: 1, unit: ' %' },
  jitterBufferDelay: { key: 'DeviceMonitoringJitterBufferDelay', least: [0, 200], digits: 0, unit: ' ms' },
  audioInputLevel: { key: 'DeviceMonitoringYou', least: [0, 20000] },
  audioOutputLevel: { key: 'DeviceMonitoringCustomer', least: [0, 20000] },
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
 * @param {{chart: object, panel: {elapsed: number, step: number}, colours: {line: string, limit: string}}} props
 */
export function Chart({ chart: { name, points, threshold, degradations }, panel: { elapsed, step }, colours }) {
  const { key, least, digits, unit } = LINES[name];
  const known = points.filter((value) => value !== null);
  const [bottom, top] = [least[0], Math.max(least[1], ...known)];
  const span = Math.max(elapsed, points.length * step, 1);
  const x = (ms) => Math.round((ms / span) * WIDTH);
  const y = (value) => Math.round((1 - (value - bottom) / (top - bottom)) * (HEIGHT - 2)) + 1;

  const line = points
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
    <div data-testid={`device-monitoring-chart-${name}`} style={CHART}>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: '4px' }}>
        <span>
          <Text text={{ key }} />
        </span>
        {unit !== undefined && (
          <span style={{ whiteSpace: 'nowrap' }}>
            <strong style={{ fontWeight: 600 }}>{valueText(newest, digits)}</strong>
            {` / ${valueText(threshold, digits)}${unit}`}
          </span>
        )}
      </div>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        style={{ display: 'block', width: '100%', height: `${HEIGHT}px` }}
      >
        {degradations.map(({ from, until }, index) => (
          <rect
            // eslint-disable-next-line react/no-array-index-key -- two stretches can be equal, and none has a state
            key={index}
            x={x(from)}
            width={Math.max(x(until === null ? span : until) - x(from), 1)}
            height={HEIGHT}
            fill={colours.limit}
            fillOpacity="0.2"
            stroke={colours.limit}
            strokeWidth="0.5"
          />
        ))}
        {isLimitInSight && (
          <path {...STROKE} d={`M0 ${y(threshold)}h${WIDTH}`} stroke={colours.limit} strokeDasharray="4 3" />
        )}
        <path {...STROKE} d={line} stroke={colours.line} strokeLinecap="round" />
      </svg>
    </div>
  );
}
