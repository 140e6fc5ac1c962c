// Why a call is bad, in networks of other kinds: what Chromium takes for Wi-Fi or a VPN, a relay over TCP because nothing
// else passes, and a cable that is pulled in a call.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { canHaveNamespaces, openNamespace } from '../../../network/namespace.mjs';
import { canHaveTurn } from '../../../network/turn.mjs';

const ONE_CALL = fileURLToPath(new URL('../../support/network-cause-process.mjs', import.meta.url));

/** A call in a namespace of its own, and what was said of it. */
async function told({ kinds = [], ...what }) {
  const namespace = openNamespace(kinds);
  try {
    const [command, ...words] = [...namespace.prefix, process.execPath, ONE_CALL, JSON.stringify(what)];
    const { stdout } = await promisify(execFile)(command, words, { maxBuffer: 1e7 });
    return JSON.parse(stdout);
  } finally {
    namespace.close();
  }
}

/** Told in the one notice, without a further interruption for it (rule W1), and to IT with its evidence. */
function check(outcome, { cause, advice }) {
  const { shown, mostNotices, mostToasts, causes } = outcome;
  assert.deepEqual(
    shown.map((notice) => notice.cause),
    [cause],
    JSON.stringify(outcome),
  );
  assert.match(shown[0].text, advice);
  assert.ok(mostNotices <= 1 && mostToasts <= 1, `${mostNotices} notices and ${mostToasts} notifications at once`);
  assert.deepEqual(
    causes.map(({ name }) => name),
    [cause],
  );
}

describe('in the network', { skip: !canHaveNamespaces() && 'no network namespace can be made here' }, () => {
  test('packets that Wi-Fi loses in bursts are told as that', async () => {
    const impairment = { gilbert: { enter: 0.022, leave: 0.2 } };
    const outcome = await told({ kinds: ['wifi'], networks: ['wifi'], cause: 'wifi', impairment });
    check(outcome, { cause: 'wifi', advice: /router/ });
    assert.equal(outcome.causes[0].evidence.networkType, 'wifi');
    assert.equal(outcome.endpoint.networkType, 'wifi');
  });

  test('the same on a cable is not, and nobody is sent to the router', async () => {
    const impairment = { gilbert: { enter: 0.022, leave: 0.2 } };
    const { shown, causes } = await told({ kinds: ['ethernet'], networks: ['ethernet'], cause: 'none', impairment });
    assert.equal(causes, undefined);
    assert.equal(shown.length, 1);
    assert.doesNotMatch(shown[0].text, /router|Wi-Fi/);
    assert.match(shown[0].text, /network cable/);
  });

  test('a slow VPN is told as that', async () => {
    // A VPN alone is no network to Chromium, which would be offline.
    const outcome = await told({
      kinds: ['vpn', 'ethernet'],
      networks: ['vpn'],
      cause: 'vpn',
      impairment: { delay: 250 },
    });
    check(outcome, { cause: 'vpn', advice: /VPN/ });
    assert.equal(outcome.causes[0].evidence.networkType, 'vpn');
  });

  test('a cable that is pulled is told as a change of network', async () => {
    const kinds = ['ethernet', 'wifi'];
    const outcome = await told({ kinds, networks: kinds, cause: 'path-switched' });
    // The trouble ends with the change: the notice may be over by then, and IT is told all the same.
    assert.deepEqual(
      outcome.causes?.map(({ name }) => name),
      ['path-switched'],
      JSON.stringify(outcome),
    );
    assert.deepEqual(outcome.causes[0].evidence, { networkType: 'wifi', pathChanges: 2 });
  });

  test('a relay over TCP that nothing else passes is told as a firewall', { skip: !canHaveTurn() }, async () => {
    const outcome = await told({ kinds: ['ethernet'], isRelayed: true, cause: 'firewall', impairment: { loss: 0.08 } });
    check(outcome, { cause: 'firewall', advice: /admin|firewall/i });
    assert.equal(outcome.causes[0].evidence.relayProtocol, 'tcp');
  });
});
