// The Function that hands out the script of the admin view, under the real twilio-run.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import runtimes from './support/start-runtime.cjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const SCRIPT = "window.DeviceMonitoringAdminView = Promise.resolve('the view, with a “sign” beyond ASCII');\n";
const integrityOf = (text) => `sha384-${createHash('sha384').update(text).digest('base64')}`;

const ASSET = 'device-monitoring-admin-view.private.js';

/** A copy of the project without the script: this one may have been built, or not. */
async function copyOfProject() {
  const folder = await mkdtemp(path.join(tmpdir(), 'admin-view-'));
  for (const name of ['functions', 'assets', 'package.json']) {
    await cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
  }
  await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  await rm(path.join(folder, 'assets', ASSET), { force: true });
  return folder;
}

let folder;
let runtime;
before(async () => {
  folder = await copyOfProject();
  await writeFile(path.join(folder, 'assets', ASSET), SCRIPT);
  runtime = await runtimes.startRuntime({ project: folder });
});
after(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

const get = (integrity) =>
  fetch(`${runtime.url}/admin-view?v=${encodeURIComponent(integrity)}`, {
    headers: { origin: 'https://flex.twilio.com' },
  });

describe('the script of the admin view', () => {
  test('is handed out to the byte, with the header that Subresource Integrity takes, and may be kept', async () => {
    const response = await get(integrityOf(SCRIPT));
    assert.equal(response.status, 200);
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(integrityOf(bytes), integrityOf(SCRIPT));
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('content-type'), /^text\/javascript; ?charset=utf-8$/i);
    assert.match(response.headers.get('cache-control'), /immutable/);
  });

  test('is refused to a plugin of another build, and that is kept nowhere', async () => {
    for (const integrity of ['', integrityOf('another'), "<script>alert('x')</script>"]) {
      const response = await get(integrity);
      assert.equal(response.status, 404);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(response.headers.get('content-type'), /^text\/plain/);
      assert.equal(
        await response.text(),
        'The admin view is not here, or of another build than the plugin: deploy both from one build.',
      );
    }
  });

  test('that was not deployed is refused like one of another build, and nothing is logged', async (t) => {
    const empty = await copyOfProject();
    const without = await runtimes.startRuntime({ project: empty });
    t.after(async () => {
      await without.stop();
      await rm(empty, { recursive: true });
    });
    const earlier = without.lines.length;
    const address = `${without.url}/admin-view`;
    for (const query of ['', `?v=${encodeURIComponent(integrityOf(SCRIPT))}`, '?v=&v=', '?v[toString]=1']) {
      const response = await fetch(address + query);
      assert.deepEqual([response.status, response.headers.get('cache-control')], [404, 'no-store'], query);
    }
    assert.doesNotMatch(without.lines.slice(earlier).join('\n'), /Error|at .*:\d+:\d+/);
  });

  test('is not an asset that anybody can ask for under its own name', async () => {
    const response = await fetch(`${runtime.url}/device-monitoring-admin-view.js`);
    assert.equal(response.status, 403);
  });
});
