const fs = require('fs');
const path = require('path');

const dotenv = require('dotenv');
const { DefinePlugin, SourceMapDevToolPlugin } = require('webpack');

const GENERATED = ['adminView.js', 'monitor.js', 'texts.js', 'wasm.js'].map((name) =>
  path.join(__dirname, 'src', 'generated', name),
);
const ENV_FILE = path.join(__dirname, '..', '.env');
const VARIABLE = 'REACT_APP_SERVERLESS_URI';

/** The address of the Functions: the shell's, else that of the project's one `.env`, else none. */
function serverlessUri() {
  const fromFile = fs.existsSync(ENV_FILE) ? dotenv.parse(fs.readFileSync(ENV_FILE)) : {};
  const uri = (process.env[VARIABLE] || fromFile[VARIABLE] || '').trim().replace(/\/+$/, '');
  if (!uri)
    console.warn(
      `${VARIABLE} is set neither in the shell nor in the .env of the project root: this build cannot send alerts.`,
    );
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

module.exports = (config, { isProd }) => {
  if (!GENERATED.every((file) => fs.existsSync(file))) {
    // Not thrown: Twilio's tooling would print a stack trace around the one sentence that helps.
    console.error(
      'src/generated is not complete: run `cargo xtask build`, which makes the engine that this package wraps.',
    );
    process.exit(1);
  }
  const uri = serverlessUri();
  config.plugins.push(new DefinePlugin({ __SERVERLESS_URI__: uri ? JSON.stringify(uri) : 'undefined' }));
  return isProd ? oneSourceMap(config) : config;
};
