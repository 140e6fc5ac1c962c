/** The Function's own documents in Sync, as a test finds and changes them. */
import { createHmac, hkdfSync } from 'node:crypto';
import twilioModule from './twilio/server.cjs';

const { ACCOUNT_SID, AUTH_TOKEN, CLAIMS_SERVICE_SID } = twilioModule;

const sorted = (_key, value) =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, value[key]]),
      )
    : value;

/** `data` with the code that only who knows the account's token can make. */
export function sealed(
  name,
  { code: _code, ...data },
  { serviceSid = CLAIMS_SERVICE_SID, authToken = AUTH_TOKEN } = {},
) {
  const key = Buffer.from(hkdfSync('sha256', authToken, ACCOUNT_SID, 'device-monitoring Sync documents', 32));
  return {
    ...data,
    code: createHmac('sha256', key)
      .update(JSON.stringify([serviceSid, name, data], sorted))
      .digest('hex'),
  };
}

/** Has the Function have claimed something in a service this long ago for the first time. */
export function putInUse(world, agoMs, serviceSid = CLAIMS_SERVICE_SID) {
  const uniqueName = 'device-monitoring-in-use';
  const data = sealed(uniqueName, { at: Date.now() - agoMs }, { serviceSid });
  world.services.get(serviceSid).documents.set(uniqueName, { uniqueName, revision: 0, data, expires: Infinity });
}

/** Changes a document as the Function itself would. */
export function rewrite(world, name, change) {
  const document = world.documents.get(name);
  const data = structuredClone(document.data);
  change(data);
  document.data = sealed(name, data);
}

/** The claims that an alert about this call may leave: of the customer's call first, then of the agent's leg. */
export function claimsOf(world, { callSid, conferenceSid }) {
  const others = world.conferences.get(conferenceSid)?.callSids.filter((sid) => sid !== callSid) ?? [];
  const names = [...others.map((sid) => `device-monitoring-customer-${sid}`), `device-monitoring-alert-${callSid}`];
  return names.map((name) => world.documents.get(name)).filter(Boolean);
}
