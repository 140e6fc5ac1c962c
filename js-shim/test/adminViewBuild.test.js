/** @jest-environment node */
const { execFile } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { promisify } = require('util');

const SHIM = path.join(__dirname, '..');
const SHIPPED = path.join(SHIM, '../plugin-serverless/assets/device-monitoring-admin-view.private.js');

/** The script and the plugin's word about it, built in a folder whose `.env` has this address. */
async function build(address) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'admin-view-'));
  try {
    fs.writeFileSync(path.join(folder, '.env'), `REACT_APP_SERVERLESS_URI=${address}\n`);
    const [script, module] = ['script.js', 'module.js'].map((name) => path.join(folder, name));
    await promisify(execFile)(process.execPath, [path.join(SHIM, 'admin-view/build.mjs'), script, module], {
      cwd: folder,
      env: { ...process.env, REACT_APP_SERVERLESS_URI: address },
    });
    return [script, module].map((file) => fs.readFileSync(file));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('the admin view is the same to the byte whatever the address of the Functions, and so is its hash in the plugin', async () => {
  const [one, other] = await Promise.all([
    build('https://one.example.twil.io'),
    build('https://another.example.twil.io/path'),
  ]);
  expect(one.map((file, index) => file.equals(other[index]))).toEqual([true, true]);
  const [script, module] = one;
  expect(script.includes('example.twil.io')).toBe(false);
  expect(script.equals(fs.readFileSync(SHIPPED))).toBe(true);
  expect(module.equals(fs.readFileSync(path.join(SHIM, 'src/generated/adminView.js')))).toBe(true);
}, 60000);
