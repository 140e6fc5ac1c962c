// Bundles the real Flex UI for the lab's page; does nothing when the bundle on disk is of the same ingredients.
// There are two: with the Voice SDK that Flex was released with, and with the newest one, which Flex UI's own bundle
// takes as well because it only requires `@twilio/voice-sdk` by name.
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { paths } from '../paths.mjs';

const HERE = path.join(paths.lab, 'host');
/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  bundle: true,
  platform: 'browser',
  format: 'iife',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
};

/** The newest Voice SDK is a package of the lab's own. */
const NEWEST_VOICE_SDK = path.join(paths.lab, 'node_modules', '@twilio', 'voice-sdk');

async function versionIn(folder, from) {
  try {
    return JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8')).version;
  } catch {
    throw new Error(`${path.relative(paths.root, folder)} is not installed: run "npm ci" in ${from} first`);
  }
}

const flexVersion = () => versionIn(path.join(paths.flexModules, '@twilio', 'flex-ui'), 'js-shim');

/** What the bundle is made of, as one hash. npm keeps in node_modules a list of what it put there. */
async function fingerprint(voiceSdkVersion) {
  const hash = createHash('sha256').update(JSON.stringify({ OPTIONS, esbuild: esbuild.version, voiceSdkVersion }));
  hash.update(await fs.readFile(path.join(paths.flexModules, '.package-lock.json')));
  for (const file of ['entry.cjs', 'path-shim.cjs']) hash.update(await fs.readFile(path.join(HERE, file)));
  return hash.digest('hex');
}

const readOrNothing = (file) => fs.readFile(file, 'utf8').catch(() => undefined);

/**
 * @param {{voiceSdk?: 'flex'|'newest'}} options which Voice SDK is in it: the one Flex was released with, or the newest
 * @returns {Promise<{file: string, built: boolean, flexVersion: string, voiceSdkVersion: string}>}
 */
export async function buildHost({ voiceSdk = 'flex' } = {}) {
  const newest = voiceSdk === 'newest';
  const file = newest ? paths.hostWithNewestVoiceSdk : paths.host;
  const versions = {
    flexVersion: await flexVersion(),
    voiceSdkVersion: newest
      ? await versionIn(NEWEST_VOICE_SDK, 'lab')
      : await versionIn(path.join(paths.flexModules, '@twilio', 'voice-sdk'), 'js-shim'),
  };
  const wanted = await fingerprint(versions.voiceSdkVersion);
  const stamp = `${file}.sha256`;
  const present = await fs.access(file).then(
    () => true,
    () => false,
  );
  if (present && (await readOrNothing(stamp)) === wanted) return { file, built: false, ...versions };
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.rm(stamp, { force: true });
  await esbuild.build({
    ...OPTIONS,
    entryPoints: [path.join(HERE, 'entry.cjs')],
    alias: { path: path.join(HERE, 'path-shim.cjs'), ...(newest && { '@twilio/voice-sdk': NEWEST_VOICE_SDK }) },
    nodePaths: [paths.flexModules],
    outfile: file,
    logLevel: 'error',
  });
  await fs.writeFile(stamp, wanted);
  return { file, built: true, ...versions };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const started = Date.now();
    const {
      file,
      built,
      flexVersion: flex,
      voiceSdkVersion,
    } = await buildHost({ voiceSdk: process.argv[2] === 'newest' ? 'newest' : 'flex' });
    const { size } = await fs.stat(file);
    const what = `${path.relative(process.cwd(), file)} (Flex UI ${flex}, Voice SDK ${voiceSdkVersion}, ${(size / 1e6).toFixed(1)} MB)`;
    console.log(
      built
        ? `Flex UI bundled in ${((Date.now() - started) / 1000).toFixed(1)} s: ${what}`
        : `Flex UI bundle is up to date: ${what}`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
