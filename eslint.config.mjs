// The rules for all JavaScript of the project: Airbnb's, without those about layout, which is Prettier's. A rule that is
// switched off or set differently has the reason above it.
// ESLint, its plugins, Prettier and TypeScript are installed once for all packages, in js-shim/node_modules.
import { createRequire } from 'node:module';

const tool = createRequire(new URL('js-shim/package.json', import.meta.url));
const comments = tool('@eslint-community/eslint-plugin-eslint-comments/configs').recommended;
const { configs, plugins } = tool('eslint-config-airbnb-extended');
const prettier = tool('eslint-config-prettier');
const globals = tool('globals');

const PLUGIN = ['js-shim/src/**/*.js', 'js-shim/test/**/*.js', 'js-shim/admin-view/**/*.js'];
const FUNCTION = ['plugin-serverless/**'];
const LAB = ['lab/**'];
const TESTS = ['**/test/**'];
const COMMON_JS = ['**/*.cjs', 'js-shim/*.js', 'js-shim/admin-view/src/page/*.js', 'plugin-serverless/**/*.js'];

const inFiles = (files, parts) => parts.map((part) => ({ ...part, files }));

const everywhere = {
  languageOptions: {
    ecmaVersion: 'latest',
    parserOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    globals: globals.nodeBuiltin,
  },
  rules: {
    '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
    // Files begin with what they export; helpers follow.
    'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
    // Airbnb also bans `for … of`, because of the size of a polyfill that no supported browser needs.
    'no-restricted-syntax': ['error', 'ForInStatement', 'LabeledStatement', 'WithStatement'],
    // In a loop, a guard clause reads as it does in a function.
    'no-continue': 'off',
    // Some functions exist to fill or update an object they are given: an element, a call's state. The parameter
    // itself is never assigned to.
    'no-param-reassign': ['error', { props: false }],
    // `new Promise((resolve) => setTimeout(resolve, ms))`: nobody can use what the executor returns.
    'no-promise-executor-return': 'off',
    // Private parts of the Voice SDK and of Playwright, used where there is no public way; and webpack's definition.
    'no-underscore-dangle': [
      'error',
      {
        allow: ['_audioContext', '_client', '_connection', '_mainFrameSession', '_mediaHandler', '__SERVERLESS_URI__'],
      },
    ],
    // Small classes that only make sense together share a file.
    'max-classes-per-file': ['error', 3],
    // Fields of one line stand together.
    '@stylistic/lines-between-class-members': ['error', 'always', { exceptAfterSingleLine: true }],
    // A named export has the same name wherever it is used.
    'import-x/prefer-default-export': 'off',
    // `cargo xtask build` makes these files; linting does not need them.
    'import-x/no-unresolved': ['error', { commonjs: true, ignore: ['/generated/'] }],
    // Node does not find a file without its extension.
    'import-x/extensions': ['error', 'ignorePackages'],
  },
};

const commonJs = {
  files: COMMON_JS,
  languageOptions: { sourceType: 'commonjs', parserOptions: { sourceType: 'script' }, globals: globals.node },
};

const script = {
  files: ['**/*.cjs'],
  rules: {
    // Airbnb expects Babel to add the directive; Node runs these files as they are.
    strict: ['error', 'global'],
  },
};

const plugin = {
  files: PLUGIN,
  languageOptions: { globals: { ...globals.browser, __SERVERLESS_URI__: 'readonly' } },
  rules: {
    // webpack and esbuild find a file without its extension.
    'import-x/extensions': [
      'error',
      'always',
      {
        ignorePackages: true,
        pattern: { js: 'never' },
        pathGroupOverrides: [{ pattern: './generated/*', action: 'ignore' }],
      },
    ],
    // Flex brings its own @twilio/flex-ui: what the plugin is built with is a development dependency.
    'import-x/no-extraneous-dependencies': ['error', { devDependencies: true }],
    // `init` is wasm-bindgen's own word for the default export of what it generates.
    'import-x/no-rename-default': 'off',
    // Not a heading: `Text` shows one text of Flex's strings and takes no children.
    'jsx-a11y/heading-has-content': ['error', { components: [] }],
    // Props are described in JSDoc, which tsc checks.
    'react/prop-types': 'off',
    // Twilio's build wants src/index.js; the other files are named alike.
    'react/jsx-filename-extension': ['error', { extensions: ['.js'] }],
  },
};

const functions = {
  files: FUNCTION,
  languageOptions: { globals: { Runtime: 'readonly', Twilio: 'readonly' } },
  rules: {
    // A deployed file has neither a name nor neighbours: only the Runtime knows where another one is.
    'import-x/no-dynamic-require': 'off',
    // The example's own package is installed with it, by who uses it.
    'import-x/no-extraneous-dependencies': ['error', { devDependencies: ['**/examples/**', '**/test/**'] }],
  },
};

const lab = {
  files: LAB,
  languageOptions: { globals: globals.browser },
  rules: {
    // Sound, RTP headers and seeded random numbers are made of bits.
    'no-bitwise': 'off',
    // The lab runs the Function with the Function's own stand-ins for Twilio.
    'import-x/no-relative-packages': 'off',
    // These are in js-shim/node_modules: Flex UI and what comes with it.
    'import-x/no-unresolved': ['error', { commonjs: true, ignore: ['^react$', '^redux$', '^@twilio/flex-ui$'] }],
  },
};

const tests = {
  files: [...TESTS, ...LAB],
  rules: {
    // A stand-in has its original's methods, whether or not they need `this`.
    'class-methods-use-this': 'off',
    // The steps of a test or a measurement follow one another.
    'no-await-in-loop': 'off',
    // What is made in a round of such a loop is over before the next one.
    'no-loop-func': 'off',
  },
};

const consoles = {
  // What people run in a terminal, and the two modules that log for all others.
  files: [...LAB, ...TESTS, '**/set-up.mjs', '**/webpack.config.js', '**/src/log.js', '**/lib/log.private.js'],
  rules: { 'no-console': 'off' },
};

const sample = {
  files: ['appConfig.sample.js'],
  rules: {
    // Flex reads this global variable from the page.
    'no-unused-vars': 'off',
    'no-var': 'off',
  },
};

export default [
  {
    ignores: ['**/node_modules/', '**/*.d.ts', '**/generated/', '**/build/', '**/target/', 'plugin-serverless/assets/'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  plugins.stylistic,
  plugins.importX,
  ...configs.base.recommended,
  ...inFiles(PLUGIN, [plugins.react, plugins.reactA11y, plugins.reactHooks, ...configs.react.recommended]),
  prettier,
  comments,
  everywhere,
  commonJs,
  script,
  plugin,
  { files: ['js-shim/test/**'], languageOptions: { globals: { ...globals.node, ...globals.jest } } },
  functions,
  lab,
  tests,
  consoles,
  sample,
];
