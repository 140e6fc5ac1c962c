/**
 * Sends alerts, cards and incidents to what a centre watches already (docs/telemetry.md): as CloudEvents to a webhook,
 * and as OTLP's logs and metrics to a collector. Off until a variable says where to.
 *
 * It comes after everything else that a request does, ends in time, and never throws: whatever becomes of it, the alert's
 * action and the answer are the same. What cannot be delivered is lost, and the log says how much.
 */
const { randomUUID } = require('node:crypto');
const { setTimeout: sleep } = require('node:timers/promises');

/** @type {<Name extends import('../../types').PartName>(name: Name) => import('../../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { ActionNotPerformed } = lib('action-not-performed');
const { CONTENT_TYPE, cloudEventOf } = lib('cloudevents');
const { logFailure, shouldLogNow } = lib('log');
const { logsRequest } = lib('otlp-logs');
const { metricsRequest } = lib('otlp-metrics');
const { attributes } = lib('otlp-values');
const { readOptions } = lib('options');
const { WEBHOOK_OPTIONS, post, signatureOf } = lib('post');
const { SyncUnavailable, syncDocumentsOf } = lib('sync-documents');
const { describe } = lib('telemetry-entry');
const { twilioClient } = lib('twilio');

// Of the 10 s that a hosted Function has.
const UNTIL_MS = 9_500;
const LIMIT_MS = 2_000;
const CLAIM_LIMIT_MS = 1_000;
const SHORTEST_MS = 300;
const RETRY_PAUSE_MS = 250;
// OTLP's list of answers after which a client may try again.
const MAY_PASS = [429, 502, 503, 504];
const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];
// The browser keeps an alert for 31 days.
const CLAIM_TTL_S = 35 * 86_400;

// As of a webhook.
const [ADDRESS, SECRET] = WEBHOOK_OPTIONS.map((option) => ({ ...option, fallback: '' }));
const PAIRS = {
  // As in OpenTelemetry's specification: name=value, separated by commas, with signs escaped as in an address.
  format: /^\s*[\w.-]+\s*=[^,\r\n]*(,\s*[\w.-]+\s*=[^,\r\n]*)*$/,
  fallback: '',
  description: 'name=value, several separated by commas, with signs escaped as in an address (a space is %20)',
};
const CLOUDEVENTS_OPTIONS = [
  { ...ADDRESS, name: 'CLOUDEVENTS_URL' },
  { name: 'CLOUDEVENTS_HEADERS', ...PAIRS },
  { ...SECRET, name: 'CLOUDEVENTS_SECRET' },
  {
    name: 'CLOUDEVENTS_TYPE_PREFIX',
    format: /^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$/,
    fallback: 'flex.device-monitoring',
    description: 'what the types of events begin with, such as com.example.flex',
  },
];
const OTLP_OPTIONS = [
  { ...ADDRESS, name: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  { ...ADDRESS, name: 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT' },
  { ...ADDRESS, name: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT' },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', ...PAIRS },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', ...PAIRS },
  { name: 'OTEL_SERVICE_NAME', fallback: 'device-monitoring', description: 'a name' },
];
const KINDS = ['alert', 'card', 'incident'];
const KINDS_OPTIONS = [
  {
    name: 'TELEMETRY_KINDS',
    format: new RegExp(`^\\s*(${KINDS.join('|')})(\\s*,\\s*(${KINDS.join('|')}))*\\s*$`),
    fallback: KINDS.join(','),
    description: `some of ${KINDS.join(', ')}, separated by commas`,
  },
];

// OpenTelemetry wants each stream of metrics to have one writer, and instances know nothing of each other.
const instanceId = randomUUID();
let sentMetricsAt = Date.now();
/** Exporter → how much was lost since the log last said so. */
const lost = new Map();

/** The exporters that are set up, each with how it sends. A wrong variable is logged, and is as if it were not set. */
function exporters(context) {
  return [cloudEvents(context), otlp(context)].flat();
}

function optionsOf(declared, context) {
  try {
    return readOptions(declared, context);
  } catch {
    return null;
  }
}

