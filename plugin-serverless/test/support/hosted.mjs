/**
 * The Function in this process, laid out as when hosted, against the stand-ins: for tests of many cases, each of which
 * would cost twilio-run a process. One at a time: what a Function finds around itself is global.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import './redirect.cjs';
import { hostedLayout } from './projects.mjs';
import { IDENTITY, TOKEN, WORKER_SID, alert, form } from './requests.mjs';
import tokenServiceModule from './token-service.cjs';
import { claimsOf, putInUse, rewrite } from './sync-documents.mjs';
import twilioModule from './twilio/server.cjs';

const require = createRequire(import.meta.url);
// The package exports no more than its entrance, and the class that Functions get as Twilio.Response is further in.
const entrance = require.resolve('@twilio/runtime-handler/dev');
const { Response } = require(path.join(path.dirname(entrance), 'internal/response.js'));

// Nothing of an earlier release counts any more.
const LONG_AGO_MS = 60 * 86_400_000;

const { ACCOUNT_SID, AUTH_TOKEN, CLAIMS_SERVICE_SID, FLOOR_SERVICE_SID, startTwilio } = twilioModule;

/**
 * @param {object} [options]
 * @param {object} [options.tokens] see token-service.cjs; TOKEN is the default agent's
 * @param {Record<string, string>} [options.env] further variables of the Function's environment
 */
export async function startHosted({ tokens = {}, env = {} } = {}) {
  const layout = await hostedLayout();
  const tokenService = await tokenServiceModule.startTokenService({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    tokens: { [TOKEN]: {}, ...tokens },
  });
  const twilio = await startTwilio();
  putInUse(twilio.world, LONG_AGO_MS);
  process.env.FLEX_TOKEN_SERVICE_URL = tokenService.url;
  process.env.TWILIO_STAND_IN_URL = twilio.url;
  globalThis.Twilio = { Response };
  globalThis.Runtime = { getFunctions: () => layout.functions, getAssets: () => layout.assets };
  const log = [];
  const write = console.log;
  console.log = (line) => (String(line).startsWith('{"event":"device-monitoring') ? log.push(line) : write(line));

  /** @returns {Promise<{status: number, headers: object, body: object}>} */
  const ask = (name, event, context = {}) =>
    new Promise((resolve, reject) => {
      const { handler } = require(layout.functions[name].path);
      const answered = (error, response) =>
        error
          ? reject(error)
          : resolve({
              status: response.statusCode,
              headers: response.headers,
              body: JSON.parse(JSON.stringify(response.body)),
            });
      handler(
        {
          ACCOUNT_SID,
          AUTH_TOKEN,
          SYNC_SERVICE_SID: CLAIMS_SERVICE_SID,
          FLOOR_SYNC_SERVICE_SID: FLOOR_SERVICE_SID,
          ...env,
          ...context,
        },
        { request: { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, ...event },
        answered,
      ).catch(reject);
    });

  const send = (event, context) => ask('respond-to-issue', event, context);

  return {
    twilio,
    tokenService,
    /** What a Function answers: {status, headers, body}. */
    ask,
    /** What a file of `lib/` exports. */
    lib: (name) => require(layout.functions[`lib/${name}`].path),
    functions: layout.functions,
    /** The lines of the log, as objects. */
    entries: (event) =>
      log.map((line) => JSON.parse(line)).filter((entry) => !event || entry.event === `device-monitoring.${event}`),
    logText: () => log.join('\n'),
    send,
    /** An alert about this call, or with these changes, with this action. */
    report: (action, changes = {}, fields = {}, context = {}) =>
      send(form({ action, alert: JSON.stringify(alert(changes)), ...fields }), context),
    /** A call of the default agent's, as an alert about it says. */
    call(options = {}) {
      const { agent, conference, task } = twilio.world.addFlexCall({
        identity: IDENTITY,
        workerSid: WORKER_SID,
        ...options,
      });
      return { callSid: agent.sid, conferenceSid: conference.sid, taskSid: task.sid };
    },
    /** The claims that an alert about this call has left. */
    claimsOf: (call) => claimsOf(twilio.world, call),
    /** Changes a document of the Function's, as the Function itself would. */
    rewrite: (name, change) => rewrite(twilio.world, name, change),
    reset() {
      twilio.world.reset();
      putInUse(twilio.world, LONG_AGO_MS);
      twilio.faults.clear();
      twilio.requests.length = 0;
      log.length = 0;
    },
    async stop() {
      console.log = write;
      await Promise.all([tokenService.stop(), twilio.stop()]);
      await layout.remove();
    },
  };
}
