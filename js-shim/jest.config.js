// Not `flex-plugin test`, which does not run; but its own preset, so that tests see what the build sees.
module.exports = {
  preset: '@twilio/flex-plugin-test',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.js'],
  testEnvironment: '<rootDir>/test/environment.js',
  moduleNameMapper: { '^@twilio/flex-ui$': '<rootDir>/test/flex.js' },
  globals: {
    __FPB_PLUGIN_UNIQUE_NAME: 'plugin-device-monitoring',
    __FPB_PLUGIN_VERSION: require('./package.json').version,
    __FPB_FLEX_PLUGIN_SCRIPTS_VERSION: '7.1.2',
    __FPB_FLEX_PLUGIN_VERSION: '7.1.2',
    __FPB_FLEX_UI_VERSION: '2.17.1',
    __FPB_REACT_VERSION: '17.0.2',
    __FPB_REACT_DOM_VERSION: '17.0.2',
    __SERVERLESS_URI__: 'https://device-monitoring.example.twil.io',
  },
};
