/** @jest-environment node */
const { DefinePlugin, SourceMapDevToolPlugin } = require('webpack');

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
