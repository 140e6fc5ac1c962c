const { version, dependencies, devDependencies } = require('./package.json');

// Not `flex-plugin test`, which does not run; but its own preset, so that tests see what the build sees.
module.exports = {
  preset: '@twilio/flex-plugin-test',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.js'],
  testEnvironment: '<rootDir>/test/environment.js',
  // A busy machine takes many times what a test takes by itself.
  testTimeout: 60_000,
  moduleNameMapper: { '^@twilio/flex-ui$': '<rootDir>/test/flex.js' },
  globals: {
    __FPB_PLUGIN_UNIQUE_NAME: 'plugin-device-monitoring',
    __FPB_PLUGIN_VERSION: version,
    __FPB_FLEX_PLUGIN_SCRIPTS_VERSION: dependencies['@twilio/flex-plugin-scripts'],
    __FPB_FLEX_PLUGIN_VERSION: dependencies['@twilio/flex-plugin'],
    __FPB_FLEX_UI_VERSION: devDependencies['@twilio/flex-ui'],
    __FPB_REACT_VERSION: dependencies.react,
    __FPB_REACT_DOM_VERSION: dependencies['react-dom'],
    __SERVERLESS_URI__: 'https://device-monitoring.example.twil.io',
  },
};
