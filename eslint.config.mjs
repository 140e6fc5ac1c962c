// The rules for all JavaScript of the project: Airbnb's, without those about layout, which is Prettier's.
// ESLint, its plugins, Prettier and TypeScript are installed once, in js-shim/node_modules.
import { createRequire } from 'node:module';

const tool = createRequire(new URL('js-shim/package.json', import.meta.url));
const comments = tool('@eslint-community/eslint-plugin-eslint-comments/configs').recommended;
const { configs, plugins } = tool('eslint-config-airbnb-extended');
const prettier = tool('eslint-config-prettier');
const globals = tool('globals');

/** Bundled by webpack or esbuild, which find a file without its extension. */
const PAGE = ['js-shim/src/**/*.js', 'js-shim/test/**/*.js', 'desk/src/**/*.js'];
/** Files that run as scripts in a page that a test has opened. */
const PAGE_SCRIPTS = ['lab/page/*.js', 'lab/call/*.js', 'lab/hands-on/**/*.js'];
const FUNCTIONS = ['plugin-serverless/functions/**', 'plugin-serverless/examples/**'];
const COMMON_JS = ['**/*.cjs', 'js-shim/*.js', 'plugin-serverless/**/*.js', 'desk/src/page/*.js'];
const TESTS = ['**/test/**'];
const LAB = ['lab/**'];
/** What people run in a terminal. */
const COMMANDS = [...LAB, 'plugin-serverless/set-up.mjs', 'js-shim/webpack.config.js'];

const inFiles = (files, parts) => parts.map((part) => ({ ...part, files }));

export default [
  { ignores: ['**/node_modules/', '**/generated/', '**/build/', '**/target/', 'plugin-serverless/assets/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  plugins.stylistic,
  plugins.importX,
  ...configs.base.recommended,
  ...inFiles(PAGE, [plugins.react, plugins.reactA11y, plugins.reactHooks, ...configs.react.recommended]),
  prettier,
  comments,

  {
    languageOptions: {
      ecmaVersion: 'latest',
      parserOptions: { ecmaVersion: 'latest', sourceType: 'module' },
      globals: globals.nodeBuiltin,
    },
    rules: {
      // A switched-off rule has its reason beside it.
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      // A file begins with what it exports, and its helpers follow.
      'no-use-before-define': ['error', { functions: false, classes: true, variables: false }],
      // Airbnb's list without `for … of`, which it bans because of the size of a polyfill that no browser needs any more.
      'no-restricted-syntax': ['error', 'ForInStatement', 'LabeledStatement', 'WithStatement'],
      // A named export has the same name wherever it is used.
      'import-x/prefer-default-export': 'off',
      // Fields of one line stand together.
      '@stylistic/lines-between-class-members': ['error', 'always', { exceptAfterSingleLine: true }],
      // What cargo xtask build makes need not be there.
      'import-x/no-unresolved': ['error', { commonjs: true, ignore: ['/generated/'] }],
      // Node's own way to write an import.
      'import-x/extensions': ['error', 'ignorePackages'],
    },
  },
  {
    files: COMMON_JS,
    languageOptions: { sourceType: 'commonjs', parserOptions: { sourceType: 'script' }, globals: globals.commonjs },
  },
  {
    files: PAGE,
    languageOptions: { globals: { ...globals.browser, __SERVERLESS_URI__: 'readonly' } },
    rules: {
      'import-x/extensions': ['error', 'ignorePackages', { js: 'never' }],
      // Props are described in JSDoc, and tsc checks them.
      'react/prop-types': 'off',
      // Flex's build wants src/index.js, and the other files are named alike.
      'react/jsx-filename-extension': ['error', { extensions: ['.js'] }],
    },
  },
  { files: LAB, languageOptions: { globals: globals.browser } },
  {
    files: ['js-shim/test/**'],
    languageOptions: { globals: { ...globals.node, ...globals.jest } },
  },
  {
    files: FUNCTIONS,
    languageOptions: { globals: { Runtime: 'readonly', Twilio: 'readonly' } },
    rules: {
      // Hosted, files have no names: only the Runtime knows where another one is.
      'import-x/no-dynamic-require': 'off',
    },
  },
  {
    files: [...TESTS, ...LAB],
    rules: {
      // The steps of a test follow one another.
      'no-await-in-loop': 'off',
    },
  },
  {
    files: COMMANDS,
    rules: {
      // It is how they answer.
      'no-console': 'off',
    },
  },
];
