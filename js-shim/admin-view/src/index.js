import { engineStarted, WhatIf } from './engine';
import { Desk } from './ui/Desk';

/**
 * What js-shim/src/ui/desk.js waits for: a promise. `version` has to be that of the plugin's engine; `Desk` is a
 * component of the page's own React whose one property `access` is what the plugin hands it: `environment` (as the
 * engine gets it), `alerts()` (Monitor.alerts) and `openRecordings()` (js-shim/src/recorder/database.js).
 */
window.DeviceMonitoringDesk = engineStarted.then(() => ({ version: WhatIf.version(), Desk }));
