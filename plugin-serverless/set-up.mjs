/**
 * npm run set-up [-- --floor] [-- --profile NAME] [-- --env FILE]
 *
 * Makes the Sync service in which the Function notes what was acted on, and writes its SID into `.env` for the next
 * deployment. In that service ACL is on and nobody is granted anything, so that no browser's token opens it. Run again,
 * the command finds the service that is there.
 *
 * With --floor it also makes the service in which every call is kept where `reportCalls` is true, and an API key that
 * signs the tokens with which supervisors read it.
 *
 * It may be interrupted at any moment and run again: what has been made is written down before the next is made, and
 * `.env` is replaced as a whole.
 *
 * A service's unique name cannot be chosen, so the service is found by its friendly name, or by the SID in `.env` if
 * several have that name. Two first runs at the same time may make two: both keep the older one, and the run that has
 * made the newer one removes it.
 */
import { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, parseEnv } from 'node:util';
import twilio from 'twilio';

// A character for each byte, so that what is read and written again is the same, whatever its encoding.
const BYTES = 'latin1';
const CLAIMS = 'Device Monitoring';
const FLOOR = 'Device Monitoring floor';
const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const SERVICE = /^IS[0-9a-f]{32}$/;
const KEY = /^SK[0-9a-f]{32}$/;
// Twilio gives the creation time to the second. After this pause, every service as old as ours or older is in the list.
const SETTLE_MS = 2_000;

/**
 * @param {object} client Twilio's helper library
 * @param {string} name the service's friendly name
 * @param {string | undefined} stored the SID in `.env`
 * @returns {Promise<{sid: string, before?: string, made: boolean}>} `before`: the service that an earlier release used
 */
async function serviceFor(client, name, stored) {
  const { services } = client.sync.v1;
  const known = SERVICE.test(stored ?? '') ? await found(asked(services(stored).fetch(), { sid: stored })) : null;
  if (known && isOurs(known, name)) return { sid: await withAcl(services, known), made: false };
  const before = known && known.uniqueName !== 'default' ? known.sid : undefined;

  const there = await oldest(services, name);
  if (there) return { sid: await withAcl(services, there), before, made: false };
  const made = await asked(services.create({ friendlyName: name, aclEnabled: true }), {
    sid: SERVICE,
    aclEnabled: true,
  });
  await sleep(SETTLE_MS);
  const first = (await oldest(services, name)) ?? made;
  if (first.sid !== made.sid) await services(made.sid).remove();
  return { sid: await withAcl(services, first), before, made: first.sid === made.sid };
}

/** Any other service might be open to browsers, with the tokens of another plugin. */
const isOurs = ({ friendlyName, uniqueName }, name) => friendlyName === name && uniqueName !== 'default';

async function oldest(services, name) {
  const ours = (await services.list()).filter((service) => isOurs(service, name));
  return ours.sort((one, other) => one.dateCreated - other.dateCreated || (one.sid < other.sid ? -1 : 1))[0];
}

async function withAcl(services, { sid, aclEnabled }) {
  if (!aclEnabled) await asked(services(sid).update({ aclEnabled: true }), { sid, aclEnabled: true });
  return sid;
}

/** Twilio's answer, if it is one: a page of a proxy's with status 200 must not be taken for what was asked for. */
async function asked(request, expected) {
  const answer = await request;
  for (const [name, value] of Object.entries(expected)) {
    const isAsExpected = value instanceof RegExp ? value.test(answer[name]) : answer[name] === value;
    if (!isAsExpected) throw new Error("Twilio's answer is something else than what was asked for. Run this again.");
  }
  return answer;
}

async function found(request) {
  try {
    return await request;
  } catch (error) {
    if (error.status === 404 || error.code === 'ENOENT') return null; // of another account, or removed
    throw error;
  }
}

/** `text` of a .env file with this variable set, and every other byte as it was. */
function withVariable(text, name, value) {
  const line = new RegExp(
    `^([^\\S\\r\\n]*(?:export[^\\S\\r\\n]+)?${name}[^\\S\\r\\n]*=[^\\S\\r\\n]*)(?:"[^"\\r\\n]*"|'[^'\\r\\n]*'|[^#\\r\\n]*?)(?=[^\\S\\r\\n]*(?:#.*)?$)`,
    'gm',
  );
  if (line.test(text)) return text.replace(line, (_line, start) => `${start}${value}`);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
}

/** Whose account it is: the profile that is asked for, the shell's variables, `.env`, or the CLI's active profile. */
async function credentials(profile, env, shell) {
  if (!profile && shell.TWILIO_ACCOUNT_SID) {
    const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_API_KEY, TWILIO_API_SECRET, TWILIO_AUTH_TOKEN } = shell;
    if (TWILIO_API_KEY && TWILIO_API_SECRET) return { accountSid, user: TWILIO_API_KEY, secret: TWILIO_API_SECRET };
    if (TWILIO_AUTH_TOKEN) return { accountSid, user: accountSid, secret: TWILIO_AUTH_TOKEN };
  }
  if (!profile && env.ACCOUNT_SID && env.AUTH_TOKEN)
    return { accountSid: env.ACCOUNT_SID, user: env.ACCOUNT_SID, secret: env.AUTH_TOKEN };
  const { profiles, activeProject } = await configurationOfCli();
  const { accountSid, apiKey: user, apiSecret: secret } = profiles?.[profile ?? activeProject] ?? {};
  if (accountSid && user && secret) return { accountSid, user, secret };
  throw new Error(
    profile
      ? `The Twilio CLI has no profile "${profile}" with a key: twilio profiles:list.`
      : 'No account is named: say --profile NAME, set ACCOUNT_SID and AUTH_TOKEN in .env, or log in with "twilio login".',
  );
}

