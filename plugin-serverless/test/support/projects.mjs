/** Copies of this Functions project in temporary directories, for tests that change it. */
import { readdirSync } from 'node:fs';
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
  await cp(path.join(PROJECT, 'functions'), path.join(folder, 'functions'), { recursive: true });
  await cp(path.join(PROJECT, 'package.json'), path.join(folder, 'package.json'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/**
 * The functions as they lie when hosted: each in a file that has neither its name nor an extension,
 * beside nothing it could reach by a relative path.
 *
 * @returns {Promise<{functions: Record<string, {path: string}>, remove: () => Promise<void>}>}
 *   `functions` is what `Runtime.getFunctions()` gives there
 */
export async function hostedLayout() {
  const folder = await temporaryFolder();
  const source = path.join(PROJECT, 'functions');
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.js')).sort();
  const functions = {};
  for (const [index, name] of files.entries()) {
    const file = path.join(folder, 'handlers', `ZN${String(index).padStart(32, '0')}`);
    await mkdir(path.dirname(file), { recursive: true });
    await cp(path.join(source, name), file);
    functions[name.replace(/(\.private|\.protected)?\.js$/, '')] = { path: file };
  }
  return { functions, remove: () => rm(folder, { recursive: true }) };
}

async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'device-monitoring-project-'));
  await symlink(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
