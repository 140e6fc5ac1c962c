/** Each limit that docs/security.md states of this Function is the one in its code. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import startRuntimeModule from './support/start-runtime.cjs';

const FUNCTIONS = new URL('../functions/', import.meta.url);
const document = await readFile(new URL('../../docs/security.md', import.meta.url), 'utf8');

const NUMBERS = { 10: 'ten' };
const DAY_MS = 86_400_000;

/** A constant of a file, which may be a product or a sum of numbers and of the file's other constants. */
async function constant(file, name) {
  const text = await readFile(new URL(`${file}.js`, FUNCTIONS), 'utf8');
  const valueOf = (wanted) => {
    const [, expression] = new RegExp(`^const ${wanted} = ([^;]+);`, 'm').exec(text);
    const known = expression.replace(/[A-Z][A-Z_]+/g, (other) => valueOf(other)).replaceAll('_', '');
    assert.match(known, /^[\d\s*+().]+$/, `${file}: ${wanted}`);
    // eslint-disable-next-line no-new-func -- a sum of literals, read from the project's own code
    return Function(`return ${known}`)();
  };
  return valueOf(name);
}

/** [file, constant, how many of it are one of the unit in the sentence, the sentence] */
const LIMITS = [
  ['lib/flex-token.private', 'TIMEOUT_MS', 1_000, (n) => `${n} s for the token`],
  ['respond-to-issue', 'LONGEST_LOOKUP_MS', 1_000, (n) => `${n} s for each look-up`],
  ['lib/run-once.private', 'LONGEST_REQUEST_MS', 1_000, (n) => `${n} s for each request of an action`],
  ['lib/post.private', 'LIMIT_MS', 1_000, (n) => `waiting for the answer take at most ${n} s together`],
  ['lib/telemetry.private', 'LIMIT_MS', 1_000, (n) => `Each exporter takes at most ${n} s after the action`],
  ['lib/telemetry.private', 'UNTIL_MS', 1_000, (n) => `stops ${n} s after the request came at the latest`],
  ['lib/telemetry.private', 'CLAIM_TTL_S', 86_400, (n) => `for ${n} days, which alerts of which worker`],
  ['lib/shared-rate-limit.private', 'MAX_PER_MINUTE', 1, (n) => `Each worker has ${n} requests a minute`],
  ['lib/shared-rate-limit.private', 'MAX_PER_MINUTE', 1, (n) => `[${n} times a minute](#the-limit-per-minute)`],
  [
    'lib/shared-rate-limit.private',
    'WINDOW_MS',
    60_000,
    (n) => `the times of their requests in the last ${n === 1 ? 'minute' : n}`,
  ],
  ['lib/request.private', 'ALERT_MAX_BYTES', 1_024, (n) => `| an alert of more than ${n} KB | 413`],
  ['lib/request.private', 'REQUEST_MAX_BYTES', 1_024, (n) => `| more than ${n} KB | 413`],
  ['lib/claim.private', 'TTL_S', 86_400, (n) => `A claim lasts ${n} days`],
  [
    'lib/claim.private',
    'BEFORE_MS',
    DAY_MS,
    (n) => `For ${n} days after this release first claimed something they still count`,
  ],
  ['lib/claim.private', 'DEAD_AFTER_MS', 1_000, (n) => `within ${n} s 409 \`in-progress\``],
  ['lib/call.private', 'OLDEST_MS', DAY_MS, (n) => `calls that ended more than ${n} days ago are refused`],
  ['lib/call.private', 'OLDEST_MS', DAY_MS, (n) => `have ended within the last ${n} days`],
  ['lib/customer.private', 'SUMMARY_AFTER_MS', 60_000, (n) => `Alerts wait up to ${n} minutes for the record`],
  ['lib/customer.private', 'MAX_PARTICIPANTS', 1, (n) => `more than ${n} participants`],
  ['lib/configuration-history.private', 'MAX_KEPT', 1, (n) => `of the last ${n} changes`],
  ['lib/configuration-request.private', 'BLOCK_MAX_BYTES', 1_000, (n) => `a block of more than ${n} KB`],
  ['lib/call-reports-request.private', 'MAX_CARDS', 1, (n) => `takes ${n} cards`],
  ['lib/call-reports-request.private', 'CARDS_MAX_BYTES', 1_024, (n) => `cards (${n} KB)`],
  ['lib/call-reports-request.private', 'BEAT_MAX_BYTES', 1, (n) => `one beat (${n} bytes)`],
  [
    'lib/instance-rate-limit.private',
    'MAX_PER_MINUTE',
    1,
    (n) => `A worker may send ${n} requests a minute to each instance`,
  ],
  [
    'lib/recording-piece-request.private',
    'PIECE_MAX_BYTES',
    1_024,
    (n) => `one piece of a recorded call, at most ${n} KB`,
  ],
  ['lib/recording-limit.private', 'MAX_PER_MINUTE', 1, (n) => `an instance takes ${n} pieces a minute`],
  ['lib/recording-limit.private', 'MAX_PER_DAY', 1, (n) => `pieces a minute and ${n} a day`],
  ['lib/sync-documents.private', 'CHECK_AGAIN_MS', 60_000, (n) => `again every ${NUMBERS[n]} minutes`],
];

describe('docs/security.md', () => {
  for (const [file, name, unit, sentence] of LIMITS) {
    it(`says what ${name} of ${file} is: ${sentence('…')}`, async () => {
      const expected = sentence((await constant(file, name)) / unit);
      assert.ok(document.includes(expected), expected);
    });
  }

  it('has every request to Twilio end within the ten seconds of a hosted Function', async () => {
    const until = await Promise.all([
      constant('respond-to-issue', 'LOOKUP_DEADLINE_MS'),
      constant('lib/run-once.private', 'RUN_UNTIL_MS'),
      constant('lib/run-once.private', 'CLOSE_UNTIL_MS'),
    ]);
    assert.ok(
      until.every((ms, index) => ms < 10_000 && ms > (until[index - 1] ?? 0)),
      String(until),
    );
    assert.ok(document.includes('within the 10 s that a hosted Function has'));
    // What comes before an action, and the webhook behind it.
    assert.ok(until[0] + (await constant('lib/post.private', 'LIMIT_MS')) < 10_000);
  });

  it('has no call outlive its claim', async () => {
    const [oldest, lifetime, before] = await Promise.all([
      constant('lib/call.private', 'OLDEST_MS'),
      constant('lib/claim.private', 'TTL_S'),
      constant('lib/claim.private', 'BEFORE_MS'),
    ]);
    assert.ok(lifetime * 1_000 > oldest);
    assert.ok(before > lifetime * 1_000);
  });

  it('says how long a body the runtime itself refuses', async () => {
    const runtime = await startRuntimeModule.startRuntime();
    try {
      const post = async (bytes) => {
        const body = `a=${'x'.repeat(bytes - 2)}`;
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const response = await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', headers, body });
        return [response.status, response.headers.get('content-type').split(';')[0]];
      };
      const most = 6 * 1_048_576;
      assert.deepEqual(await post(most), [413, 'application/json']);
      assert.deepEqual(await post(most + 1), [413, 'text/html']);
    } finally {
      await runtime.stop();
    }
    assert.ok(document.includes('a body of more than 6 MB'));
  });
});
