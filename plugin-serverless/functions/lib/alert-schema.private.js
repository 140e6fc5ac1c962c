/** Holds an alert document against `assets/alert.schema.private.json`, the one place that says what an alert is. */
const { default: Ajv } = require('ajv/dist/2020');

// A newer plugin may say more than this Function knows: what the schema does not name is taken out, not refused.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, removeAdditional: true });

// A warm instance serves many alerts, and compiling takes longer than all the rest of the check.
let validate;

/**
 * Takes out of `alert` what the schema does not name.
 *
 * @returns {string | null} what is wrong, as the rest of a sentence: where it is and what is expected there, never
 *   the value; null for an alert that is in order
 */
exports.problemOf = (alert) => {
  validate ??= ajv.compile(JSON.parse(Runtime.getAssets()['/alert.schema.json'].open()));
  if (validate(alert)) return null;
  const [{ keyword, instancePath, message, params }] = validate.errors;
  // Every part of the path is a name of the schema's or an index: what a browser made up has been taken out.
  const where = instancePath === '' ? 'as a whole' : `at ${instancePath}`;
  return `${where} ${keyword === 'enum' ? `must be one of ${params.allowedValues.join(', ')}` : message}`;
};
