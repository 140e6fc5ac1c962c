// The entry of plugin-serverless/functions/generated/incidents.private.js: its exports work as soon as it is loaded.
import { describeIncident, initSync, judgeIncidents } from './incidents.js';
import module from './optimised.wasm';

initSync({ module });
export { describeIncident, judgeIncidents };
