/** The Function as it is laid out when hosted: files without names, extensions and siblings. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { INSTALLED_ACTIONS } from './support/projects.mjs';
import { form } from './support/requests.mjs';

describe('respond-to-issue in the hosted layout', () => {
  let hosted;
  before(async () => {
    hosted = await startHosted();
  });
  after(() => hosted?.stop());

  it('finds its helpers, its schema and its actions', async () => {
    const { status, body } = await hosted.report('log-call', hosted.call());
    assert.deepEqual([status, body.action, body.outcome], [200, 'log-call', 'done']);
    assert.equal(hosted.entries('alert').length, 1);
    assert.deepEqual((await hosted.send(form({ action: 'no-such-action' }))).body.knownActions, INSTALLED_ACTIONS);
  });

  it('a Function in another region asks that region about the token', async () => {
    await hosted.send(form(), { TWILIO_REGION: 'au1-sydney' });
    assert.equal(hosted.tokenService.requests.at(-1).host, 'iam.au1.twilio.com');
  });
});
