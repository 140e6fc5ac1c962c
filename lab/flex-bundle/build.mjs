// Bundles the real Flex UI for the lab's page; does nothing when the bundle on disk is of the same ingredients.
// There are three bundles: with the Voice SDK that Flex was released with, and with the newest one, which Flex UI's own
// bundle takes as well because it only requires `@twilio/voice-sdk` by name; and the oldest Flex UI that the plugin is
// tested with.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { paths } from '../paths.mjs';

const HERE = path.join(paths.lab, 'flex-bundle');
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

/** What the bundle is made of, as one hash. npm keeps in node_modules a list of what it put there. */
async function fingerprint(modules, voiceSdkVersion) {
  const hash = createHash('sha256').update(JSON.stringify({ OPTIONS, esbuild: esbuild.version, voiceSdkVersion }));
  hash.update(await fs.readFile(path.join(modules, '.package-lock.json')));
  for (const file of ['entry.cjs', 'path-shim.cjs']) hash.update(await fs.readFile(path.join(HERE, file)));
  return hash.digest('hex');
}

const readOrNothing = (file) => fs.readFile(file, 'utf8').catch(() => undefined);

/** @typedef {'flex' | 'newest'} VoiceSdk the one that Flex was released with, or the newest */
/** @typedef {'newest' | 'oldest'} FlexUi of those that the plugin is tested with */

/** @returns {string | false} why a test with the oldest Flex UI is skipped */
export function whyNoOldestFlexUi() {
  if (existsSync(path.join(paths.oldestFlexModules, '.package-lock.json'))) return false;
  return 'the oldest Flex UI is not installed: run "npm ci" in lab/oldest-flex-ui first';
}

/**
 * Where the packages are, where they are installed, and the bundle that is made of them.
 * @param {VoiceSdk} voiceSdk
 * @param {FlexUi} flexUi
 */
function ingredients(voiceSdk, flexUi) {
  if (flexUi === 'oldest')
    return { modules: paths.oldestFlexModules, from: 'lab/oldest-flex-ui', file: paths.oldestFlexBundle };
  const file = voiceSdk === 'newest' ? paths.flexBundleWithNewestVoiceSdk : paths.flexBundle;
  return { modules: paths.flexModules, from: 'js-shim', file };
}

/**
 * @param {{voiceSdk?: VoiceSdk, flexUi?: FlexUi}} options what is in it; the oldest Flex UI has its own Voice SDK
 * @returns {Promise<{file: string, built: boolean, flexVersion: string, voiceSdkVersion: string}>}
 */
export async function bundleFlexUi({ voiceSdk = 'flex', flexUi = 'newest' } = {}) {
  const { modules, from, file } = ingredients(voiceSdk, flexUi);
  const newest = file === paths.flexBundleWithNewestVoiceSdk;
  const versions = {
    flexVersion: await versionIn(path.join(modules, '@twilio', 'flex-ui'), from),
    voiceSdkVersion: newest
      ? await versionIn(NEWEST_VOICE_SDK, 'lab')
      : await versionIn(path.join(modules, '@twilio', 'voice-sdk'), from),
  };
  const wanted = await fingerprint(modules, versions.voiceSdkVersion);
  const stamp = `${file}.sha256`;
  if (existsSync(file) && (await readOrNothing(stamp)) === wanted) return { file, built: false, ...versions };
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.rm(stamp, { force: true });
  await esbuild.build({
    ...OPTIONS,
    entryPoints: [path.join(HERE, 'entry.cjs')],
    alias: { path: path.join(HERE, 'path-shim.cjs'), ...(newest && { '@twilio/voice-sdk': NEWEST_VOICE_SDK }) },
    nodePaths: [modules],
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
    } = await bundleFlexUi({ voiceSdk: process.argv[2] === 'newest' ? 'newest' : 'flex' });
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
