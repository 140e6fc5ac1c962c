/**
 * The first and the last version that the plugin was tested with (docs/browsers.md). With others it works as well as
 * they give what it reads.
 */
export const TESTED_VERSIONS = {
  'Voice SDK': { first: '2.11.1', last: '2.18.5' },
  'Flex UI': { first: '2.8.2', last: '2.17.1' },
};
