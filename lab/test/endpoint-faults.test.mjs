import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDPOINT_FAULTS, Endpoint } from '../page/endpoint-faults.mjs';

const ANSWER = { status: 200, headers: {}, body: Buffer.from('{}') };
const works = async () => ANSWER;

test('an endpoint that works answers as the Function does', async () => {
  assert.equal(await new Endpoint(new Map()).answer(works), ANSWER);
});

test('it can answer 500, which the page may read', async () => {
  const endpoint = new Endpoint(new Map());
  endpoint.break('answers-500');
  const { status, headers } = await endpoint.answer(works);
  assert.equal(status, 500);
  assert.equal(headers['access-control-allow-origin'], '*');
});

test('it can ask to be left alone for some seconds, in a header that the page may read', async () => {
  const endpoint = new Endpoint(new Map());
  endpoint.break('answers-429');
  const { status, headers } = await endpoint.answer(works);
  assert.deepEqual(
    [status, headers['retry-after'], headers['access-control-expose-headers']],
    [429, '3', 'Retry-After'],
  );
});

test('it can lose the answer of a Function that has done its work', async () => {
  const endpoint = new Endpoint(new Map());
  endpoint.break('loses-answers');
  let done = 0;
  assert.equal(
    await endpoint.answer(async () => {
      done += 1;
      return ANSWER;
    }),
    undefined,
  );
  assert.equal(done, 1);
});

test('tokens can expire, and are good again when it is mended', () => {
  const tokens = new Map([['token', { identity: 'robin' }]]);
  const endpoint = new Endpoint(tokens);
  endpoint.break('expires-tokens');
  assert.equal(tokens.get('token'), 'expired');
  endpoint.mend();
  assert.deepEqual(tokens.get('token'), { identity: 'robin' });
});

test('it can refuse connections, as one whose Function has really gone does', async () => {
  const endpoint = new Endpoint(new Map());
  assert.equal(await endpoint.answer(() => Promise.reject(new Error('ECONNREFUSED'))), undefined);
  endpoint.break('stopped');
  assert.equal(await endpoint.answer(works), undefined);
});

test('one that hangs answers nothing until it is mended, and then the connection fails', async () => {
  const endpoint = new Endpoint(new Map());
  endpoint.break('hangs');
  let answered = 'not yet';
  const asked = endpoint.answer(works).then((answer) => {
    answered = answer;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, 'not yet');
  endpoint.mend();
  await asked;
  assert.equal(answered, undefined);
  assert.equal(await endpoint.answer(works), ANSWER);
});

test('tokens it refused are good again when it is mended or broken in another way', () => {
  const tokens = new Map([['token', { identity: 'robin' }]]);
  const endpoint = new Endpoint(tokens);
  endpoint.break('refuses-tokens');
  assert.equal(tokens.size, 0);
  endpoint.break('answers-500');
  assert.deepEqual(tokens.get('token'), { identity: 'robin' });
});

test('an unknown fault is refused with the known ones', () => {
  assert.throws(
    () => new Endpoint(new Map()).break('on fire'),
    (error) => ENDPOINT_FAULTS.every((fault) => error.message.includes(fault)),
  );
});
