'use strict';
/**
 * Preload for a process that runs Twilio Functions without a Twilio account: requests to Twilio's
 * token service, https://iam[.<region>].twilio.com, go to a local server instead, with method,
 * path, headers and body untouched. Any other address of Twilio's, and this one too without a
 * stand-in, is refused: it is never looked up, whatever asks for it.
 *
 *   FLEX_TOKEN_SERVICE_URL=http://127.0.0.1:<port> node --require …/flex-token-stand-in.cjs …
 *
 * Needed because the address is fixed inside twilio-flex-token-validator. The local server is
 * usually `token-service.cjs`; `start-runtime.cjs` puts the two and `twilio-run` together.
 */
const dns = require('node:dns');
const http = require('node:http');
const https = require('node:https');

const TOKEN_SERVICE = /^iam(\.[a-z0-9-]+)?\.twilio\.com$/;
const TWILIO = /(^|\.)twilio\.com$/i;
const { request } = https;
const { lookup } = dns;

https.request = function requestOrStandIn(options, ...rest) {
  const host = options instanceof URL || typeof options === 'object' ? options.hostname : new URL(options).hostname;
  const standIn = process.env.FLEX_TOKEN_SERVICE_URL;
  if (!standIn || !TOKEN_SERVICE.test(host ?? '')) return request.call(this, options, ...rest);
  const { hostname, port } = new URL(standIn);
  const { method, path, headers } = options;
  return http.request({ hostname, port, method, path, headers: { ...headers, 'x-stand-in-for': host } }, ...rest);
};

dns.lookup = function lookupOrRefuse(host, ...rest) {
  if (!TWILIO.test(host ?? '')) return lookup.call(this, host, ...rest);
  return process.nextTick(rest.at(-1), new Error(`there is no stand-in for ${host}`));
};

// A runtime whose starter is gone (a test that crashed, a demo that was interrupted) leaves too,
// and so do the processes it forked; without this they would keep their ports for ever.
if (process.channel) process.once('disconnect', () => process.exit());
