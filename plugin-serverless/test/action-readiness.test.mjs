/** What the Function `configuration` says of the actions that are deployed, before there is an alert. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startHosted } from './support/hosted.mjs';
import { INSTALLED_ACTIONS } from './support/projects.mjs';

const ADMIN = 'an-admin';
const SUPERVISOR = 'a-supervisor';
/** Why an action could not be run. */
const NOT_READY = ['claims-not-set-up', 'action-disabled', 'not-configured'];
const user = (n, roles) => ({
  worker_sid: `WK${String(n).padStart(32, '0')}`,
  roles,
  realm_user_id: `person-${n}@example.com`,
  identity: `person-${n}_40example_2Ecom`,
});

let hosted;
before(async () => {
  hosted = await startHosted({ tokens: { [ADMIN]: user(2001, ['admin']), [SUPERVISOR]: user(2002, ['supervisor']) } });
});
after(() => hosted?.stop());
beforeEach(() => hosted.reset());

describe('which actions are deployed', () => {
  const readinessIn = async (context) => {
    hosted.twilio.world.flexConfiguration.set('attributes', '{}');
    const { body } = await hosted.ask('configuration', { Token: ADMIN }, context);
    return Object.fromEntries(body.actions.map(({ name, ...problem }) => [name, problem]));
  };

  it('comes with the configuration: each action, and why it could not be run', async () => {
    const actions = await readinessIn({ SMS_TEXT: 'Sorry', SMS_FROM: 'my phone' });
    assert.deepEqual(Object.keys(actions), INSTALLED_ACTIONS);
    assert.deepEqual(actions['log-call'], {});
    assert.deepEqual(actions.webhook, { error: 'action-disabled' });
    assert.deepEqual(actions['send-sms-to-customer'], { error: 'not-configured', variables: ['SMS_FROM'] });
    assert.deepEqual(hosted.entries('not-configured'), [], 'a look is no failure');
  });

  it('is what an alert would be answered', async () => {
    const context = {
      ACTIONS_ENABLED: 'annotate-call, webhook',
      WEBHOOK_URL: 'ftp://example.com',
      SMS_TEXT: 'Sorry',
      SMS_FROM: '+12025550100',
      SYNC_SERVICE_SID: '',
    };
    const actions = await readinessIn(context);
    const errors = new Set(Object.values(actions).map(({ error }) => error));
    for (const error of [undefined, ...NOT_READY]) assert.ok(errors.has(error), error);
    for (const [name, { error }] of Object.entries(actions)) {
      const { body } = await hosted.report(name, hosted.call(), {}, context);
      // One that is ready is run, and may fail: what it reaches in the world is not there.
      const answered = NOT_READY.includes(body.error) ? body.error : undefined;
      assert.equal(answered, error, `${name}: ${JSON.stringify(body)}`);
    }
  });

  it('is told to admins alone', async () => {
    const { status, body } = await hosted.ask('configuration', { Token: SUPERVISOR });
    assert.deepEqual([status, body.actions], [403, undefined]);
  });
});
