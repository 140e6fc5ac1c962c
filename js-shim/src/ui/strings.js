/**
 * Puts the engine's texts into `manager.strings`; a text that is already there (another plugin's wording)
 * stays. Flex compiles them after the plugins' init; when that moment has passed they are handed over again.
 * @param {object} flex
 * @param {object} manager
 * @param {Record<string, string>} strings key to template with {{param}}
 */
export function addStrings(flex, manager, strings) {
  const known = manager.strings;
  const missing = Object.keys(strings).filter((key) => known[key] === undefined);
  missing.forEach((key) => {
    known[key] = strings[key];
  });
  if (missing.some((key) => !flex.templates?.[key])) manager.strings = known;
}
