// The check before the shift, in networks that let calls through, only by a relay over TCP, or not at all: Twilio's own STUN
// server is never reached in the lab.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WATCHFUL } from '../../../configuration.mjs';
import { canHaveTurn, startTurn } from '../../../network/turn.mjs';
import { Lab } from '../../../page/driver.mjs';
import { assertAccessible } from '../../support/steps.mjs';

const CONFIGURATION = { ...WATCHFUL, agentTools: true };

describe('the check looks at the network', { skip: !canHaveTurn() && 'there is no coturn' }, () => {
  /** @type {Lab} */
  let lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab?.close());

  /** What the check says of the network, where calls have these ICE servers. */
  async function found(iceServers) {
    await lab.boot({
      configuration: CONFIGURATION,
      flexConfig: { sdkOptions: { voice: { acceptOptions: { rtcConfiguration: { iceServers } } } } },
    });
    const check = await lab.check();
    await assertAccessible(lab);
    await lab.page.keyboard.press('Escape');
    return check.filter(({ code }) => code.startsWith('network-')).map(({ code, severity }) => [code, severity]);
  }

  test('nobody answers', async () => {
    assert.deepEqual(await found([]), [['network-no-answer', 'warning']]);
  });

  test('only a relay over TCP does', async () => {
    const { iceServer, stop } = await startTurn();
    try {
      assert.deepEqual(await found([iceServer]), [['network-relay-only', 'warning']]);
    } finally {
      await stop();
    }
  });

  test('one over UDP does', async () => {
    const { iceServer, stop } = await startTurn({ udp: true });
    try {
      assert.deepEqual(await found([iceServer]), [['network-udp', 'recovered']]);
    } finally {
      await stop();
    }
  });
});
