'use strict';

// The page's one script: Flex UI as npm ships it, under the global name that plugins expect.
// Flex publishes React, ReactDOM, Redux and ReactRedux on `window` by itself while it starts.
const Flex = require('@twilio/flex-ui');

window.Twilio = Object.assign(window.Twilio || {}, { Flex });
