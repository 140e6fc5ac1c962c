/** email-incident: sends an e-mail about an incident that has opened or closed, by Twilio SendGrid. It names no agent. */
const { postJson } = require(Runtime.getFunctions()['lib/post'].path);
const { describeIncident } = require(Runtime.getFunctions()['generated/incidents'].path);

const SENDGRID = 'https://api.sendgrid.com/v3/mail/send';
const ADDRESS = '[^\\s@,<>"]+@[^\\s@,<>"]+';

// After an answer that was lost, it comes a second time: better than none.
exports.policy = 'at-least-once';
exports.options = [
  { name: 'SENDGRID_API_KEY', format: /^SG\.[\w-]+\.[\w-]+$/, description: 'an API key of Twilio SendGrid (SG.…)' },
  {
    name: 'INCIDENT_EMAIL_FROM',
    format: new RegExp(`^${ADDRESS}$`),
    description: 'an e-mail address that SendGrid knows as a sender of yours',
  },
  {
    name: 'INCIDENT_EMAIL_TO',
    format: new RegExp(`^${ADDRESS}(\\s*,\\s*${ADDRESS}){0,19}$`),
    description: 'one to twenty e-mail addresses, separated by commas',
  },
];

exports.run = ({ kind, incident, options: { SENDGRID_API_KEY, INCIDENT_EMAIL_FROM, INCIDENT_EMAIL_TO } }) => {
  const { title, text } = JSON.parse(describeIncident(kind, JSON.stringify(incident)));
  const mail = {
    personalizations: [{ to: INCIDENT_EMAIL_TO.split(',').map((address) => ({ email: address.trim() })) }],
    from: { email: INCIDENT_EMAIL_FROM },
    subject: title,
    content: [{ type: 'text/plain', value: text }],
  };
  return postJson(SENDGRID, JSON.stringify(mail), { Authorization: `Bearer ${SENDGRID_API_KEY}` });
};
