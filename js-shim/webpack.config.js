const fs = require('fs');
const path = require('path');

const acorn = require('acorn');
const dotenv = require('dotenv');
const { DefinePlugin, SourceMapDevToolPlugin } = require('webpack');
const WebpackParser = require('webpack/lib/Parser');

const GENERATED = ['monitor.js', 'wasm.js'].map((name) => path.join(__dirname, 'src', 'generated', name));
const ENV_FILE = path.join(__dirname, '..', '.env');
const VARIABLE = 'REACT_APP_SERVERLESS_URI';

/** The address of the Functions: the shell's, else that of the project's one `.env`, else none. */
function serverlessUri() {
  const fromFile = fs.existsSync(ENV_FILE) ? dotenv.parse(fs.readFileSync(ENV_FILE)) : {};
  const uri = (process.env[VARIABLE] || fromFile[VARIABLE] || '').trim().replace(/\/+$/, '');
  if (!uri) console.warn(`${VARIABLE} is set neither in the shell nor in the .env of the project root: this build cannot send alerts.`);
  return uri || undefined;
}

/**
 * Twilio's production configuration writes two source maps, of which the second is empty and wins. One real one
 * stays, under the name that `deploy` gives it.
 */
function oneSourceMap(config) {
  return {
    ...config,
    devtool: false,
    plugins: [
      ...config.plugins.filter((plugin) => !(plugin instanceof SourceMapDevToolPlugin)),
      new SourceMapDevToolPlugin({ filename: '[file].map', append: '\n//# sourceMappingURL=bundle.js.map' }),
    ],
  };
}

/**
 * Puts the engine's bytes behind all code. gzip looks back 32 KB: in the middle, these 64 KB would keep the code before
 * them from helping the code behind, which is 2 KB of the download.
 */
const engineLast = {
  apply(compiler) {
    compiler.hooks.compilation.tap('engine-last', (compilation) => {
      compilation.hooks.beforeModuleIds.tap('engine-last', (modules) => {
        const engine = modules.find((module) => module.resource === GENERATED[1]);
        if (engine) engine.id = modules.length;
      });
    });
  },
};

/** Takes out of webpack's own code what only `import()` and `.mjs` files need, of which there are none: 0.1 KB of the download. */
const withoutNamespaces = {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('without-namespaces', ({ mainTemplate }) => {
      mainTemplate.hooks.requireExtensions.tap('without-namespaces', (code) => code.replace(/__webpack_require__\.t = [^]*?\n};/, ''));
    });
  },
};

/** What the glue asks for that every browser has, or that nothing here uses. */
const KNOWN_OF_BROWSERS = { 'typeof FinalizationRegistry': '"function"', 'Symbol.dispose': 'undefined' };

/** Leaves out what nothing here uses, but webpack cannot see that: 0.8 KB of the download. */
function withoutBallast(config) {
  // The package's own entry also loads its helpers for scripts, style sheets and assets.
  const alias = { ...config.resolve?.alias, '@twilio/flex-plugin$': require.resolve('@twilio/flex-plugin/dist/lib/flex-plugin') };
  const plugins = [...config.plugins, withoutNamespaces, new DefinePlugin(KNOWN_OF_BROWSERS)];
  config.module.rules.push({ resource: GENERATED[0], enforce: 'pre', loader: require.resolve('./glue-loader') });
  // The glue asks whether there is a `global`, and in a browser there need not be one.
  return { ...config, plugins, resolve: { ...config.resolve, alias }, node: { ...config.node, global: false } };
}

/** Reads `a?.b` as webpack 4 understands it: as `a.b`, which has the same names in the same places. */
class ChainReader extends acorn.Parser {
  parseSubscripts(...place) {
    const node = super.parseSubscripts(...place);
    return node.type === 'ChainExpression' ? node.expression : node;
  }
}

/**
 * Lets `?.` and `??` through to the browser, which has known them for years. webpack 4 cannot read them, so Twilio's
 * Babel preset spells out each: 0.7 KB of the download, and more with every component. Of Babel, JSX is left.
 */
function withModernSyntax(config) {
  const { parse } = WebpackParser;
  WebpackParser.parse = (code, options) => {
    try {
      return parse(code, options);
    } catch (error) {
      return ChainReader.parse(code, { ...options, ecmaVersion: 2020, sourceType: 'module', ranges: true, locations: true });
    }
  };
  const rules = config.module.rules.flatMap((rule) => rule.oneOf ?? [rule]);
  const babel = rules.find(({ loader }) => loader?.includes('babel-loader'));
  babel.options.presets = [[require.resolve('@babel/preset-react'), { useSpread: true }]];
  return config;
}

/**
 * Twilio's configuration keeps the names of all functions, which only stack traces show and the source map knows: 0.6 KB
 * of the download. Those of classes stay, because Flex may ask for them. Three passes find 0.1 KB more than one.
 */
function minifiedHarder(config) {
  for (const { options } of config.optimization.minimizer) {
    options.terserOptions.keep_fnames = false;
    options.terserOptions.compress.passes = 3;
  }
  return config;
}

module.exports = (config, { isProd }) => {
  if (!GENERATED.every((file) => fs.existsSync(file))) {
    // Not thrown: Twilio's tooling would print a stack trace around the one sentence that helps.
    console.error('src/generated is not complete: run `cargo xtask build`, which makes the engine that this package wraps.');
    process.exit(1);
  }
  const uri = serverlessUri();
  config.plugins.push(new DefinePlugin({ __SERVERLESS_URI__: uri ? JSON.stringify(uri) : 'undefined' }), engineLast);
  return withModernSyntax(withoutBallast(isProd ? minifiedHarder(oneSourceMap(config)) : config));
};