async function configurationOfCli() {
  const file = path.join(homedir(), '.twilio-cli', 'config.json');
  const text = await readOr(file, '{}');
  try {
    return JSON.parse(Buffer.from(text, BYTES).toString()) ?? {};
  } catch {
    throw new Error(`The file ${file} is no JSON.`); // the error's own words repeat what is beside the mistake: keys
  }
}

async function readOr(file, otherwise) {
  try {
    return await readFile(file, BYTES);
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  }
}

const textOf = async (envFile) => readOr(envFile, await readOr(path.join(FOLDER, '.env.sample'), ''));

const variablesIn = (text) => parseEnv(Buffer.from(text, BYTES).toString());

/** Sets variables in `.env` as it is at this moment: another run may have set others meanwhile. */
async function write(envFile, variables) {
  const text = await textOf(envFile);
  const written = Object.entries(variables).reduce((all, [name, value]) => withVariable(all, name, value), text);
  await replace(envFile, written);
}

/** Gives a file another content, so that whoever is interrupted leaves either the old one or the new one. */
async function replace(file, text) {
  const place = (await found(realpath(file))) ?? file;
  const before = await found(stat(place));
  const beside = `${place}.${process.pid}.new`;
  try {
    await writeFile(beside, text, { encoding: BYTES, mode: 0o600 });
    if (before) {
      await chmod(beside, before.mode);
      await chown(beside, before.uid, before.gid);
    }
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    // A file that may be written in a folder that may not, or that is mounted by itself.
    if (!before || !['EACCES', 'EBUSY', 'EPERM', 'EXDEV'].includes(error.code)) throw error;
    await writeFile(place, text, { encoding: BYTES });
  }
}

const hasKey = (variables) => Boolean(variables.FLOOR_API_KEY && variables.FLOOR_API_SECRET);

async function setUpFloor(client, variables, envFile) {
  const { sid, made } = await serviceFor(client, FLOOR, variables.FLOOR_SYNC_SERVICE_SID);
  console.log(`The floor's Sync service ${made ? 'was made' : 'is there'}: ${sid}.`);
  await write(envFile, { FLOOR_SYNC_SERVICE_SID: sid });
  if (hasKey(variables) && (await isKeyThere(client, variables.FLOOR_API_KEY))) return;
  // Twilio shows the secret of a key this once.
  const key = await makeKey(client);
  const now = variablesIn(await textOf(envFile));
  if (hasKey(now) && now.FLOOR_API_KEY !== variables.FLOOR_API_KEY) {
    // Another run was first.
    await client.keys(key.sid).remove();
    return;
  }
  await write(envFile, { FLOOR_API_KEY: key.sid, FLOOR_API_SECRET: key.secret });
  console.log(`The API key ${key.sid} was made. It signs what supervisors read the floor with.`);
}

const mayNot = (error) => error.status === 401 || error.status === 403;

async function makeKey(client) {
  try {
    return await asked(client.newKeys.create({ friendlyName: FLOOR }), { sid: KEY, secret: /./ });
  } catch (error) {
    if (!mayNot(error)) throw error;
    throw new Error(
      "Twilio lets a standard API key, such as the CLI's, make no other. Run this once with TWILIO_ACCOUNT_SID and " +
        'TWILIO_AUTH_TOKEN in the shell; or make a standard API key in the console, and set FLOOR_API_KEY and ' +
        'FLOOR_API_SECRET.',
      { cause: error },
    );
  }
}

/** Whether this account has the key. Where that may not be asked, it counts as there. */
async function isKeyThere(client, sid) {
  try {
    return Boolean(await found(asked(client.keys(sid).fetch(), { sid })));
  } catch (error) {
    if (mayNot(error)) return true;
    throw error;
  }
}

async function main() {
  const {
    values: { profile, env: envFile, floor },
  } = parseArgs({
    options: {
      profile: { type: 'string', short: 'p' },
      env: { type: 'string', default: path.join(FOLDER, '.env') },
      floor: { type: 'boolean', default: false },
    },
  });
  const variables = variablesIn(await textOf(envFile));
  const { accountSid, user, secret } = await credentials(profile, variables, process.env);
  const client = twilio(user, secret, { accountSid });
  const { sid, before, made } = await serviceFor(client, CLAIMS, variables.SYNC_SERVICE_SID);
  await write(envFile, { SYNC_SERVICE_SID: sid, ...(before && { SYNC_SERVICE_SID_BEFORE: before }) });
  if (floor) await setUpFloor(client, variables, envFile);
  console.log(
    `The Sync service of account ${accountSid} ${made ? 'was made' : 'is there'}: ${sid}. It is in ${envFile}; deploy the Function now.`,
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
