/**
 * GET /admin-view?v=HASH: hands out the script of the admin view.
 *
 * The script is no secret and shows nothing by itself. The plugin has the browser run it only if its hash is the one that
 * the plugin was built with (Subresource Integrity), and for that a script of another origin needs a CORS header, which
 * assets need not have.
 */
const { createHash } = require('node:crypto');

const ASSET = '/device-monitoring-admin-view.js';
// Its address holds its hash: under one address it never changes.
const FOR_EVER = 'public, max-age=31536000, immutable';

let script;

/** The script and its hash, as the attribute `integrity` writes it; undefined if it was not deployed. */
function read() {
  const text = Runtime.getAssets()[ASSET]?.open();
  if (text === undefined) return undefined;
  return { text, integrity: `sha384-${createHash('sha384').update(text).digest('base64')}` };
}

exports.handler = (context, event, callback) => {
  script ??= read();
  const isWanted = Boolean(script) && event.v === script.integrity;
  const response = new Twilio.Response();
  response.setStatusCode(isWanted ? 200 : 404);
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Content-Type', isWanted ? 'text/javascript; charset=utf-8' : 'text/plain; charset=utf-8');
  response.appendHeader('X-Content-Type-Options', 'nosniff');
  // A plugin that was deployed first asks for a script that comes a moment later.
  response.appendHeader('Cache-Control', isWanted ? FOR_EVER : 'no-store');
  response.setBody(
    isWanted
      ? script.text
      : 'The admin view is not here, or of another build than the plugin: deploy both from one build.',
  );
  callback(null, response);
};
