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

let folder;
let runtime;
before(async () => {
  // A copy of the project with a script of the test's own: this one may not have been built.
  folder = await mkdtemp(path.join(tmpdir(), 'admin-view-'));
  for (const name of ['functions', 'package.json']) {
    await cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
  }
  await cp(path.join(PROJECT, 'assets'), path.join(folder, 'assets'), { recursive: true });
  await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'assets', 'device-monitoring-admin-view.private.js'), SCRIPT);
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
        'The admin view here is of another build than the plugin: deploy both from one build.',
      );
    }
  });

  test('is not an asset that anybody can ask for under its own name', async () => {
    const response = await fetch(`${runtime.url}/device-monitoring-admin-view.js`);
    assert.equal(response.status, 403);
  });
});
