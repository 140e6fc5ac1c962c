const { ReadableStream } = require('stream/web');

const { askConfiguration } = require('../admin-view/src/configurationFunction');
const { ask } = require('../admin-view/src/floor/functions');

const access = {
  environment: { serverlessUri: 'https://functions.example.com' },
  session: () => ({ token: 'a-token' }),
};
const answer = (status, text) => new Response(text, { status });

afterEach(() => {
  delete window.fetch;
});

test('the token goes to the Function alone: no redirect is followed', async () => {
  window.fetch = jest.fn(async () => answer(200, '{"state":"read","places":{},"token":"a-token-for-sync"}'));
  await askConfiguration(access, { place: 'attributes' });
  await ask(access, 'floor-token');
  const asked = window.fetch.mock.calls.map(([address, { method, redirect, body }]) => [
    address,
    method,
    redirect,
    String(body),
  ]);
  expect(asked).toEqual([
    ['https://functions.example.com/configuration', 'POST', 'error', 'Token=a-token&place=attributes'],
    ['https://functions.example.com/floor-token', 'POST', 'error', 'Token=a-token'],
  ]);
});

test('what is no answer of the Function’s is said to be none', async () => {
  for (const text of ['<html></html>', '', 'null']) {
    window.fetch = async () => answer(200, text);
    await expect(askConfiguration(access)).rejects.toThrow();
    await expect(ask(access, 'floor-token')).rejects.toThrow('something else than the Function has answered');
    window.fetch = async () => answer(502, text);
    await expect(ask(access, 'floor-token')).rejects.toMatchObject({ status: 502, message: '502' });
  }
});

test('an answer without end is not read to its end, and is none', async () => {
  let pulled = 0;
  const cancel = jest.fn();
  const endless = () =>
    new ReadableStream({
      pull(body) {
        pulled += 1e5;
        if (pulled > 2e7) body.close();
        else body.enqueue(new Uint8Array(1e5).fill(32));
      },
      cancel,
    });
  window.fetch = async () => new Response(endless());
  await expect(askConfiguration(access)).rejects.toThrow('something else than the Function has answered');
  expect(cancel).toHaveBeenCalledTimes(1);
  expect(pulled).toBeLessThan(6e6);
});

test('a refusal has the words of the Function', async () => {
  window.fetch = async () => answer(403, '{"error":"not-an-admin","message":"Only admins may."}');
  expect(await askConfiguration(access)).toEqual({
    ok: false,
    body: { error: 'not-an-admin', message: 'Only admins may.' },
  });
  await expect(ask(access, 'forget-worker')).rejects.toMatchObject({
    code: 'not-an-admin',
    message: 'Only admins may.',
  });
});
