/** The Function's log: one line of JSON per entry, and nothing in it that identifies a person. */
const { realpathSync } = require('node:fs');

// Valid inside JSON, but line breaks or direction marks to some log viewers and terminals.
const UNSAFE_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
// The figures that Chinese and Japanese write numbers with are letters to Unicode.
const DIGITS = '\\p{N}零一二三四五六七八九';
// Invisible characters and combining marks.
const UNSEEN = '\\p{M}\\p{Cf}\\p{Default_Ignorable_Code_Point}';
// Modifier letters count as separators: one of them is the dash of Japanese telephone numbers.
const SIGN = `[^\\p{Lu}\\p{Ll}\\p{Lt}\\p{Lo}${DIGITS}${UNSEEN}]`;
// Seven digits or more of any script, with up to three signs between two of them that are no letters.
const PHONE_NUMBER = new RegExp(`\\+?[${DIGITS}](?:[${UNSEEN}]*(?:${SIGN}[${UNSEEN}]*){0,3}[${DIGITS}]){6,}`, 'gu');
const DIGIT = new RegExp(`[${DIGITS}]`, 'u');
const LONGEST_MASK = 20;
const MAX_DIGITS = 6;
/** The digits of the time in an id beyond the first six. */
const TIME_IN_ID = /(?<=(?:WK[0-9a-f]{32}|unknown)-[0-9]{6})[0-9]+/;
/** The place at the end of a stack's line, and at the beginning of the stack of a syntax error. */
const FRAME = /^\s+at (?:.*\(|async )?(.+):(\d{1,5}):\d{1,5}\)?$/;
const SYNTAX = /^(.+):(\d{1,5})$/;

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
  exports.logLine({ ...entry, ...factsOf(error), ...(error?.cause && { cause: factsOf(error.cause) }) });
};

const factsOf = (error) => ({
  error: matching(/^[A-Za-z_]{1,60}$/, error?.name) ?? typeof error,
  code: numberOrName(error?.code),
  status: numberOrName(error?.status),
  where: sourceLocationOf(error),
});

const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : null);

/** Twilio's numeric codes and Node's names (ECONNRESET); null for anything that may be content. */
const numberOrName = (value) =>
  Number.isInteger(value) && Math.abs(value) < 1_000_000 ? value : matching(/^[A-Z_]{1,40}$/, value);

/**
 * Where in this Function an error comes from, as `actions/log-call:12`; null if its stack names none of its files.
 * Nothing else of the stack is used: it repeats the message, whose lines may look like places, and paths may name a
 * person.
 */
function sourceLocationOf(error) {
  const stack = typeof error?.stack === 'string' ? error.stack : '';
  const message = typeof error?.message === 'string' ? error.message : '';
  const [first] = stack.split('\n', 1);
  const frames = message && stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  const names = fileNames();
  for (const found of [SYNTAX.exec(first), ...frames.split('\n').map((line) => FRAME.exec(line))]) {
    const name = found && names.get(found[1]);
    if (name) return `${name}:${found[2]}`;
  }
  return null;
}

/** Path → name of each of this Function's files: when hosted, paths say nothing. */
function fileNames() {
  /** @type {[string, string][]} */
  const files = Object.entries(Runtime.getFunctions()).flatMap(([name, { path }]) => [
    [path, name],
    [realPathOf(path), name],
  ]);
  return new Map(files);
}

function realPathOf(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const SELDOM_MS = 60_000;
// What was logged → when.
const logged = new Map();

/**
 * Whether this instance has not logged this within the last minute; then it counts as logged now. For what holds for
 * every request until somebody deploys the Function anew.
 */
exports.shouldLogNow = (what) => {
  const now = Date.now();
  if (Math.abs(now - (logged.get(what) ?? -Infinity)) < SELDOM_MS) return false; // a clock may be put back
  logged.set(what, now);
  return true;
};

/** '+15555550123' → '**********23': enough to compare with, not enough to call. */
const masked = (number) => {
  const characters = [...number];
  const lastDigits = characters.filter((character) => DIGIT.test(character)).slice(-2);
  return `${'*'.repeat(Math.min(characters.length, LONGEST_MASK) - 2)}${lastDigits.join('')}`;
};

/** A figure from a browser, to six digits: more than is measured, and less than a phone number. */
exports.safeNumber = (value) => (Number.isFinite(value) ? Number(value.toPrecision(MAX_DIGITS)) : null);

/**
 * An alert's id, or a name made of it. Behind a worker's SID it has a time in ms, where a browser may put any digits. Six
 * of them are logged, which say when it was to three hours.
 */
exports.safeId = (id) => (typeof id === 'string' ? id.replace(TIME_IN_ID, (time) => '*'.repeat(time.length)) : null);

/**
 * Text that comes from a browser: everything masked that could be a phone number, then cut to `length` characters, none of
 * them in the middle. A field that is a phone number is `maskNumber`'s (phone-number.private.js).
 */
exports.safeText = (text, length = 200) =>
  typeof text === 'string' ? [...text.replace(PHONE_NUMBER, masked)].slice(0, length).join('') : null;
