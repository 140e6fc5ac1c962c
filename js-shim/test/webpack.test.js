/** @jest-environment node */
const fs = require('fs');
const path = require('path');

const { DefinePlugin, SourceMapDevToolPlugin } = require('webpack');

const withoutBallast = require('../glue-loader');
const hook = require('../webpack.config');

const VARIABLE = 'REACT_APP_SERVERLESS_URI';
const before = process.env[VARIABLE];
afterEach(() => {
  if (before === undefined) delete process.env[VARIABLE];
  else process.env[VARIABLE] = before;
});

function configured(uri, isProd = true) {
  process.env[VARIABLE] = uri;
  const twilios = {
    devtool: 'hidden-source-map',
    plugins: [new SourceMapDevToolPlugin({ append: 'x' })],
    module: { rules: [{ parser: {} }, { oneOf: [{ loader: '/x/url-loader.js' }, { loader: '/x/babel-loader.js', options: { presets: ['x'] } }] }] },
    optimization: { minimizer: [{ options: { terserOptions: { compress: {}, keep_classnames: true, keep_fnames: true } } }] },
  };
  return hook(twilios, { isProd });
}
const ofKind = (config, kind) => config.plugins.filter((plugin) => plugin instanceof kind);

test('the shell names the address of the Functions, whatever the .env says', () => {
  const [{ definitions }] = ofKind(configured('https://functions.example.twil.io/'), DefinePlugin);
  expect(definitions.__SERVERLESS_URI__).toBe('"https://functions.example.twil.io"');
});

test('the production build writes one source map, as a file', () => {
  const config = configured('https://functions.example.twil.io');
  expect(config.devtool).toBe(false);
  expect(ofKind(config, SourceMapDevToolPlugin).map((plugin) => plugin.sourceMapFilename)).toEqual(['[file].map']);
});

test('the production build keeps the names of classes and not those of functions', () => {
  const [{ options }] = configured('https://functions.example.twil.io').optimization.minimizer;
  expect(options.terserOptions).toEqual({ compress: { passes: 3 }, keep_classnames: true, keep_fnames: false });
});

test('of Babel, JSX is left', () => {
  const [, { oneOf: [, { options }] }] = configured('https://functions.example.twil.io').module.rules;
  expect(options.presets).toEqual([[require.resolve('@babel/preset-react'), { useSpread: true }]]);
});

test('the glue of this wasm-bindgen loses what no browser of ours needs, and another glue is refused', () => {
  const glue = fs.readFileSync(path.join(__dirname, '..', 'src', 'generated', 'monitor.js'), 'utf8');
  const lean = withoutBallast(glue);
  expect(lean).not.toMatch(/'encodeInto' in/);
  expect(lean).toMatch(/cachedTextEncoder\.encodeInto\(arg, view\)/);
  expect(lean).toMatch(/function initSync\(module\) \{\s+if \(wasm !== undefined\) return wasm;\s+if \(module !== undefined\) \{\s+\(\{module\} = module\);\s+\}/);
  expect(() => withoutBallast(lean)).toThrow('another than it was');
});
