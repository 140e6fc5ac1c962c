// What the agent's browser reaches: Flex's page and files, the stand-ins for Twilio, and the Function's host, which is
// forwarded to the real twilio-run as it is.
import fs from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { answer } from '../twilio/http.mjs';
import { paths } from '../paths.mjs';
import { bodyOf } from './firefox.mjs';

export const FLEX_ORIGIN = 'https://flex.twilio.com';
/** Compiled into the lab's plugin bundle as REACT_APP_SERVERLESS_URI. */
export const FUNCTION_HOST = 'device-monitoring-lab.example.twil.io';
const PLUGIN_PATH = '/lab/plugin-device-monitoring.js';

const page = (flexBundleUrl) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Flex</title><style>html, body, #root > div { height: 100%; margin: 0 }</style></head>
<body><div id="root" style="height: 100%"></div>
<script src="/lab/app-config.js"></script><script src="${flexBundleUrl}" crossorigin></script><script src="/lab/sdk-observer.js"></script><script src="/lab/screen-observer.js"></script><script src="/lab/timing.js"></script><script src="/lab/start.js"></script>
</body></html>`;

const TWILIO_CORS = {
  'access-control-allow-origin': FLEX_ORIGIN,
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, apiversion, clientversion, if-match, x-flex-jwe, x-flex-version, x-twilio-token',
};

/** Sends a browser's request to twilio-run and gives back the whole answer. */
function forward(request, body, functionUrl) {
  const { pathname, search } = new URL(request.url());
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers(), host: FUNCTION_HOST };
    const outgoing = http.request(
      functionUrl + pathname + search,
      { method: request.method(), headers },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body ?? undefined);
  });
}

const singleValued = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));

/** A form as an object; `alert` is the alert's document, or the text of one that is not JSON. */
function parseForm(text) {
  const fields = Object.fromEntries(new URLSearchParams(text));
  try {
    return { ...fields, alert: JSON.parse(fields.alert) };
  } catch {
    return fields;
  }
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {object} lab
 * @param {import('../twilio/world.mjs').World} lab.world
 * @param {import('../twilio/taskrouter.mjs').TaskRouter} lab.taskrouter
 * @param {import('../twilio/http.mjs').FlexService} lab.service
 * @param {object} lab.appConfig
 * @param {string} lab.flexBundleUrl of Flex UI as one script
 * @param {string | null} lab.pluginFile
 * @param {number} lab.copies of the plugin that Flex is told to load
 * @param {string} lab.functionUrl without a slash at the end
 * @param {boolean} lab.directly the plugin posts to twilio-run itself, and nothing in between: what a page sends while it ends
 *   cannot be answered here
 * @param {import('./function-faults.mjs').BreakableFunction} lab.breakableFunction decides whether the Function is reached
 * @param {import('../awaitable-list.mjs').Entries} lab.attempts to reach the Function: {path, method, fields, failed?}
 * @param {import('../awaitable-list.mjs').Entries} lab.requests that were answered: {path, method, fields, status, answer}
 * @param {Set<string>} lab.unanswered what no stand-in knew
 */
export async function installRoutes(
  context,
  {
    world,
    taskrouter,
    service,
    appConfig,
    flexBundleUrl,
    pluginFile,
    copies,
    functionUrl,
    directly,
    breakableFunction,
    attempts,
    requests,
    unanswered,
  },
) {
  const script = (content) => ({ contentType: 'text/javascript', ...content });
  const files = {
    '/lab/app-config.js': script({ body: `window.appConfig = ${JSON.stringify(appConfig)};` }),
    ...Object.fromEntries(
      ['sdk-observer.js', 'screen-observer.js', 'timing.js', 'start.js'].map((name) => [
        `/lab/${name}`,
        script({ path: path.join(paths.lab, 'page', name) }),
      ]),
    ),
    ...(pluginFile && {
      [PLUGIN_PATH]: script(
        directly
          ? { body: (await fs.readFile(pluginFile, 'utf8')).replaceAll(`https://${FUNCTION_HOST}`, functionUrl) }
          : { path: pluginFile },
      ),
    }),
  };
  const plugins = Array.from({ length: pluginFile === null ? 0 : copies }, (_, index) => ({
    name: ['plugin-device-monitoring', ...(index ? [index + 1] : [])].join('-'),
    version: '0.0.0',
    src: `${FLEX_ORIGIN}${PLUGIN_PATH}?copy=${index + 1}`,
  }));

  async function toFunction(route, request) {
    const body = await bodyOf(request);
    const fields = request.method() === 'POST' ? parseForm(body?.toString('utf8') ?? '') : {};
    const asked = { path: new URL(request.url()).pathname, method: request.method(), fields };
    attempts.add(asked);
    const response = await breakableFunction.answer(() => forward(request, body, functionUrl));
    if (!response) {
      asked.failed = true;
      return route.abort('connectionrefused').catch(() => {});
    }
    requests.add({ ...asked, status: response.status, answer: response.body.toString('utf8') });
    return route
      .fulfill({ status: response.status, headers: singleValued(response.headers), body: response.body })
      .catch(() => {}); // the page has gone
  }

  await context.route('**/*', async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    if (request.url() === flexBundleUrl || (directly && url.origin === functionUrl)) return route.continue();
    if (url.host === FUNCTION_HOST) return toFunction(route, request);
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: TWILIO_CORS });
    if (url.origin === FLEX_ORIGIN && files[url.pathname]) return route.fulfill(files[url.pathname]);
    const twilio = answer(
      world,
      taskrouter,
      { method: request.method(), url: request.url(), body: (await bodyOf(request))?.toString('utf8') },
      { ...service, plugins },
    );
    if (twilio) return route.fulfill({ ...twilio, headers: TWILIO_CORS });
    if (url.origin === FLEX_ORIGIN && request.resourceType() === 'document')
      return route.fulfill({ contentType: 'text/html', body: page(flexBundleUrl) });
    unanswered.add(`${request.method()} ${url.host}${url.pathname}`);
    return route.fulfill({ status: 404, headers: TWILIO_CORS, body: '' });
  });
}

/** A Playwright WebSocketRoute as the stand-ins expect a socket: sending to a closed one does nothing. */
export function socketOf(route) {
  let open = true;
  const closed = [];
  route.onClose(() => {
    open = false;
    for (const handler of closed) handler();
  });
  return {
    send: (data) => open && route.send(data),
    close: () => open && route.close(),
    onMessage: (handler) => route.onMessage(handler),
    onClose: (handler) => closed.push(handler),
  };
}
