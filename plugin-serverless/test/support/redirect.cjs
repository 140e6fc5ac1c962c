'use strict';

/**
 * Preload for a process that runs Twilio Functions without a Twilio account: what it asks of Twilio over HTTPS goes to
 * local servers instead, with method, path, headers and body untouched. Any other address of Twilio's, and these too
 * without a stand-in, is refused: it is never looked up, whatever asks for it.
 *
 *   node --require …/redirect.cjs …, with in the environment
 *   FLEX_TOKEN_SERVICE_URL   for https://iam[.<region>].twilio.com (token-service.cjs)
 *   TWILIO_STAND_IN_URL      for every other https://….twilio.com (twilio/server.cjs)
 *   STAND_IN_NAMES           {"hooks.example.com": [["93.184.216.34"], ["10.0.0.1"]]}: what the first, the second …
 *                            look-up of a name says, and every one after the last
 *   STAND_IN_PLACES          {"93.184.216.34": 8080}: a server on this machine for what connects to an address
 *   STAND_IN_ORIGINS         {"https://tickets.example.com": "http://127.0.0.1:8080"}: a server on this machine for
 *                            what `fetch` asks of an origin
 *
 * Needed because the addresses are fixed inside Twilio's packages. `start-runtime.cjs` puts it all together. The
 * servers learn which process asks, so that they can end it: x-stand-in-pid, and x-stand-in-parent for twilio-run.
 */
const childProcess = require('node:child_process');
const dns = require('node:dns');
const http = require('node:http');
const https = require('node:https');

const TOKEN_SERVICE = /^iam(\.[a-z0-9-]+)?\.twilio\.com$/;
const TWILIO = /(^|\.)twilio\.com$/i;
const { request } = https;
const { lookup } = dns;
const { fetch } = globalThis;
const lookups = new Map();

function standInFor(host) {
  if (TOKEN_SERVICE.test(host)) return process.env.FLEX_TOKEN_SERVICE_URL;
  return TWILIO.test(host) ? process.env.TWILIO_STAND_IN_URL : undefined;
}

https.request = function requestOrStandIn(target, ...rest) {
  const [given, callback] = typeof rest[0] === 'object' ? rest : [{}, rest[0]];
  const isUrl = typeof target === 'string' || target instanceof URL;
  const { hostname, port, pathname, search } = isUrl ? new URL(target) : target;
  const options = isUrl ? { hostname, port, path: `${pathname}${search}`, ...given } : target;
  const host = options.hostname ?? '';
  const standIn = standInFor(host);
  if (standIn) {
    const { method, path, headers } = options;
    const told = {
      ...headers,
      'x-stand-in-for': host,
      'x-stand-in-pid': process.pid,
      'x-stand-in-parent': process.ppid,
    };
    return http.request({ ...address(standIn), method, path, headers: told, signal: options.signal }, callback);
  }
  if (process.env.STAND_IN_PLACES && options.lookup) return requestAtPlace(options, callback);
  return request.call(this, target, ...rest);
};

globalThis.fetch = function fetchOrStandIn(target, ...rest) {
  const origins = JSON.parse(process.env.STAND_IN_ORIGINS ?? '{}');
  const url = typeof target === 'string' || target instanceof URL ? new URL(target) : undefined;
  const standIn = origins[url?.origin];
  return fetch.call(this, standIn ? new URL(`${url.pathname}${url.search}`, standIn) : target, ...rest);
};

function address(url) {
  const { hostname, port } = new URL(url);
  return { hostname, port };
}

/** Connects to the server that stands for the address which the caller's own look-up gives, over HTTP. */
function requestAtPlace({ agent: _agent, ...options }, callback) {
  const places = JSON.parse(process.env.STAND_IN_PLACES);
  let found;
  options.lookup(options.hostname, { all: false }, (error, place) => {
    found = error ? undefined : place;
  });
  const headers = { host: options.hostname, ...options.headers };
  return http.request(
    { ...options, headers, lookup: undefined, hostname: '127.0.0.1', port: places[found] ?? 9, protocol: 'http:' },
    callback,
  );
}

dns.lookup = function lookupOrRefuse(host, ...rest) {
  const callback = rest.at(-1);
  const named = JSON.parse(process.env.STAND_IN_NAMES ?? '{}')[host];
  if (named) {
    const asked = lookups.get(host) ?? 0;
    lookups.set(host, asked + 1);
    const addresses = named[Math.min(asked, named.length - 1)].map((found) => ({
      address: found,
      family: found.includes(':') ? 6 : 4,
    }));
    const [first] = addresses;
    return process.nextTick(() =>
      rest[0]?.all ? callback(null, addresses) : callback(null, first.address, first.family),
    );
  }
  if (!TWILIO.test(host ?? '')) return lookup.call(this, host, ...rest);
  return process.nextTick(callback, new Error(`there is no stand-in for ${host}`));
};

// twilio-run waits without end for a Function's process that was killed. Hosted, its caller gets an error from Twilio,
// which knows nothing of CORS.
const { fork } = childProcess;
childProcess.fork = function forkAndWatch(...args) {
  const child = fork.apply(this, args);
  let answered = false;
  child.on('message', ({ reply, err }) => {
    answered ||= Boolean(reply ?? err);
  });
  child.once('exit', () => {
    if (!answered)
      child.emit('message', {
        reply: {
          statusCode: 502,
          headers: { 'Content-Type': 'text/plain' },
          body: 'the Function ended without an answer',
        },
      });
  });
  return child;
};

// A runtime whose starter is gone (a test that crashed, a demo that was interrupted) leaves too,
// and so do the processes it forked; without this they would keep their ports for ever.
if (process.channel) process.once('disconnect', () => process.exit());
