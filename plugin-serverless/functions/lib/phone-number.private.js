/** What a telephone number is, for texting customers and for masking in the log: the only place that decides it. */
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');

/** Words that carriers send, spelt on a keypad, instead of a withheld number. */
const WITHHELD_WORDS = [
  'ANONYMOUS',
  'ANONYMOUSCALLER',
  'BLOCKED',
  'BLOCKEDCALLER',
  'BLOCKEDNUMBER',
  'NOCALLERID',
  'NONUMBER',
  'NOTAVAILABLE',
  'NOTPROVIDED',
  'OUTOFAREA',
  'PAYPHONE',
  'PRIVATE',
  'PRIVATECALLER',
  'PRIVATENUMBER',
  'RESTRICTED',
  'UNAVAILABLE',
  'UNIDENTIFIED',
  'UNKNOWN',
  'UNKNOWNCALLER',
  'UNKNOWNNAME',
  'UNKNOWNNUMBER',
  'WITHHELD',
  'WITHHELDNUMBER',
];
const KEYS = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];
// Some networks cut a caller's number to the ten digits of a national one.
const NATIONAL_DIGITS = 10;

// Whoever contacts such a number pays for it, and its owner earns: nobody calls from one who wants an answer.
const PREMIUM_TYPES = ['PREMIUM_RATE', 'SHARED_COST'];

const keyOf = (letter) => String(KEYS.findIndex((letters) => letters.includes(letter)) + 2);
const spelt = (word) => [...word].map(keyOf).join('');
const WITHHELD = new Set(WITHHELD_WORDS.map(spelt).flatMap((digits) => [digits, digits.slice(0, NATIONAL_DIGITS)]));

const parsed = (text) => parsePhoneNumberFromString(text, { extract: false });

/**
 * Whether a text message may go there.
 *
 * @param {unknown} number as Twilio has it: E.164, `+` and digits, for a caller who showed one
 * @returns {boolean} false for a withheld number, for one that cannot be a number of its country, for one that charges
 *   whoever contacts it, and for anything else
 */
exports.isCustomerNumber = (number) => {
  if (typeof number !== 'string') return false;
  const found = parsed(number);
  if (!found || found.number !== number || !found.isValid() || PREMIUM_TYPES.includes(found.getType() ?? ''))
    return false;
  return !WITHHELD.has(number.slice(1)) && !WITHHELD.has(String(found.nationalNumber));
};

const MASK_MAX = 20;

/**
 * '+12025550123' → '**********23': enough to compare with, not enough to call. Anything that is no number is hidden
 * completely.
 */
exports.maskNumber = (number) => {
  const text = String(number ?? '');
  const known = parsed(text)?.number;
  return known ? `${'*'.repeat(known.length - 2)}${known.slice(-2)}` : '*'.repeat(Math.min(text.length, MASK_MAX));
};
