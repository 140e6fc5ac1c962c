// The plugin from its sources, with a breaking point at the beginning of each of its functions: they ask
// `window.labBreakpoint(name)`, which may throw. Bundled with the lab's esbuild; Babel is the one of Twilio's tooling.
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import esbuild from 'esbuild';
import { paths } from '../paths.mjs';
import { FUNCTION_HOST } from './routes.mjs';

const SHIM = path.join(paths.root, 'js-shim');
const SOURCES = path.join(SHIM, 'src');
const FILE = path.join(paths.target, 'plugin', 'plugin-device-monitoring-breakable.js');

/** What catches what the others throw, and says so: a net has no holes of its own to be tested. */
const NETS = ['guard.js', 'log.js', path.join('ui', 'Boundary.js')];
const GENERATED = path.join(SOURCES, 'generated');

const shim = createRequire(path.join(SHIM, 'package.json'));

function nameOf({ node, parent }) {
  const named = node.id ?? node.key ?? parent.id ?? parent.key;
  return named?.name ?? '';
}

function withBreakpoints(file, code) {
  const babel = shim('@babel/core');
  const names = [];
  const visitor = {
    Function(functionPath) {
      // A constructor has to call its parent's first.
      if (functionPath.node.kind === 'constructor') return;
      const name = `${file}:${functionPath.node.loc.start.line} ${nameOf(functionPath)}`.trim();
      names.push(name);
      functionPath.ensureBlock();
      functionPath
        .get('body')
        .unshiftContainer('body', babel.template.statement.ast(`window.labBreakpoint(${JSON.stringify(name)});`));
    },
  };
  const { code: broken } = babel.transformSync(code, {
    configFile: false,
    babelrc: false,
    parserOpts: { plugins: ['jsx'] },
    plugins: [{ visitor }],
  });
  return { broken, names };
}

const given = (name, contents) => ({
  name,
  setup(build) {
    const filter = new RegExp(
      `^(${Object.keys(contents)
        .map((key) => key.replaceAll('/', '\\/'))
        .join('|')})$`,
    );
    build.onResolve({ filter }, ({ path: module }) => ({ path: module, namespace: name }));
    build.onLoad({ filter: /.*/, namespace: name }, ({ path: module }) => ({
      contents: contents[module],
      resolveDir: SHIM,
    }));
  },
});

/** @returns {Promise<{file: string, names: string[]}>} the bundle, and all breaking points in it */
export async function buildBreakable() {
  const names = [];
  const breakpoints = {
    name: 'breakpoints',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path: module }) => {
        if (!module.startsWith(SOURCES) || module.startsWith(GENERATED)) return undefined;
        const file = path.relative(SOURCES, module);
        const code = await fs.readFile(module, 'utf8');
        if (NETS.includes(file)) return { contents: code, loader: 'jsx' };
        const { broken, names: found } = withBreakpoints(file, code);
        names.push(...found);
        return { contents: broken, loader: 'jsx' };
      });
    },
  };
  const page = given('page', {
    '@twilio/flex-ui': 'module.exports = window.Twilio.Flex;',
    react: 'module.exports = window.React;',
    '@twilio/flex-plugin': `
      export class FlexPlugin { constructor(name) { this.name = name; this.uniqueName = name; this.version = '0.0.0'; this.dependencies = {}; } }
      export const loadPlugin = (plugin) => window.Twilio.Flex.Plugins.init(plugin);`,
  });
  await esbuild.build({
    entryPoints: [path.join(SOURCES, 'index.js')],
    outfile: FILE,
    bundle: true,
    format: 'iife',
    define: { __SERVERLESS_URI__: JSON.stringify(`https://${FUNCTION_HOST}`) },
    plugins: [page, breakpoints],
    logLevel: 'error',
  });
  return { file: FILE, names };
}
