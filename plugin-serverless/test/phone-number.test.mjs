/** What a customer's number is: functions/lib/phone-number.private.js, the one place that says so. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { hostedLayout } from './support/projects.mjs';

const require = createRequire(import.meta.url);
const KEYPAD = { 2: 'ABC', 3: 'DEF', 4: 'GHI', 5: 'JKL', 6: 'MNO', 7: 'PQRS', 8: 'TUV', 9: 'WXYZ' };
const WORDS = [
  'ANONYMOUS',
  'RESTRICTED',
  'UNAVAILABLE',
  'UNKNOWN',
  'PRIVATE',
  'BLOCKED',
  'WITHHELD',
  'NOTAVAILABLE',
  'OUTOFAREA',
  'PRIVATECALLER',
  'PRIVATENUMBER',
  'UNKNOWNCALLER',
  'UNKNOWNNUMBER',
  'NOCALLERID',
  'PAYPHONE',
];
const dialled = (word) =>
  [...word].map((letter) => Object.keys(KEYPAD).find((key) => KEYPAD[key].includes(letter))).join('');
const CODES = [...new Set(getCountries().map((country) => getCountryCallingCode(country)))];

describe('a number', () => {
  let layout;
  let isCustomerNumber;
  let maskNumber;
  before(async () => {
    layout = await hostedLayout();
    globalThis.Runtime = { getFunctions: () => layout.functions, getAssets: () => layout.assets };
    ({ isCustomerNumber, maskNumber } = require(layout.functions['lib/phone-number'].path));
  });
  after(() => layout?.remove());

  it("that people have is a customer's, all over the world", () => {
    for (const number of [
      '+12025550123',
      '+442071838750',
      '+4930901820',
      '+81312345678',
      '+551155256325',
      '+61291920123',
      '+390612345678',
      '+33142685300',
    ]) {
      assert.ok(isCustomerNumber(number), number);
    }
  });

  for (const word of WORDS) {
    it(`that spells ${word} is nobody's, with any country code and with none, whole or cut to ten digits`, () => {
      for (const digits of [dialled(word), dialled(word).slice(0, 10)]) {
        const texts = [`+${digits}`, digits, ...CODES.map((code) => `+${code}${digits}`)];
        assert.deepEqual(texts.filter(isCustomerNumber), []);
      }
    });
  }

  it("that cannot be one of its country is nobody's", () => {
    for (const number of [
      '+10000000000',
      '+11111111111',
      '+15550100123',
      '+1202555012',
      '+120255501234',
      '+9991234567',
      '+4400000000000',
    ]) {
      assert.equal(isCustomerNumber(number), false, number);
    }
  });

  it("that charges whoever contacts it is nobody's", () => {
    for (const number of ['+19005550123', '+449098790123', '+491801234567', '+33899123456', '+979123456789'])
      assert.equal(isCustomerNumber(number), false, number);
  });

  it("in any other form than Twilio's is nobody's", () => {
    const texts = [
      '',
      '+',
      'anonymous',
      'Restricted',
      '12025550123',
      '+1 202 555 0123',
      '+12025550123;ext=5',
      'tel:+12025550123',
      'sip:+12025550123@example.com',
      'client:+12025550123',
      ' +12025550123',
      '+12025550123\n',
    ];
    for (const text of [...texts, null, undefined, 12025550123, {}, ['+12025550123']])
      assert.equal(isCustomerNumber(text), false, JSON.stringify(text));
  });

  it('is masked but for its last two digits, and what is no number is masked whole', () => {
    for (const [text, masked] of [
      ['+12025550123', '**********23'],
      ['+1 (202) 555-0123', '**********23'],
      ['+442071838750', '***********50'],
      ['anonymous', '*********'],
      ['sip:jane@example.com', '********************'],
      ['sip:jane.doe@example.com', '********************'],
      ['12025550123', '***********'],
      ['', ''],
      [undefined, ''],
    ])
      assert.equal(maskNumber(text), masked, text);
  });
});
