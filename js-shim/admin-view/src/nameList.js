/** Lists of names as they are typed: one on a line, since a name may have commas in it. */

const lineOf = (entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry));
/** What is no list is shown like one of it alone. */
const entriesOf = (value) => (value === undefined ? [] : [value].flat());

/** What is written, even where it is no list of texts. @param {unknown} value */
export const linesOf = (value) => entriesOf(value).map(lineOf).join('\n');

/**
 * The names in what was typed.
 * @param {string} typed
 * @param {unknown} value what is written: an entry that is no text stays as it is
 * @returns {unknown[] | null} null: there are none
 */
export function namesIn(typed, value) {
  const others = new Map(
    entriesOf(value)
      .filter((entry) => typeof entry !== 'string')
      .map((entry) => [lineOf(entry), entry]),
  );
  const names = typed
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => (others.has(line) ? others.get(line) : line));
  return names.length > 0 ? names : null;
}
