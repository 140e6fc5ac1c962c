const ENGLISH = 'en';
/** What Flex calls the source of a locale that nobody has chosen. */
const FLEX_DEFAULT = 'flex default';

/**
 * Puts our texts into `manager.strings`, in Flex's language; a text that is already there (an admin's or another
 * plugin's wording) stays. Flex compiles them after the plugins' init; when that moment has passed they are handed
 * over again.
 * @param {object} flex
 * @param {object} manager
 * @param {Record<string, Record<string, string>>} languages the texts of each by their keys
 */
export function addStrings(flex, manager, languages) {
  const texts = textsFor(manager, languages);
  const known = manager.strings;
  const missing = Object.keys(texts).filter((key) => known[key] === undefined);
  missing.forEach((key) => {
    known[key] = texts[key];
  });
  if (missing.some((key) => !flex.templates?.[key])) manager.strings = known;
}

/**
 * @param {object} manager
 * @param {Record<string, Record<string, string>>} languages the texts of each by their keys
 * @returns {Record<string, string>} those of Flex's language, English where there are none
 */
export const textsFor = (manager, languages) => languages[languageOf(manager)] ?? languages[ENGLISH];

/**
 * The language in which Flex itself is shown: that of the locale if Flex has texts for it. Where nobody has chosen one,
 * or Flex's localisation is not switched on, what the account's configuration says. Flex loads anew to change it.
 */
export function languageOf({ localization, configuration }) {
  const { localeTag, localeSource = FLEX_DEFAULT, availableLocales = [] } = localization ?? {};
  const isShown = availableLocales.some(({ tag }) => tag === localeTag);
  const tag = localeSource === FLEX_DEFAULT ? configuration?.language : isShown && localeTag;
  return String(tag || ENGLISH)
    .slice(0, 2)
    .toLowerCase();
}
