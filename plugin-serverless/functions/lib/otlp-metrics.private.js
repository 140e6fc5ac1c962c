/**
 * OTLP's request to export metrics, as JSON: counters and histograms of what has come since the instance last sent some
 * (delta temporality; docs/telemetry.md lists them).
 */
const { attributes, nanos } = require(Runtime.getFunctions()['lib/otlp-values'].path);
const { METRICS } = require(Runtime.getFunctions()['lib/otlp-logs'].path);

const DELTA = 1;
/** Metrics with many values of an attribute cost a lot, and a browser could make any up: others count as this one. */
const OTHER = '_OTHER';
const DIAGNOSES = [
  'connection-lost',
  'customer-cannot-hear-you',
  'no-audio-from-customer',
  'your-microphone',
  'your-computer',
  'your-network',
  'signaling-lost',
  'talking-while-muted',
  'can-customer-hear-you',
];
const CAUSES = [
  'microphone-ended',
  'microphone-muted',
  'computer-busy',
  'browser',
  'vpn',
  'wifi',
  'firewall',
  'path-switched',
];

/** Histogram → its unit, the upper limits of its buckets, and what it is of. */
const HISTOGRAMS = {
  'call.duration': ['s', [10, 30, 60, 120, 300, 600, 1200, 1800, 3600], 'How long a call lasted.'],
  'call.trouble.duration': ['s', [0, 5, 10, 30, 60, 120, 300, 600], 'For how long a call was in trouble.'],
  'call.rtt': ['s', [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1, 2], 'Mean round-trip time of a call.'],
  'call.jitter': ['s', [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2], 'Mean jitter of a call.'],
  'call.packet_loss': [
    '1',
    [0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5],
    'Mean share of lost packets of a call.',
  ],
  'call.mos': ['1', [1, 2, 2.5, 3, 3.5, 3.8, 4, 4.2, 4.4], 'Mean MOS of a call.'],
};
const COUNTERS = {
  alerts: ['{alert}', 'Alerts.'],
  calls: ['{call}', 'Calls that have ended.'],
  incidents: ['{incident}', 'Incidents that were opened.'],
};

/**
 * @param {ReturnType<typeof import('./telemetry-entry.private.js').describe>[]} described
 * @param {object} common
 * @param {object} common.resource what it comes from
 * @param {object} common.scope
 * @param {number} common.sinceMs when this instance last sent metrics
 * @param {number} common.nowMs
 * @returns {object | null} null if nothing of it counts
 */
exports.metricsRequest = (described, { resource, scope, sinceMs, nowMs }) => {
  const measured = described.flatMap(({ kind, event, data }) => MEASURED[kind](data, event));
  if (measured.length === 0) return null;
  const time = { startTimeUnixNano: nanos(sinceMs), timeUnixNano: nanos(nowMs) };
  const metrics = [...groupedBy(measured, ({ name }) => name)].map(([name, all]) => metricOf(name, all, time));
  return { resourceMetrics: [{ ...resource, scopeMetrics: [{ ...scope, metrics }] }] };
};

/** What one document counts for: {name, rows: its attributes, value: of a histogram}. */
const MEASURED = {
  alert: ({ alert, call }) => [
    {
      name: 'alerts',
      rows: [
        ['device_monitoring.call.direction', 'text', alert.direction],
        ['device_monitoring.call.verified', 'flag', call.verified],
        ['device_monitoring.diagnosis', 'text', known(DIAGNOSES, alert.diagnosis)],
        ['device_monitoring.cause', 'text', known(CAUSES, alert.cause)],
      ],
    },
  ],

  card({ card }) {
    // A supervisor listened in to a colleague's call, which has a card of its own.
    if (card.monitoring) return [];
    const rows = [
      ['device_monitoring.call.direction', 'text', card.direction],
      ['device_monitoring.team', 'text', card.team],
      ['device_monitoring.site', 'text', card.site],
    ];
    const metrics = Object.entries(METRICS).flatMap(([sdkName, { name, divisor }]) => {
      const mean = card.metrics[sdkName]?.[0];
      return mean === undefined || mean < 0 ? [] : [{ name: `call.${name}`, rows, value: mean / divisor }];
    });
    return [
      {
        name: 'calls',
        rows: [
          ...rows,
          ['device_monitoring.call.alerted', 'flag', (card.reasons ?? []).length > 0],
          ['device_monitoring.diagnosis', 'text', known(DIAGNOSES, card.diagnosis)],
          ['device_monitoring.cause', 'text', known(CAUSES, card.cause)],
        ],
      },
      { name: 'call.duration', rows, value: card.durationMs / 1000 },
      { name: 'call.trouble.duration', rows, value: card.warningMs / 1000 },
      ...metrics,
    ];
  },

  incident: ({ incident }, event) =>
    event === 'incident.opened'
      ? [{ name: 'incidents', rows: [['device_monitoring.incident.key.kind', 'text', incident.key.kind]] }]
      : [],
};

const known = (words, word) => (word === undefined || words.includes(word) ? word : OTHER);

/** One data point for each set of attributes: two with the same would contradict each other. */
function metricOf(name, measured, time) {
  const points = [...groupedBy(measured, ({ rows }) => JSON.stringify(rows)).values()].map((same) => ({
    attributes: attributes(same[0].rows),
    ...time,
    ...(name in COUNTERS ? { asInt: String(same.length) } : histogramPoint(name, same)),
  }));
  const about = { name: `device_monitoring.${name}` };
  if (name in COUNTERS) {
    const [unit, description] = COUNTERS[name];
    return {
      ...about,
      description,
      unit,
      sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints: points },
    };
  }
  const [unit, , description] = HISTOGRAMS[name];
  return { ...about, description, unit, histogram: { aggregationTemporality: DELTA, dataPoints: points } };
}

function histogramPoint(name, measured) {
  const [, bounds] = HISTOGRAMS[name];
  const values = measured.map(({ value }) => value);
  const counts = Array(bounds.length + 1).fill(0);
  for (const value of values) {
    const index = bounds.findIndex((bound) => value <= bound);
    counts[index < 0 ? bounds.length : index] += 1;
  }
  return {
    count: String(values.length),
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    explicitBounds: bounds,
    bucketCounts: counts.map(String),
  };
}

/** @returns {Map<string, any[]>} */
function groupedBy(all, keyOf) {
  const groups = new Map();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
