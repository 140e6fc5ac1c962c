/**
 * OTLP's request to export logs, as JSON: one log record for each alert, card and change of an incident
 * (docs/telemetry.md lists the attributes).
 */
const { safeText } = require(Runtime.getFunctions()['lib/log'].path);
const { attributes, nanos, seconds } = require(Runtime.getFunctions()['lib/otlp-values'].path);

const LONGEST_BODY = 1_000;
// OpenTelemetry's severities.
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };
const ERROR = { severityNumber: 17, severityText: 'ERROR' };
/** Kind of network → OpenTelemetry's word for it. It has none for the others. */
const CONNECTION_TYPES = new Map([
  ['ethernet', 'wired'],
  ['wifi', 'wifi'],
  ['cellular', 'cell'],
]);

/**
 * @param {ReturnType<typeof import('./telemetry-entry.private.js').describe>[]} described
 * @param {object} common
 * @param {object} common.resource what it comes from
 * @param {object} common.scope
 * @param {number} common.nowMs
 */
exports.logsRequest = (described, { resource, scope, nowMs }) => ({
  resourceLogs: [{ ...resource, scopeLogs: [{ ...scope, logRecords: described.map((one) => record(one, nowMs)) }] }],
});

function record({ kind, event, id, atMs, data }, nowMs) {
  const { severity, body, rows } = RECORDS[kind](data, event);
  return {
    timeUnixNano: nanos(atMs),
    observedTimeUnixNano: nanos(nowMs),
    ...severity,
    eventName: `device_monitoring.${event}`,
    body: { stringValue: safeText(body, LONGEST_BODY) },
    attributes: attributes([['device_monitoring.event.id', 'text', id], ...rows]),
  };
}

const RECORDS = {
  alert({ alert, call }) {
    // Its own fields alone: it must not say which call it was.
    const { headset, codec, networkType, network, relayProtocol } = alert.endpoint ?? {};
    const conditions = alert.conditions.map(({ name }) => name);
    const rules = alert.reasons.map(({ rule }) => rule);
    return {
      severity: WARN,
      body: alert.reasons.map(({ text }) => text).join(' '),
      rows: [
        ['enduser.id', 'text', alert.workerSid],
        ['device_monitoring.call.verified', 'flag', call.verified],
        ['twilio.task.sid', 'text', alert.taskSid],
        ['twilio.conference.sid', 'text', alert.conferenceSid],
        ['user_agent.original', 'text', alert.browser],
        ...callRows({ ...alert, headset, codec, networkType, network, relayProtocol, rules, conditions }),
        ...Object.entries(METRICS).flatMap(([sdkName, metric]) => {
          const summary = alert.metrics[sdkName];
          return summary ? metricRows(metric, summary.mean, summary.p95) : [];
        }),
      ],
    };
  },

  card({ card }) {
    const { reasons: rules = [], diagnosis, cause } = card;
    const what = [diagnosis, cause].filter(Boolean).join(', ');
    return {
      severity: INFO,
      body: `A call of ${Math.round(card.durationMs / 1000)} s, ${Math.round(card.warningMs / 1000)} s of it in trouble${what && `: ${what}`}.`,
      rows: [
        // Where workers are not to be named, the card has a pseudonym.
        [card.worker.startsWith('P-') ? 'enduser.pseudo.id' : 'enduser.id', 'text', card.worker],
        ['device_monitoring.team', 'text', card.team],
        ['device_monitoring.site', 'text', card.site],
        ['device_monitoring.call.agent_report', 'flag', card.agentReport],
        ...callRows({ ...card, rules, conditions: Object.keys(card.conditions ?? {}) }),
        ...Object.entries(METRICS).flatMap(([sdkName, metric]) => {
          const [mean, p95] = card.metrics[sdkName] ?? [];
          return mean === undefined ? [] : metricRows(metric, mean, p95);
        }),
      ],
    };
  },

  incident({ incident }, event) {
    const { key, with: sharing, without, ending } = incident;
    const shared = key.value === undefined ? key.kind : `${key.kind} ${key.value}`;
    const others = without.agents > 0 ? ` Of all others, ${without.troubled} of ${without.agents} are.` : '';
    const isOpen = event.endsWith('.opened');
    return {
      severity: isOpen ? ERROR : INFO,
      body: isOpen
        ? `${sharing.troubled} of ${sharing.agents} agents in calls are in trouble: ${shared}.${others}`
        : `The incident is over: ${shared}.`,
      rows: [
        ['device_monitoring.incident.id', 'text', incident.id],
        ['device_monitoring.incident.key.kind', 'text', key.kind],
        ['device_monitoring.incident.key.value', 'text', key.value],
        ['device_monitoring.incident.ending', 'text', ending],
        ['device_monitoring.incident.since', 'text', new Date(incident.since).toISOString()],
        ['device_monitoring.incident.agents', 'count', sharing.agents],
        ['device_monitoring.incident.agents_in_trouble', 'count', sharing.troubled],
        ['device_monitoring.incident.other_agents', 'count', without.agents],
        ['device_monitoring.incident.other_agents_in_trouble', 'count', without.troubled],
        ['device_monitoring.incident.diagnoses', 'texts', Object.keys(incident.diagnoses ?? {})],
        ['device_monitoring.incident.causes', 'texts', Object.keys(incident.causes ?? {})],
      ],
    };
  },
};

/** What alerts and cards have in common. */
const callRows = (call) => [
  ['twilio.call.sid', 'text', call.callSid],
  ['device_monitoring.call.direction', 'text', call.direction],
  ['device_monitoring.call.duration', 'number', seconds(call.durationMs)],
  ['device_monitoring.call.trouble.duration', 'number', seconds(call.warningMs)],
  ['device_monitoring.rules', 'texts', call.rules],
  ['device_monitoring.diagnosis', 'text', call.diagnosis],
  ['device_monitoring.cause', 'text', call.cause],
  ['device_monitoring.conditions', 'texts', call.conditions],
  ['device_monitoring.call.midway', 'flag', call.midway],
  ['device_monitoring.call.monitoring', 'flag', call.monitoring],
  ['device_monitoring.call.cut_short', 'flag', call.cutShort],
  ['network.connection.type', 'text', CONNECTION_TYPES.get(call.networkType)],
  ['device_monitoring.network.type', 'text', call.networkType],
  ['device_monitoring.network.name', 'text', call.network],
  ['device_monitoring.relay.protocol', 'text', call.relayProtocol],
  ['device_monitoring.headset.model', 'text', call.headset],
  ['device_monitoring.codec', 'text', call.codec],
  ['twilio.edge', 'text', call.edge],
  ['device_monitoring.plugin.version', 'text', call.versions.plugin],
  ['twilio.flex_ui.version', 'text', call.versions.flexUi],
  ['twilio.voice_sdk.version', 'text', call.versions.voiceSdk],
];

/** The Voice SDK's metric → its attribute, and how many of the SDK's unit are one of OpenTelemetry's. */
const METRICS = {
  rtt: { name: 'rtt', divisor: 1000 },
  jitter: { name: 'jitter', divisor: 1000 },
  packetsLostFraction: { name: 'packet_loss', divisor: 100 },
  mos: { name: 'mos', divisor: 1 },
};

const metricRows = ({ name, divisor }, mean, p95) => [
  [`device_monitoring.call.${name}.mean`, 'number', mean / divisor],
  [`device_monitoring.call.${name}.p95`, 'number', p95 / divisor],
];

exports.METRICS = METRICS;
