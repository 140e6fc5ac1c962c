'use strict';

/** JSON as text: the members of an object, as they were written. Not by the Function's own code, which is tested with it. */
const { parseTree } = require('jsonc-parser');

function parsed(text) {
  JSON.parse(text);
  return parseTree(text);
}

const membersOf = (object) => {
  if (object.type !== 'object') throw new Error('no object');
  return new Map(object.children.map(({ children: [key, value] }) => [key.value, value]));
};

const written = (text, { offset, length }) => text.slice(offset, offset + length);

module.exports = { membersOf, parsed, written };
