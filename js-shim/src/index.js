import './startTime';

import * as FlexPlugin from '@twilio/flex-plugin';

import DeviceMonitoringPlugin from './DeviceMonitoringPlugin';

// Flex reads document.currentScript in here, so this call stays synchronous.
FlexPlugin.loadPlugin(DeviceMonitoringPlugin);
