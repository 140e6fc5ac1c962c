/** Requests that are wrong, whoever sends them: each is answered with JSON that says what is wrong, and acts on nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import startRuntimeModule from './support/start-runtime.cjs';
import { CALLER, TOKEN, alert, form, post } from './support/requests.mjs';

const { startRuntime } = startRuntimeModule;

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const MULTIPART = 'multipart/form-data; boundary=x';

const encoded = (fields) => new URLSearchParams(fields).toString();
const without = (...names) => encoded(form(Object.fromEntries(names.map((name) => [name, undefined]))));
const twice = (name) => `${encoded(form())}&${encoded({ [name]: form()[name] })}`;
const json = (changes) => JSON.stringify({ ...form(), ...changes });

/** What is wrong: [what, content type, body, status, error, what the message says]. */
const REQUESTS = [
  ['no body at all', undefined, undefined, 415, 'content-type-unsupported', /Content-Type/],
  ['an empty form', FORM, '', 403, 'token-missing', /"Token" is missing/],
  ['a form of something else', FORM, 'a=1&b=2', 403, 'token-missing', /"Token" is missing/],
  ['a text', 'text/plain', encoded(form()), 415, 'content-type-unsupported', /Content-Type/],
  ['JSON that is said to be a text', 'text/json', json(), 415, 'content-type-unsupported', /Content-Type/],
  ['a type that only begins like a form', `${FORM}2`, encoded(form()), 415, 'content-type-unsupported', /Content-Type/],
  [
    'a form in parts',
    MULTIPART,
    `--x\r\ncontent-disposition: form-data; name="Token"\r\n\r\n${TOKEN}\r\n--x--\r\n`,
    415,
    'content-type-unsupported',
    /Content-Type/,
  ],
  ['a JSON array', JSON_TYPE, `[${json()}]`, 403, 'token-missing', /"Token" is missing/],
  ['an empty JSON object', JSON_TYPE, '{}', 403, 'token-missing', /"Token" is missing/],
  [
    'a token in a prototype',
    JSON_TYPE,
    `{"__proto__": {"Token": "${TOKEN}"}}`,
    403,
    'token-missing',
    /"Token" is missing/,
  ],
  ['a token that is null', JSON_TYPE, json({ Token: null }), 403, 'token-refused', /not valid/],
  [
    'a token in a list',
    FORM,
    `${encoded(form({ Token: undefined }))}&Token[]=${TOKEN}`,
    403,
    'token-missing',
    /"Token" is missing/,
  ],
  ['a token that is an object', JSON_TYPE, json({ Token: { toString: TOKEN } }), 403, 'token-refused', /not valid/],
  ['two tokens', FORM, twice('Token'), 403, 'token-refused', /not valid/],
  ['a token of white space', FORM, encoded(form({ Token: ' ' })), 403, 'token-refused', /not valid/],

  ['a token and nothing else', FORM, encoded({ Token: TOKEN }), 400, 'issues-missing', /"issues" is missing/],
  ['no reasons', FORM, without('alert', 'issues'), 400, 'issues-missing', /"issues" is missing/],
  ['no action', FORM, without('action'), 400, 'action-missing', /"action" is missing.*log-call/],
  ['reasons twice', FORM, twice('issues'), 400, 'field-invalid', /"issues" must be sent once, as text/],
  ['a number twice', FORM, twice('callerId'), 400, 'field-invalid', /"callerId" must be sent once, as text/],
  ['two alerts', FORM, twice('alert'), 400, 'field-invalid', /"alert" must be sent once, as text/],
  ['two actions', FORM, twice('action'), 400, 'field-invalid', /"action" must be sent once, as text/],
  [
    'an action with parts',
    FORM,
    `${without('action')}&action[name]=log-call`,
    400,
    'action-missing',
    /"action" is missing.*log-call/,
  ],
  [
    'an alert that is an object, not its JSON',
    JSON_TYPE,
    json({ alert: alert() }),
    400,
    'field-invalid',
    /"alert" must be sent once, as text/,
  ],
  [
    'reasons that are a list',
    JSON_TYPE,
    json({ issues: ['short call'] }),
    400,
    'field-invalid',
    /"issues" must be sent once, as text/,
  ],

  ...[
    '../log-call',
    'actions/log-call',
    'lib/log',
    '..%2flog-call',
    'log-call.private.js',
    'log-call\0',
    ' log-call',
    'Log-Call',
    'constructor',
    '__proto__',
  ].map((action) => [
    `the action ${JSON.stringify(action)}`,
    FORM,
    encoded(form({ action })),
    400,
    'action-unknown',
    /no action of this name.*log-call/,
  ]),

  [
    'an alert that is cut off',
    FORM,
    encoded(form({ alert: '{"version":1,' })),
    400,
    'alert-invalid',
    /"alert" is not JSON/,
  ],
  [
    'an alert nested without end',
    FORM,
    encoded(form({ alert: '['.repeat(16_000) })),
    400,
    'alert-invalid',
    /"alert" is not JSON/,
  ],
  [
    'an alert whose reasons are nested deeply',
    FORM,
    encoded(
      form({
        alert: JSON.stringify(alert({ reasons: 0 })).replace(
          '"reasons":0',
          `"reasons":${'['.repeat(7_000)}${']'.repeat(7_000)}`,
        ),
      }),
    ),
    400,
    'alert-invalid',
    /"alert" is nested too deeply/,
  ],
  [
    'an alert that is a list',
    FORM,
    encoded(form({ alert: '[{"version":1}]' })),
    400,
    'alert-invalid',
    /"alert" is not a JSON object/,
  ],
  ['an alert without a version', FORM, encoded(form({ alert: '{}' })), 400, 'alert-invalid', /"version": 1/],
  [
    'an alert one byte too long',
    FORM,
    encoded(form({ alert: 'x'.repeat(16_385) })),
    413,
    'alert-too-large',
    /"alert" has more than 16384 bytes/,
  ],
  [
    'an alert of too many bytes in fewer characters',
    FORM,
    encoded(form({ alert: 'ä'.repeat(8_193) })),
    413,
    'alert-too-large',
    /"alert" has more than 16384 bytes/,
  ],
  [
    'a form that is too large, whoever sends it',
    FORM,
    encoded({ nonsense: 'x'.repeat(65_536) }),
    413,
    'request-too-large',
    /more than 65536 bytes/,
  ],
  // The runtime puts a field of this name over the headers.
  [
    'headers that are no text',
    JSON_TYPE,
    json({ request: { headers: { 'content-length': { toString: 1, valueOf: 1 } } } }),
    400,
    'field-invalid',
    /"request"/,
  ],
  [
    'headers that are no text, from a stranger',
    JSON_TYPE,
    JSON.stringify({ request: { headers: { 'content-length': { toString: 1, valueOf: 1 } } } }),
    400,
    'field-invalid',
    /"request"/,
  ],
  ['a text in the place of the headers', FORM, `${encoded(form())}&request=x`, 400, 'field-invalid', /"request"/],
  ['nothing in the place of the headers', JSON_TYPE, json({ request: null }), 400, 'field-invalid', /"request"/],
  [
    'a list in the place of the headers',
    JSON_TYPE,
    json({ request: { headers: [] } }),
    400,
    'field-invalid',
    /"request"/,
  ],
  [
    'headers made up without a type',
    JSON_TYPE,
    json({ request: { headers: { 'content-length': '1' } } }),
    415,
    'content-type-unsupported',
    /Content-Type/,
  ],
  [
    '300 KB in the place of the headers',
    JSON_TYPE,
    json({ request: { headers: { 'content-type': JSON_TYPE, more: 'x'.repeat(300_000) } } }),
    413,
    'request-too-large',
    /more than 65536 bytes/,
  ],
  [
    '300 KB in the place of the headers, as a form',
    FORM,
    `${encoded(form())}&request=${'x'.repeat(300_000)}`,
    413,
    'request-too-large',
    /more than 65536 bytes/,
  ],
  [
    'a JSON body that is too large',
    JSON_TYPE,
    json({ nonsense: ['x'.repeat(65_536)] }),
    413,
    'request-too-large',
    /more than 65536 bytes/,
  ],
];

