// node admin-view/build.mjs SCRIPT MODULE: bundles the admin view into SCRIPT, and writes its hash into MODULE, by which
// the plugin has the browser run this very script and no other (Subresource Integrity). Nothing of the machine or its
// environment goes in: the address of the Functions is in the plugin alone, so the hash does not depend on it.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// eslint-disable-next-line import-x/no-extraneous-dependencies -- it runs where the plugin is built
import esbuild from 'esbuild';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const ofThePage = (name) => path.join(FOLDER, 'src', 'page', `${name}.js`);

/** @returns {Promise<Uint8Array>} the script */
async function bundle() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: FOLDER,
    entryPoints: ['src/index.js'],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2020',
    loader: { '.js': 'jsx' },
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
    // React and Flex are the page's own.
    alias: { react: ofThePage('react'), 'react-dom': ofThePage('react-dom'), '@twilio/flex-ui': ofThePage('flex') },
  });
  return outputFiles[0].contents;
}

const [script, module] = process.argv.slice(2);
const contents = await bundle();
const integrity = `sha384-${createHash('sha384').update(contents).digest('base64')}`;
await Promise.all([script, module].map((file) => mkdir(path.dirname(path.resolve(file)), { recursive: true })));
await writeFile(script, contents);
await writeFile(module, `export const ADMIN_VIEW_INTEGRITY = '${integrity}';\n`);
