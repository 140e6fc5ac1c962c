/**
 * POST /preflight-token: lets a worker's browser make the Voice SDK's test call (`Device.runPreflight`) to the TwiML app of
 * this Function, and nothing else: nobody can ring it.
 *
 * Form field: `Token` (the Flex user's token). The answer is JSON: 200 {token}, else {error, message}.
 */
const { AccessToken } = require('twilio').jwt;

/** @type {<Name extends import('../types').PartName>(name: Name) => import('../types').Parts[`lib/${Name}`]} */
const lib = (name) => require(Runtime.getFunctions()[`lib/${name}`].path);

const { handlerOf } = lib('handler');
const { checkForm } = lib('request');
const { checkToken } = lib('flex-token');
const { countFloorRequest } = lib('instance-rate-limit');
const { shouldLogNow, logLine } = lib('log');
const { Refusal } = lib('refusal');

// A test call takes half a minute.
const TTL_S = 120;
const APPLICATION = /^AP[0-9a-f]{32}$/;
const NOT_SET_UP_PAUSE_S = 600;

async function handle(context, event, known) {
  checkForm(event);
  const worker = await checkToken(context, event.Token);
  known.worker = worker;
  countFloorRequest(worker);
  const { ACCOUNT_SID, PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, PREFLIGHT_TWIML_APP_SID } = context;
  if (!PREFLIGHT_API_KEY || !PREFLIGHT_API_SECRET || !APPLICATION.test(PREFLIGHT_TWIML_APP_SID ?? '')) {
    const message =
      'PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET or PREFLIGHT_TWIML_APP_SID of this Function is not set, or names no TwiML app.';
    if (shouldLogNow(message)) logLine({ event: 'device-monitoring.preflight-not-set-up', message });
    throw new Refusal(503, 'preflight-not-set-up', message, { retryAfter: NOT_SET_UP_PAUSE_S });
  }
  // Not the identity of the Flex token: a customer's call must never ring at the Device that this one registers. By Twilio's
  // documents it may have letters, digits and underscores only (https://www.twilio.com/docs/voice/twiml/client).
  const identity = `device_monitoring_preflight_${worker.workerSid}`;
  const token = new AccessToken(ACCOUNT_SID, PREFLIGHT_API_KEY, PREFLIGHT_API_SECRET, { identity, ttl: TTL_S });
  token.addGrant(new AccessToken.VoiceGrant({ outgoingApplicationSid: PREFLIGHT_TWIML_APP_SID, incomingAllow: false }));
  return { token: token.toJwt() };
}

exports.handler = handlerOf(handle);
