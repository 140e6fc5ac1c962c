/** The Function's log: one line of JSON per entry, and nothing in it that identifies a person. */

// Valid inside JSON, but line breaks or direction marks to some log viewers and terminals.
const UNSAFE_IN_A_LINE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const FRAME = /^\s+at |^\/\S+:\d+$/;

/** Writes `entry` as exactly one line. */
exports.logLine = (entry) => {
  const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  console.log(JSON.stringify(entry).replace(UNSAFE_IN_A_LINE, escape));
};

/**
 * Writes what is needed to find a failure in the code. Not the error's message: those of Twilio's API
 * repeat the phone numbers they complain about, and others repeat what they could not parse.
 */
exports.logFailure = (entry, error) => {
  const where = String(error?.stack ?? '').split('\n').find((line) => FRAME.test(line));
  exports.logLine({
    ...entry,
    error: error?.name ?? typeof error,
    code: numberOrName(error?.code),
    status: numberOrName(error?.status),
    where: where?.trim() ?? null,
  });
};

/** Twilio's numeric codes and Node's names (ECONNRESET); null for anything that may be content. */
function numberOrName(value) {
  if (typeof value === 'number') return value;
  return /^[A-Z_]{1,40}$/.test(value ?? '') ? value : null;
}

/** '+15555550123' → '***********23': enough to compare with, not enough to call. */
exports.maskNumber = (number) => {
  const text = String(number ?? '');
  return text.length <= 4 ? '*'.repeat(text.length) : `${'*'.repeat(Math.min(text.length, 20) - 2)}${text.slice(-2)}`;
};

/** Text that comes from a browser: cut to `length` characters, with everything masked that could be a phone number. */
exports.safeText = (text, length = 200) =>
  typeof text === 'string' ? text.slice(0, length).replace(/\+?\d(?:[ ().-]{0,2}\d){6,}/g, exports.maskNumber) : null;