/** The other Functions that answer in JSON. */
const OF_THE_FLOOR = ['calls', 'recordings', 'floor-token', 'forget-worker', 'preflight-token'];
const isWrongAnywhere = ([, , , , error, message]) =>
  ['content-type-unsupported', 'token-missing', 'token-refused', 'request-too-large'].includes(error) ||
  String(message) === '/"request"/';

describe('a request that is wrong', { concurrency: 2 }, () => {
  let runtime;
  before(async () => {
    runtime = await startRuntime({ tokens: { [TOKEN]: {} } });
  });
  after(async () => {
    await runtime?.stop();
    const done = runtime.lines.filter(
      (line) =>
        line.includes('device-monitoring.alert') &&
        !line.includes('the last request') &&
        !line.includes('not told apart'),
    );
    assert.deepEqual(done, [], 'a wrong request was acted on');
  });

  const check = async (response, [status, error, message]) => {
    const text = await response.text();
    assert.equal(response.status, status, text);
    assert.match(response.headers.get('content-type'), /^application\/json/);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const body = JSON.parse(text);
    assert.equal(body.error, error, text);
    assert.match(body.message, message);
    for (const told of [TOKEN, CALLER]) assert.ok(!text.includes(told), 'what was sent is not repeated');
  };

  for (const [what, type, body, ...expected] of REQUESTS) {
    it(`is told so: ${what}`, async () => {
      const headers = type ? { 'content-type': type } : {};
      await check(await fetch(`${runtime.url}/respond-to-issue`, { method: 'POST', headers, body }), expected);
    });
  }

  for (const name of OF_THE_FLOOR) {
    it(`is told so by ${name} as well, in what concerns its form and its token`, async () => {
      // One of each kind: what checks them is the same.
      const kinds = new Map(REQUESTS.filter(isWrongAnywhere).map((request) => [request[4], request]));
      const wrong = [...kinds.values()];
      assert.equal(wrong.length, 5);
      for (const [, type, body, ...expected] of wrong) {
        const headers = type ? { 'content-type': type } : {};
        await check(await fetch(`${runtime.url}/${name}`, { method: 'POST', headers, body }), expected);
      }
      await check(await fetch(`${runtime.url}/${name}?${encoded(form())}`), [
        415,
        'content-type-unsupported',
        /must be a POST/,
      ]);
    });
  }

  it('is told so: a GET, also with a valid token in its address', async () => {
    const expected = [415, 'content-type-unsupported', /must be a POST/];
    await check(await fetch(`${runtime.url}/respond-to-issue`), expected);
    await check(await fetch(`${runtime.url}/respond-to-issue?${encoded(form())}`), expected);
  });

  it('is not told from a POST if it is a PUT, or a GET that says it has a form', async () => {
    const address = `${runtime.url}/respond-to-issue`;
    const fields = encoded(form({ issues: 'not told apart' }));
    const put = await fetch(address, { method: 'PUT', headers: { 'content-type': FORM }, body: fields });
    const got = await fetch(`${address}?${fields}`, { headers: { 'content-type': FORM } });
    assert.deepEqual([put.status, got.status], [200, 200]);
    // What docs/security.md warns of: the local runtime prints addresses.
    await runtime.waitForLine((line) => line.includes('GET') && line.includes(TOKEN));
  });

  it('for a private file gets the path of that file from the local runtime, which docs/security.md warns of', async () => {
    const answers = await Promise.all(
      ['lib/log', 'actions/log-call'].map((name) =>
        fetch(`${runtime.url}/${name}`).then((response) => response.text()),
      ),
    );
    answers.forEach((text) => assert.match(text, /functions\/(lib|actions)\//));
  });

  it('that the local runtime cannot hand on is told where in its code, which docs/security.md warns of', async (t) => {
    const forking = await startRuntime({ forks: true });
    t.after(() => forking.stop());
    const body = `{"nested": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const headers = { 'content-type': JSON_TYPE };
    const response = await fetch(`${forking.url}/respond-to-issue`, { method: 'POST', headers, body });
    assert.equal(response.status, 500);
    assert.match(await response.text(), /at stringify/);
  });

  it('of whatever kind writes nothing into the log without a valid token', async () => {
    for (const [, type, body] of REQUESTS.filter(([, , text]) => !String(text).includes(TOKEN))) {
      await fetch(`${runtime.url}/respond-to-issue`, {
        method: 'POST',
        headers: type ? { 'content-type': type } : {},
        body,
      });
    }
    // What follows is the last thing to be logged, so that whatever came before is there by then.
    await post(runtime, form({ callerId: ['1', '2'], issues: 'the last request', alert: undefined }));
    await runtime.waitForLine((line) => line.includes('the last request'));
    const lines = runtime.lines.filter(
      (line) => line.includes('device-monitoring.') && !line.includes('"workerSid":"WK'),
    );
    assert.deepEqual(lines, []);
  });
});
