// Loaded into twilio-run with `node --require`. Sends HTTPS meant for Twilio to the lab's stand-ins, so that the Function's
// own code and its libraries run untouched and no request leaves the machine.
const http = require('http');
const https = require('https');

/** Host name -> port on 127.0.0.1 */
const STAND_INS = JSON.parse(process.env.LAB_STAND_INS || '{}');

const realRequest = https.request;
https.request = function request(first, ...rest) {
  const isAddress = typeof first === 'string' || first instanceof URL;
  const address = isAddress ? new URL(first) : first;
  const host = address.hostname || address.host || '';
  if (!/(^|\.)twilio\.com$/.test(host)) return realRequest.call(https, first, ...rest);
  const port = STAND_INS[host];
  if (!port) throw new Error(`the lab has no stand-in for ${host}`);
  const callback = rest.find((argument) => typeof argument === 'function');
  const given = isAddress ? { path: address.pathname + address.search, ...(typeof rest[0] === 'object' ? rest[0] : {}) } : first;
  const { agent, host: _host, ...options } = given;
  return http.request({ ...options, protocol: 'http:', hostname: '127.0.0.1', port }, callback);
};

// The lab may be killed without a chance to tidy up.
const lab = Number(process.env.LAB_PID);
if (lab) {
  const watch = setInterval(() => {
    try {
      process.kill(lab, 0);
    } catch {
      process.exit(0);
    }
  }, 1000);
  watch.unref();
}
