/** Holds what browsers send against the schemas in `assets/`, the one place that says what each of them is. */
const { default: Ajv } = require('ajv/dist/2020');

// A newer plugin may say more than this Function knows: what the schema does not name is taken out, not refused.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, removeAdditional: true });

// A warm instance serves many requests, and compiling takes longer than all the rest of the check.
const validators = new Map();

function validatorOf(name) {
  if (!validators.has(name))
    validators.set(name, ajv.compile(JSON.parse(Runtime.getAssets()[`/${name}.schema.json`].open())));
  return validators.get(name);
}

/**
 * Takes out of `document` what the schema does not name.
 *
 * @param {'alert' | 'card' | 'beat' | 'recording-piece'} name
 * @param {unknown} document
 * @returns {string | null} what is wrong, as the rest of a sentence: where it is and what is expected there, nothing
 *   that a browser made up; null for a document that is in order
 */
exports.schemaErrorOf = (name, document) => {
  const validate = validatorOf(name);
  if (validate(document)) return null;
  const [{ keyword, instancePath, schemaPath, message, params }] = validate.errors;
  // Every part of the path is a name of the schema's or an index: what else a browser made up has been taken out, but for
  // a name of which the schema says only how it is formed.
  const [named, ...formed] = schemaPath.split('/patternProperties/');
  const steps = named.match(/\/(properties\/[^/]+|items)/g) ?? [];
  const path = formed.length > 0 ? instancePath.split('/', steps.length + 1).join('/') : instancePath;
  const where = path === '' ? 'as a whole' : `at ${path}`;
  return `${where} ${keyword === 'enum' ? `must be one of ${params.allowedValues.join(', ')}` : message}`;
};
