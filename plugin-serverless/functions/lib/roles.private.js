/** Who may do what, by the roles that Twilio says a Flex user has. */
const { Refusal } = require(Runtime.getFunctions()['lib/refusal'].path);

const READERS = ['admin', 'supervisor'];

/**
 * Throws a `Refusal` for whoever is no admin.
 *
 * @param {{roles: string[]}} worker
 * @param {string} what is asked for: the rest of the sentence "Only admins may …"
 */
exports.adminsOnly = ({ roles }, what) => {
  if (!roles.includes('admin')) throw new Refusal(403, 'not-an-admin', `Only admins may ${what}.`);
};

/**
 * Throws a `Refusal` for whoever is neither admin nor supervisor.
 *
 * @param {{roles: string[]}} worker
 * @param {string} what is asked for: the rest of the sentence "Only admins and supervisors may …"
 */
exports.supervisorsOnly = ({ roles }, what) => {
  if (!roles.some((role) => READERS.includes(role)))
    throw new Refusal(403, 'not-a-supervisor', `Only admins and supervisors may ${what}.`);
};
