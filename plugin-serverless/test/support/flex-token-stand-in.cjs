'use strict';
/**
 * Preload for a process that runs Twilio Functions without a Twilio account: requests to Twilio's
 * token service, https://iam[.<region>].twilio.com, go to a local server instead, with method,
 * path, headers and body untouched. Nothing else about the process changes.
 *
 *   FLEX_TOKEN_SERVICE_URL=http://127.0.0.1:<port> node --require …/flex-token-stand-in.cjs …
 *
 * Needed because the address is fixed inside twilio-flex-token-validator. The local server is
 * usually `token-service.cjs`; `start-runtime.cjs` puts the two and `twilio-run` together.
 */
const http = require('node:http');
const https = require('node:https');

const TOKEN_SERVICE = /^iam(\.[a-z0-9-]+)?\.twilio\.com$/;
const request = https.request;

https.request = function requestOrStandIn(options, ...rest) {
  const host = options instanceof URL || typeof options === 'object' ? options.hostname : new URL(options).hostname;
  if (!TOKEN_SERVICE.test(host ?? '')) return request.call(this, options, ...rest);
  const standIn = process.env.FLEX_TOKEN_SERVICE_URL;
  // Never the real service by accident: a test that forgot the variable must not look refused.
  if (!standIn) throw new Error('FLEX_TOKEN_SERVICE_URL is not set');
  const { hostname, port } = new URL(standIn);
  const { method, path, headers } = options;
  return http.request({ hostname, port, method, path, headers: { ...headers, 'x-stand-in-for': host } }, ...rest);
};

// A runtime whose starter is gone (a test that crashed, a demo that was interrupted) leaves too,
// and so do the processes it forked; without this they would keep their ports for ever.
if (process.channel) process.once('disconnect', () => process.exit());
