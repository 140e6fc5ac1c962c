/**
 * What wasm-bindgen's glue has for browsers that Flex does not run in, and for callers that there are not: 0.1 KB of the
 * download.
 */
const BALLAST = [
  // Every browser that knows `?.` has `encodeInto`.
  [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{[^]*?\n\}\n/, ''],
  // engine.js hands over an object.
  [/if \(Object\.getPrototypeOf\(module\) === Object\.prototype\) \{\s*(\(\{module\} = module\))\s*\} else \{\s*console\.warn\(.*\s*\}/, '$1;'],
];

/** A loader of webpack's. */
module.exports = (glue) => BALLAST.reduce((text, [part, rest]) => {
  if (!part.test(text)) throw new Error(`the glue is another than it was: it has nothing like ${part}`);
  return text.replace(part, rest);
}, glue);
