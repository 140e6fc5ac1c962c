/** Attributes and times in OTLP's JSON: 64-bit numbers are texts there. */

const VALUES = {
  text: (value) => ({ stringValue: value }),
  number: (value) => ({ doubleValue: value }),
  count: (value) => ({ intValue: String(value) }),
  flag: (value) => ({ boolValue: value }),
  texts: (value) => ({ arrayValue: { values: value.map((text) => ({ stringValue: text })) } }),
};

/**
 * @param {[name: string, type: keyof typeof VALUES, value: any][]} rows
 * @returns {{key: string, value: object}[]} without those that have no value
 */
exports.attributes = (rows) =>
  rows
    .filter(([, , value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, type, value]) => ({ key, value: VALUES[type](value) }));

/** ms since 1970, as the nanoseconds since then. */
exports.nanos = (ms) => `${Math.max(0, Math.round(ms))}000000`;

/** Milliseconds in seconds, OpenTelemetry's unit of time. */
exports.seconds = (ms) => (ms === undefined ? undefined : ms / 1000);
