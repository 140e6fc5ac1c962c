/**
 * slack-incident: posts a few sentences about an incident that has opened or closed to an incoming webhook of Slack, or
 * of anything that takes the same `{"text": "…"}`. They name no agent.
 */
const { HTTPS_URL, postJson } = require(Runtime.getFunctions()['lib/post'].path);
const { describeIncident } = require(Runtime.getFunctions()['generated/incidents'].path);

// After an answer that was lost, the message comes a second time: better than none.
exports.policy = 'at-least-once';
exports.options = [
  { name: 'SLACK_WEBHOOK_URL', format: HTTPS_URL, description: 'an address that begins with https://' },
];

exports.run = ({ kind, incident, options }) => {
  const { title, text } = JSON.parse(describeIncident(kind, JSON.stringify(incident)));
  return postJson(options.SLACK_WEBHOOK_URL, JSON.stringify({ text: `*${escaped(title)}*\n${escaped(text)}` }));
};

/**
 * A site's name may be anything. In angle brackets are Slack's commands, such as one that notifies everybody; elsewhere
 * `@here` does that, which a space of no width ends.
 */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '@\u200b');
