'use strict';

let last = 0;
/** A SID as Twilio writes them, never the same twice. */
function makeSid(prefix) {
  last += 1;
  return `${prefix}${last.toString(16).padStart(8, '0')}${'5'.repeat(24)}`;
}

module.exports = { makeSid };
