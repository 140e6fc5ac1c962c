import { engineStarted } from './engine';
import { AdminView } from './ui/AdminView';

/**
 * What js-shim/src/ui/adminView.js waits for: a promise. `AdminView` is a component of the page's own React whose one
 * property `access` is what the plugin hands it: `environment` (as the engine gets it), `alerts()` (Monitor.alerts),
 * `openRecordings()` (js-shim/src/recorder/database.js), `token()` (the Flex token of that moment), `language` and `strings` (Flex's).
 */
window.DeviceMonitoringAdminView = engineStarted.then(() => ({ AdminView }));
