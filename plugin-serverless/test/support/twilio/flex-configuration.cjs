'use strict';

/**
 * Twilio's Flex configuration, and the API of it: each property is kept as it was written, to the byte, and a property that
 * is sent replaces the one that was there as a whole.
 */
const { membersOf, parsed, written } = require('./json.cjs');

const json = (status, body) => ({ status, body });
const refusal = (status, code, message) => json(status, { code, message, status });

/** The properties of a configuration. */
class FlexConfiguration {
  /** property → its value, as it was written */
  #properties;

  constructor(accountSid) {
    this.#properties = new Map([
      ['account_sid', JSON.stringify(accountSid)],
      ['attributes', '{}'],
      ['status', '"ok"'],
      ['ui_attributes', '{}'],
    ]);
  }

  get(property) {
    return this.#properties.get(property);
  }

  set(property, text) {
    JSON.parse(text);
    this.#properties.set(property, text);
  }

  /** The whole, as Twilio answers it. */
  get text() {
    return `{${[...this.#properties].map(([name, text]) => `${JSON.stringify(name)}: ${text}`).join(', ')}}`;
  }

  /** Replaces what is sent. @returns {object} the answer */
  update(text) {
    let sent;
    try {
      sent = membersOf(parsed(text));
    } catch {
      return refusal(400, 20001, 'The body is not a JSON object');
    }
    const account = sent.get('account_sid');
    if (account === undefined || written(text, account) !== this.get('account_sid'))
      return refusal(400, 20001, "account_sid is missing or another account's");
    for (const [name, value] of sent) this.set(name, written(text, value));
    return { status: 200, text: this.text };
  }
}

/**
 * Rows of the table in operations.cjs.
 * @type {[string, string, string, string, (world: any, request: any) => object][]}
 */
const CONFIGURATION_OPERATIONS = [
  [
    'configuration.fetch',
    'flex-api',
    'GET',
    '/v1/Configuration',
    (world) => ({ status: 200, text: world.flexConfiguration.text }),
  ],
  [
    'configuration.update',
    'flex-api',
    'POST',
    '/v1/Configuration',
    (world, { text, headers }) =>
      /^application\/json\b/.test(headers['content-type'] ?? '')
        ? world.flexConfiguration.update(text)
        : refusal(415, 20415, 'Unsupported media type'),
  ],
];

module.exports = { CONFIGURATION_OPERATIONS, FlexConfiguration };
