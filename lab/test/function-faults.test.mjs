import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BreakableFunction, FUNCTION_FAULTS } from '../page/function-faults.mjs';

const ANSWER = { status: 200, headers: {}, body: Buffer.from('{}') };
const works = async () => ANSWER;

test('one that works answers as the real Function does', async () => {
  assert.equal(await new BreakableFunction(new Map()).answer(works), ANSWER);
});

test('it can answer 500, which the page may read', async () => {
  const breakable = new BreakableFunction(new Map());
  breakable.break('answers-500');
  const { status, headers } = await breakable.answer(works);
  assert.equal(status, 500);
  assert.equal(headers['access-control-allow-origin'], '*');
});

test('it can ask to be left alone for some seconds, in a header that the page may read', async () => {
  const breakable = new BreakableFunction(new Map());
  breakable.break('answers-429');
  const { status, headers } = await breakable.answer(works);
  assert.deepEqual(
    [status, headers['retry-after'], headers['access-control-expose-headers']],
    [429, '3', 'Retry-After'],
  );
});

test('it can lose the answer of a Function that has done its work', async () => {
  const breakable = new BreakableFunction(new Map());
  breakable.break('loses-answers');
  let done = 0;
  assert.equal(
    await breakable.answer(async () => {
      done += 1;
      return ANSWER;
    }),
    undefined,
  );
  assert.equal(done, 1);
});

test('tokens can expire, and are good again when it is mended', () => {
  const tokens = new Map([['token', { identity: 'robin' }]]);
  const breakable = new BreakableFunction(tokens);
  breakable.break('expires-tokens');
  assert.equal(tokens.get('token'), 'expired');
  breakable.mend();
  assert.deepEqual(tokens.get('token'), { identity: 'robin' });
});

test('it can refuse connections, as one whose Function has really gone does', async () => {
  const breakable = new BreakableFunction(new Map());
  assert.equal(await breakable.answer(() => Promise.reject(new Error('ECONNREFUSED'))), undefined);
  breakable.break('stopped');
  assert.equal(await breakable.answer(works), undefined);
});

test('one that hangs answers nothing until it is mended, and then the connection fails', async () => {
  const breakable = new BreakableFunction(new Map());
  breakable.break('hangs');
  let answered = 'not yet';
  const asked = breakable.answer(works).then((answer) => {
    answered = answer;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, 'not yet');
  breakable.mend();
  await asked;
  assert.equal(answered, undefined);
  assert.equal(await breakable.answer(works), ANSWER);
});

test('tokens it refused are good again when it is mended or broken in another way', () => {
  const tokens = new Map([['token', { identity: 'robin' }]]);
  const breakable = new BreakableFunction(tokens);
  breakable.break('refuses-tokens');
  assert.equal(tokens.size, 0);
  breakable.break('answers-500');
  assert.deepEqual(tokens.get('token'), { identity: 'robin' });
});

test('an unknown fault is refused with the known ones', () => {
  assert.throws(
    () => new BreakableFunction(new Map()).break('on fire'),
    (error) => FUNCTION_FAULTS.every((fault) => error.message.includes(fault)),
  );
});
