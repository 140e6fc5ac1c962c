// Bundles the real Flex UI for the lab's page; does nothing when the bundle on disk is of the same ingredients.
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import { paths } from '../paths.mjs';

const HERE = path.join(paths.lab, 'host');
const OPTIONS = {
  bundle: true,
  platform: 'browser',
  format: 'iife',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
};

async function installedVersion(name) {
  const manifest = path.join(paths.flexModules, name, 'package.json');
  try {
    return JSON.parse(await fs.readFile(manifest, 'utf8')).version;
  } catch {
    throw new Error(`${name} is not installed in ${paths.flexModules}: run "npm ci" in js-shim first`);
  }
}

/** What the bundle is made of, as one hash. */
async function fingerprint() {
  const hash = createHash('sha256').update(JSON.stringify(OPTIONS)).update(esbuild.version);
  for (const name of ['@twilio/flex-ui', 'react', 'react-dom']) hash.update(`${name}@${await installedVersion(name)}`);
  for (const file of ['entry.cjs', 'path-shim.cjs']) hash.update(await fs.readFile(path.join(HERE, file)));
  return hash.digest('hex');
}

const readOrNothing = (file) => fs.readFile(file, 'utf8').catch(() => undefined);

/** @returns {Promise<{file: string, built: boolean, flexVersion: string}>} */
export async function buildHost() {
  const flexVersion = await installedVersion('@twilio/flex-ui');
  const wanted = await fingerprint();
  const stamp = `${paths.host}.sha256`;
  const present = await fs.access(paths.host).then(() => true, () => false);
  if (present && (await readOrNothing(stamp)) === wanted) return { file: paths.host, built: false, flexVersion };
  await fs.mkdir(path.dirname(paths.host), { recursive: true });
  await fs.rm(stamp, { force: true });
  await esbuild.build({
    ...OPTIONS,
    entryPoints: [path.join(HERE, 'entry.cjs')],
    alias: { path: path.join(HERE, 'path-shim.cjs') },
    nodePaths: [paths.flexModules],
    outfile: paths.host,
    logLevel: 'error',
  });
  await fs.writeFile(stamp, wanted);
  return { file: paths.host, built: true, flexVersion };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const started = Date.now();
  try {
    const { file, built } = await buildHost();
    const { size } = await fs.stat(file);
    const what = `${path.relative(process.cwd(), file)} (${(size / 1e6).toFixed(1)} MB)`;
    console.log(built ? `Flex UI bundled in ${((Date.now() - started) / 1000).toFixed(1)} s: ${what}` : `Flex UI bundle is up to date: ${what}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
