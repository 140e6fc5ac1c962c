// Where things are in the checkout. Everything the lab builds or saves is under target/lab.
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const LAB = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(LAB);
const TARGET = path.join(ROOT, 'target', 'lab');
/** Where cargo leaves what is built natively. */
const NATIVE = path.join(ROOT, 'target', 'debug');

export const paths = {
  root: ROOT,
  lab: LAB,
  /** Flex UI and React are installed once, with the plugin. */
  flexModules: process.env.LAB_FLEX_MODULES ?? path.join(ROOT, 'js-shim', 'node_modules'),
  /** The oldest Flex UI that the plugin is tested with, and what that one depends on: a folder with packages of its own. */
  oldestFlexModules: path.join(LAB, 'oldest-flex-ui', 'node_modules'),
  target: TARGET,
  flexBundle: path.join(TARGET, 'flex-bundle', 'flex-ui.js'),
  flexBundleWithNewestVoiceSdk: path.join(TARGET, 'flex-bundle', 'flex-ui-newest-voice-sdk.js'),
  oldestFlexBundle: path.join(TARGET, 'flex-bundle', 'flex-ui-oldest.js'),
  plugin: process.env.LAB_PLUGIN ?? path.join(TARGET, 'plugin', 'plugin-device-monitoring.js'),
  /** Measured links, which are not part of the repository (network/link.mjs). */
  links: path.join(TARGET, 'links'),
  demo: path.join(TARGET, 'demo'),
  /** `cargo build --workspace --bin replay --example flex-configuration-api` makes both. */
  replay: path.join(NATIVE, 'replay'),
  flexConfigurationApi: path.join(NATIVE, 'examples', 'flex-configuration-api'),
};
