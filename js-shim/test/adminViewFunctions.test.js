const { askConfiguration } = require('../admin-view/src/configurationFunction');
const { ask } = require('../admin-view/src/floor/functions');

const access = {
  environment: { serverlessUri: 'https://functions.example.com' },
  session: () => ({ token: 'a-token' }),
};
const answer = (status, text) => ({ ok: status < 400, status, json: async () => JSON.parse(text) });

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
