// node admin-view/build.mjs SCRIPT MODULE [SOURCES]: bundles the admin view into SCRIPT, and writes its hash into MODULE, by
// which the plugin has the browser run this very script and no other (Subresource Integrity). SOURCES gets a list of what
// the script is made of. Nothing of the machine or its environment goes in: the address of the Functions is in the plugin
// alone, so the hash does not depend on it.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// eslint-disable-next-line import-x/no-extraneous-dependencies -- it runs where the plugin is built
import esbuild from 'esbuild';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const ofThePage = (name) => path.join(FOLDER, 'src', 'page', `${name}.js`);

/** @returns {Promise<{contents: Uint8Array, sources: string[]}>} the script, and the paths of its sources */
async function bundle() {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: FOLDER,
    entryPoints: ['src/index.js'],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    loader: { '.js': 'jsx' },
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
    // React and Flex are the page's own.
    alias: { react: ofThePage('react'), 'react-dom': ofThePage('react-dom'), '@twilio/flex-ui': ofThePage('flex') },
  });
  return { contents: outputFiles[0].contents, sources: Object.keys(metafile.inputs) };
}

const [script, module, list] = process.argv.slice(2);
const { contents, sources } = await bundle();
const integrity = `sha384-${createHash('sha384').update(contents).digest('base64')}`;
await Promise.all([script, module].map((file) => mkdir(path.dirname(path.resolve(file)), { recursive: true })));
await writeFile(script, contents);
await writeFile(module, `export const ADMIN_VIEW_INTEGRITY = '${integrity}';\n`);
if (list) await writeFile(list, `${sources.join('\n')}\n`);
