/**
 * raise-snmp-alarm: tells an SNMP alarm system about the alert, and succeeds only when that has confirmed it.
 *
 * It sends an inform, not a trap: nobody confirms a trap, so nobody would notice that none arrives. How to install
 * it, which variables it needs and what the alarm says: examples/raise-snmp-alarm/README.md.
 */
const snmp = require('net-snmp');

const { safeNumber, safeText } = require(Runtime.getFunctions()['lib/log'].path);

// All of it must fit, after what comes before the action (6.5 s at most), into the 10 s that a hosted Function has.
const WAIT_MS = 1_200;
const SECOND_TRIES = 1;
const LIMIT_MS = 3_000;

// Few alerts have more; this keeps the alarm in one packet, also of an alert that a browser made up.
const MAX_REASONS = 4;

// An alarm that comes twice has the same id.
exports.policy = 'at-least-once';

exports.run = async ({ alert, issues, worker, context }) => {
  const enterprise = setting(context, 'SNMP_ENTERPRISE_OID', /^1\.3\.6\.1\.4\.1(\.\d+)+$/);
  const session = openSession(context);
  try {
    await inform(session, `${enterprise}.0.1`, varbinds(enterprise, { alert, issues, worker }));
  } finally {
    session.close();
  }
  return { confirmed: true };
};

/** With SNMP_USER it is SNMP v3, signed and encrypted; without, v2c, which anyone on the way can read and forge. */
function openSession(context) {
  const host = setting(context, 'SNMP_HOST');
  const port = Number(setting(context, 'SNMP_PORT', /^\d{1,5}$/, '162'));
  const options = { port, trapPort: port, timeout: WAIT_MS, retries: SECOND_TRIES };
  if (!context.SNMP_USER) {
    return snmp.createSession(host, setting(context, 'SNMP_COMMUNITY'), { ...options, version: snmp.Version2c });
  }
  const user = {
    name: context.SNMP_USER,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: snmp.AuthProtocols.sha256,
    authKey: setting(context, 'SNMP_AUTH_KEY', /^.{8,}$/),
    privProtocol: snmp.PrivProtocols.aes,
    privKey: setting(context, 'SNMP_PRIV_KEY', /^.{8,}$/),
  };
  return snmp.createV3Session(host, user, options);
}

/** What the alarm says. The worker is what Twilio says of the token; the rest is what the browser says. */
function varbinds(enterprise, { alert, issues, worker }) {
  const text = (oid, value) => ({
    oid: `${enterprise}.${oid}`,
    type: snmp.ObjectType.OctetString,
    value: Buffer.from(String(value ?? '')),
  });
  return [
    text('1.1.0', matching(/^(?=.*[A-Za-z])[0-9A-Za-z_-]{8,64}$/, alert?.id)),
    text('1.2.0', matching(/^CA[0-9A-Za-z]{32}$/, alert?.callSid)),
    text('1.3.0', worker.workerSid),
    ...reasons(alert, issues).flatMap(({ rule, value, threshold, text: sentence }, index) => [
      text(`2.1.1.${index + 1}`, safeText(rule, 40)),
      text(`2.1.2.${index + 1}`, safeNumber(value)),
      text(`2.1.3.${index + 1}`, safeNumber(threshold)),
      text(`2.1.4.${index + 1}`, safeText(sentence)),
    ]),
  ];
}

/** A client written for the 2021 sample sends no alert; its `issues` say the same in a few words. */
function reasons(alert, issues) {
  if (!Array.isArray(alert?.reasons)) return [{ text: issues }];
  return alert.reasons.slice(0, MAX_REASONS).map((reason) => reason ?? {});
}

/** Resolves when the alarm system has confirmed the inform. */
async function inform(session, oid, bindings) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(problem('NotConfirmed', 'LIMIT')), LIMIT_MS);
  });
  const confirmed = /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      session.inform(oid, bindings, (error) => (error ? reject(error) : resolve()));
    })
  );
  try {
    await Promise.race([confirmed, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** A variable of the Function's environment. The log names the one that is wrong, never its value. */
function setting(context, name, pattern = /./, fallback = '') {
  const value = context[name] || fallback;
  if (!pattern.test(value)) throw problem('NotConfigured', name);
  return value;
}

/** An error as the Function's log shows it: by name and code. */
const problem = (name, code) => Object.assign(new Error(`${name}: ${code}`), { name, code });

const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : null);