function cloudEvents(context) {
  const options = optionsOf(CLOUDEVENTS_OPTIONS, context);
  const { CLOUDEVENTS_URL: url, CLOUDEVENTS_SECRET: secret } = options ?? {};
  if (!options || !url) return [];
  const headers = pairsOf(options.CLOUDEVENTS_HEADERS);
  return [
    {
      name: 'cloudevents',
      requests: (described) =>
        described.map((one) => ({
          url,
          document: cloudEventOf(one, context, options.CLOUDEVENTS_TYPE_PREFIX),
          count: 1,
        })),
      headersOf: (body) => ({ ...headers, ...(secret && signatureOf(body, secret)), 'Content-Type': CONTENT_TYPE }),
    },
  ];
}

function otlp(context) {
  const options = optionsOf(OTLP_OPTIONS, context);
  if (!options) return [];
  const base = options.OTEL_EXPORTER_OTLP_ENDPOINT;
  const under = (path) => base && `${base.replace(/\/$/, '')}${path}`;
  const headers = pairsOf(options.OTEL_EXPORTER_OTLP_HEADERS);
  const headersOf = () => ({ ...headers, 'Content-Type': 'application/json' });
  const common = {
    resource: {
      resource: {
        attributes: attributes(
          Object.entries({
            'cloud.account.id': context.ACCOUNT_SID,
            'service.instance.id': instanceId,
            ...pairsOf(options.OTEL_RESOURCE_ATTRIBUTES),
            'service.name': options.OTEL_SERVICE_NAME,
          }).map(([name, value]) => [name, 'text', value]),
        ),
      },
    },
    scope: { scope: { name: 'device-monitoring' } },
  };
  const exporter = (name, url, documentOf) => ({
    name,
    requests(described) {
      const document = documentOf(described);
      return document ? [{ url, document, count: described.length }] : [];
    },
    headersOf,
  });
  const logs = options.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT || under('/v1/logs');
  const metrics = options.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT || under('/v1/metrics');
  return [
    ...(logs
      ? [exporter('otlp-logs', logs, (described) => logsRequest(described, { ...common, nowMs: Date.now() }))]
      : []),
    ...(metrics
      ? [
          exporter('otlp-metrics', metrics, (described) => {
            const sinceMs = sentMetricsAt;
            sentMetricsAt = Math.max(Date.now(), sinceMs + 1);
            return metricsRequest(described, { ...common, sinceMs, nowMs: sentMetricsAt });
          }),
        ]
      : []),
  ];
}

/** 'api-key=abc,x-team=a%20b' → {'api-key': 'abc', 'x-team': 'a b'} */
function pairsOf(text) {
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair.trim())
      .map((pair) => {
        const [, name, value] = /** @type {RegExpExecArray} */ (/^\s*([^=\s]+)\s*=(.*)$/s.exec(pair));
        return [name, unescaped(value.trim())];
      }),
  );
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether entries of this kind go anywhere. */
function isWanted(kind, context) {
  const options = optionsOf(KINDS_OPTIONS, context);
  const kinds = options ? options.TELEMETRY_KINDS.split(',').map((word) => word.trim()) : [];
  return kinds.includes(kind) && exporters(context).length > 0;
}

/** Nothing that fails here is anybody else's failure. */
async function harmless(send) {
  try {
    await send();
  } catch (error) {
    if (shouldLogNow('telemetry')) logFailure({ event: 'device-monitoring.telemetry-failed' }, error);
  }
}

/**
 * Sends what is worth sending of the entries, to every exporter at once.
 *
 * @param {object} context the Function's context
 * @param {import('./telemetry-entry.private.js').Entry[]} entries
 * @param {object} how
 * @param {number} how.started when the request came
 * @param {{workerSid: string}} [how.worker] whose token an alert came with
 */
exports.sendTelemetry = (context, entries, { started, worker }) =>
  harmless(async () => {
    const wanted = entries.filter(({ kind }) => isWanted(kind, context));
    if (wanted.length === 0) return;
    const until = started + UNTIL_MS;
    await Promise.all(
      exporters(context).map(async (exporter) => {
        try {
          const described = wanted.map((entry) => describe(entry, worker));
          await Promise.all(exporter.requests(described).map((request) => deliver(exporter, request, until)));
        } catch (error) {
          noteLoss(exporter, wanted.length, error);
        }
      }),
    );
  });

