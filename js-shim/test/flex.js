/** What the plugin uses of `@twilio/flex-ui`, with the behaviour of 2.17 as far as the plugin relies on it. */
const React = require('react');

const templates = {};
const escape = (value) =>
  String(value).replace(/[&<>"'`=]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
const compile = (template) => (params) => template.replace(/{{\s*(\w+)\s*}}/g, (_, name) => escape(params[name] ?? ''));

/** Lets a test make rendering fail. */
const RENDERING = { fail: false };

function Template({ source, ...params }) {
  if (RENDERING.fail) throw new Error('no template');
  return React.createElement('span', { className: 'Twilio', dangerouslySetInnerHTML: { __html: source(params) } });
}

function Button({ variant, size, ...props }) {
  return React.createElement('button', { type: 'button', ...props });
}

const theme = { value: undefined };
const withTheme = (Component) =>
  function Themed(props) {
    return React.createElement(Component, { ...props, theme: theme.value });
  };

module.exports = {
  VERSION: '2.17.1',
  Button,
  Template,
  templates,
  withTheme,
  compile,
  theme,
  RENDERING,
};
