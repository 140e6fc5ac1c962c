/** Copies of this Functions project in temporary directories, for tests that change it. */
import { readFileSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The names of this project's actions: `log-call`, and whatever somebody has added. */
export const INSTALLED_ACTIONS = readdirSync(path.join(PROJECT, 'functions/actions'))
  .flatMap((file) => (file.endsWith('.private.js') ? [file.replace('.private.js', '')] : []))
  .sort();

/** @returns {Promise<{folder: string, remove: () => Promise<void>}>} a whole project, ready for `twilio-run` */
export async function copyOfProject() {
  const folder = await temporaryFolder();
  for (const part of ['functions', 'assets'])
    await cp(path.join(PROJECT, part), path.join(folder, part), { recursive: true });
  await cp(path.join(PROJECT, 'package.json'), path.join(folder, 'package.json'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/**
 * The functions and assets as they lie when hosted: each in a file that has neither its name nor an extension,
 * beside nothing it could reach by a relative path.
 *
 * @returns {Promise<{functions: Record<string, {path: string}>, assets: Record<string, {path: string, open: () => string}>, remove: () => Promise<void>}>}
 *   what `Runtime.getFunctions()` and `Runtime.getAssets()` give there
 */
export async function hostedLayout() {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'handlers'));
  let count = 0;
  const layOut = async (part) => {
    const source = path.join(PROJECT, part);
    const names = (await readdir(source, { recursive: true })).filter((name) => /\.js(on)?$/.test(name)).sort();
    return Promise.all(
      names.map(async (name) => {
        const file = path.join(folder, 'handlers', `ZN${String((count += 1)).padStart(32, '0')}`);
        await cp(path.join(source, name), file);
        return [name.replace(/\.(private|protected)/, ''), file];
      }),
    );
  };
  const functions = (await layOut('functions')).map(([name, file]) => [name.replace(/\.js$/, ''), { path: file }]);
  const assets = (await layOut('assets')).map(([name, file]) => [
    `/${name}`,
    { path: file, open: () => readFileSync(file, 'utf8') },
  ]);
  return {
    functions: Object.fromEntries(functions),
    assets: Object.fromEntries(assets),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'device-monitoring-project-'));
  await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
