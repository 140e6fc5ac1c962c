'use strict';

// The parts of Node's `path` that Flex UI's dependencies call in a browser.
exports.basename = (name) => name.slice(name.lastIndexOf('/') + 1);
exports.extname = (name) => {
  const base = exports.basename(name);
  const dot = base.lastIndexOf('.');
  return dot > 0 ? base.slice(dot) : '';
};
exports.join = (...parts) =>
  parts
    .filter(Boolean)
    .join('/')
    .replace(/\/{2,}/g, '/');
