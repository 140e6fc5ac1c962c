import { engineStarted, WhatIf } from './engine';
import { AdminView } from './ui/AdminView';

/**
 * What js-shim/src/ui/adminView.js waits for: a promise. `version` has to be that of the plugin's engine; `AdminView` is a
 * component of the page's own React whose one property `access` is what the plugin hands it: `environment` (as the
 * engine gets it), `alerts()` (Monitor.alerts) and `openRecordings()` (js-shim/src/recorder/database.js).
 */
window.DeviceMonitoringAdminView = engineStarted.then(() => ({ version: WhatIf.version(), AdminView }));
