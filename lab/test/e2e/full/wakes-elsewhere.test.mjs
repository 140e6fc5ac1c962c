// A laptop that is closed in a call, its cable pulled, and opened an hour later where there is only Wi-Fi.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { canHaveNamespaces, openNamespace } from '../../../network/namespace.mjs';

const ONE_CALL = fileURLToPath(new URL('../../support/wakes-elsewhere-process.mjs', import.meta.url));
/** What a busy machine may add to a time, and a data gap of a few seconds take from it. */
const SLACK = 8000;

const isNear = (value, expected, what) =>
  assert.ok(Math.abs(value - expected) <= SLACK, `${what}: ${value}, not ${expected}`);

test(
  'a call over an hour of sleep and a change of network goes on, and its alert has neither the hour nor trouble of an hour',
  { skip: !canHaveNamespaces() && 'no network namespace can be made here' },
  async () => {
    const namespace = openNamespace(['ethernet', 'wifi']);
    try {
      const [command, ...words] = [...namespace.prefix, process.execPath, ONE_CALL];
      const { stdout } = await promisify(execFile)(command, words, { maxBuffer: 1e7 });
      const { alert, awake, absent, heardAfterwards, notices, alerts, errors } = JSON.parse(stdout);
      assert.ok(heardAfterwards > 500, `${heardAfterwards} packets of the agent arrived in 15 s after it`);
      isNear(alert.durationMs, awake, 'durationMs');
      isNear(Date.parse(alert.endedAt) - Date.parse(alert.startedAt), awake + absent, 'from start to end');
      for (const { startMs, endMs } of alert.conditions.flatMap(({ episodes }) => episodes))
        assert.ok(endMs - startMs <= awake + SLACK, JSON.stringify(alert.conditions));
      assert.equal(alert.endpoint.networkType, 'wifi', 'where it is now');
      assert.ok(notices.length <= 1, JSON.stringify(notices));
      assert.equal(alerts, 1);
      assert.deepEqual(errors, []);
    } finally {
      namespace.close();
    }
  },
);
