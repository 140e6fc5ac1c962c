// The check before the shift, in networks that let calls through, only by a relay over TCP, or not at all, and on the way to
// another of Twilio's edges. Twilio's own STUN server is never reached in the lab.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WATCHFUL } from '../../../configuration.mjs';
import { canHaveTurn, startTurn } from '../../../network/turn.mjs';
import { Lab } from '../../../page/driver.mjs';
import { assertAccessible } from '../../support/steps.mjs';

const CONFIGURATION = { ...WATCHFUL, agentTools: true };

/** @type {Lab} */
let lab;
before(async () => {
  lab = await Lab.start();
});
after(() => lab?.close());

test('signalling that takes far longer than at the last check, and another edge, are said with both values', async () => {
  await lab.boot({ configuration: CONFIGURATION });
  const ofSignalling = (remarks) => remarks.filter(({ code }) => /^(signalling|edge)-/.test(code));
  assert.deepEqual(ofSignalling(await lab.check()), []);
  Object.assign(lab.voice, { edge: 'dublin', opensAfterMs: 3000 });
  await lab.reload();
  const remarks = ofSignalling(await lab.check());
  assert.deepEqual(
    remarks.map(({ code, severity }) => [code, severity]),
    [
      ['signalling-slow', 'warning'],
      ['edge-changed', 'warning'],
    ],
  );
  const [, ms] = remarks[0].text.match(/\b(\d+) ms\b/);
  assert.ok(Number(ms) >= 3000, remarks[0].text);
  assert.match(remarks[1].text, /dublin[^]*ashburn/);
  await assertAccessible(lab);
  Object.assign(lab.voice, { edge: 'ashburn', opensAfterMs: 0 });
});

describe('the check looks at the network', { skip: !canHaveTurn() && 'there is no coturn' }, () => {
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