/**
 * Sends an alert, if no request has done so before: it comes again when its action failed, or an answer was lost.
 *
 * @param {object} context the Function's context
 * @param {import('./telemetry-entry.private.js').Entry} entry an alert
 * @param {object} how
 * @param {number} how.started when the request came
 * @param {{workerSid: string}} [how.worker] whose token an alert came with
 * @param {boolean} [how.isSyncThere] false if Sync has been found not to answer, or not to be set up
 */
exports.sendTelemetryOnce = (context, entry, { started, worker, isSyncThere = true }) =>
  harmless(async () => {
    if (!isWanted(entry.kind, context)) return;
    // As the action of an alert that may be run twice: without Sync, it may be sent twice.
    if (isSyncThere && !(await isFirst(context, claimName(entry, worker), started + UNTIL_MS))) return;
    await exports.sendTelemetry(context, [entry], { started, worker });
  });

/**
 * With the worker, so that nobody can claim a colleague's alert.
 * @param {import('./telemetry-entry.private.js').Entry} entry
 * @param {{workerSid: string}} [worker]
 */
const claimName = ({ alert }, worker) => `${worker?.workerSid}-${alert?.id}`;

/** The first to make the document sends the alert. */
async function isFirst(context, name, deadline) {
  const documents = syncDocumentsOf(twilioClient(context, { deadline, limitMs: CLAIM_LIMIT_MS }), context);
  try {
    await documents.checkService();
    return Boolean(await documents.create(`device-monitoring-telemetry-${name}`, { at: Date.now() }, CLAIM_TTL_S));
  } catch (error) {
    if (!(error instanceof SyncUnavailable)) logFailure({ event: 'device-monitoring.telemetry-failed' }, error);
    return true;
  }
}

/** Posts, and once more if that may help and there is time. */
async function deliver(exporter, { url, document, count }, until) {
  // Half of a character, as an agent may write into their attributes, is no JSON to many receivers.
  const whole = (_key, value) => (typeof value === 'string' ? /** @type {any} */ (value).toWellFormed() : value);
  const body = JSON.stringify(document, whole);
  const end = Math.min(until, Date.now() + LIMIT_MS);
  for (let tries = 1; ; tries += 1) {
    const left = end - Date.now();
    try {
      if (left < SHORTEST_MS) throw Object.assign(new Error('no time is left'), { code: 'NO_TIME_LEFT' });
      // eslint-disable-next-line no-await-in-loop -- a further try is only made if this one has failed
      const { status, text } = await post(url, body, exporter.headersOf(body), left);
      if (status < 200 || status > 299) throw Object.assign(new Error('refused'), { code: 'REFUSED', status });
      noteRejected(exporter, text);
      return;
    } catch (error) {
      const mayPass = MAY_PASS.includes(error.status) || UNREACHABLE.includes(error.code);
      if (tries > 1 || !mayPass || error instanceof ActionNotPerformed) {
        noteLoss(exporter, count, error);
        return;
      }
      // eslint-disable-next-line no-await-in-loop -- as above
      await sleep(RETRY_PAUSE_MS * (1 + Math.random()));
    }
  }
}

/** A collector may accept a request and reject some of it; the answer says so. */
function noteRejected(exporter, text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return;
  }
  const { rejectedLogRecords = 0, rejectedDataPoints = 0 } = answer?.partialSuccess ?? {};
  const rejected = Number(rejectedLogRecords) + Number(rejectedDataPoints);
  if (rejected > 0) noteLoss(exporter, rejected, Object.assign(new Error('rejected'), { code: 'PARTLY_REJECTED' }));
}

/** Once a minute for each exporter: a collector that is down fails every request. */
function noteLoss({ name }, count, error) {
  const total = (lost.get(name) ?? 0) + count;
  const isTime = shouldLogNow(`telemetry to ${name}`);
  lost.set(name, isTime ? 0 : total);
  if (isTime) logFailure({ event: 'device-monitoring.telemetry-failed', to: name, lost: total }, error);
}
