// What others weigh: bundles webrtc-issue-detector as a plugin of Flex would have it. `cargo xtask bench bundle` weighs it
// as it weighs ours.
import fs from 'node:fs/promises';
import path from 'node:path';
import { createRequire } from 'node:module';
import esbuild from 'esbuild';
import { report } from './figures.mjs';
import { paths } from '../paths.mjs';

const NAME = 'webrtc-issue-detector';

await report(async () => {
  const require = createRequire(import.meta.url);
  const { version } = JSON.parse(
    await fs.readFile(path.join(path.dirname(require.resolve(NAME)), '..', 'package.json'), 'utf8'),
  );
  await esbuild.build({
    stdin: { contents: `import Detector from '${NAME}'; window.Detector = Detector;`, resolveDir: paths.lab },
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2020',
    outfile: path.join(paths.root, 'target', 'xtask', 'bench', `${NAME}.js`),
    logLevel: 'error',
  });
  return { goals: [], text: `${NAME} ${version}` };
});
