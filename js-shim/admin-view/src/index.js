import { engineStarted } from './engine';
import { AdminView } from './ui/AdminView';
import { TeamsCell } from './ui/floor/TeamsCell';

/**
 * What js-shim/src/ui/adminView.js waits for: a promise. `AdminView` and `TeamsCell` are components of the page's own
 * React whose property `access` is what the plugin hands them: `environment` (as the engine gets it), `alerts()`
 * (Monitor.alerts), `openRecordings()` (js-shim/src/recorder/database.js), `reportsCalls`, `session()` (the Flex token at
 * this moment), and of Flex `roles`, `insightsClient`, `language` and `strings`. `TeamsCell` also gets a `workerSid`.
 */
window.DeviceMonitoringAdminView = engineStarted.then(() => ({ AdminView, TeamsCell }));
