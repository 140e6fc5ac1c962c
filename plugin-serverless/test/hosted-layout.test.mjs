/** The Function as it is laid out when hosted: files without names, extensions and siblings. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { INSTALLED_ACTIONS, hostedLayout } from './support/projects.mjs';
import { TOKEN, form } from './support/requests.mjs';
import tokenServiceModule from './support/token-service.cjs';
import './support/flex-token-stand-in.cjs';

const require = createRequire(import.meta.url);
// The package exports no more than its entrance, and the class that Functions get as Twilio.Response is further in.
const entrance = require.resolve('@twilio/runtime-handler/dev');
const { Response } = require(path.join(path.dirname(entrance), 'internal/response.js'));

const CONTEXT = { ACCOUNT_SID: 'AC00000000000000000000000000000002', AUTH_TOKEN: 'fedcba9876543210fedcba9876543210' };

describe('respond-to-issue in the hosted layout', () => {
  let layout;
  let tokenService;
  before(async () => {
    layout = await hostedLayout();
    tokenService = await tokenServiceModule.startTokenService({ accountSid: CONTEXT.ACCOUNT_SID, authToken: CONTEXT.AUTH_TOKEN, tokens: { [TOKEN]: {} } });
    process.env.FLEX_TOKEN_SERVICE_URL = tokenService.url;
    globalThis.Twilio = { Response };
    globalThis.Runtime = { getFunctions: () => layout.functions };
  });
  after(async () => {
    await tokenService?.stop();
    await layout?.remove();
  });

  const call = (event, context = {}) => new Promise((resolve, reject) => {
    const { handler } = require(layout.functions['respond-to-issue'].path);
    handler({ ...CONTEXT, ...context }, event, (error, response) => (error ? reject(error) : resolve(response))).catch(reject);
  });

  it('finds its helpers and its actions', async (t) => {
    const log = t.mock.method(console, 'log', () => {});
    const response = await call(form());
    assert.equal(response.statusCode, 200);
    assert.equal(response.body.action, 'log-call');
    assert.equal(log.mock.callCount(), 1);
    const unknown = await call(form({ action: 'no-such-action' }));
    assert.deepEqual(unknown.body.knownActions, INSTALLED_ACTIONS);
  });

  it('a Function in another region asks that region about the token', async (t) => {
    t.mock.method(console, 'log', () => {});
    await call(form(), { TWILIO_REGION: 'au1-sydney' });
    assert.equal(tokenService.requests.at(-1).host, 'iam.au1.twilio.com');
  });
});
