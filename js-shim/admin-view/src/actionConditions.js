/** The entries of `actions` as they are edited: which alerts an action is for. */
import { objectOf } from './draft';

/** What an entry is for, as it is written. */
export const conditionsOf = (entry) => objectOf(objectOf(entry).when);

/**
 * An entry with a part of its `when` changed; null takes the part away.
 * @param {unknown} entry
 * @param {string} part
 * @param {unknown} value
 */
export function withPart(entry, part, value) {
  const { when: _when, ...others } = objectOf(entry);
  const { [part]: _before, ...rest } = conditionsOf(entry);
  const when = value === null ? rest : { ...rest, [part]: value };
  return Object.keys(when).length > 0 ? { when, ...others } : others;
}

/**
 * The entries with one changed; null takes it away.
 * @param {unknown[]} entries
 * @param {number} place
 * @param {unknown} entry
 * @returns {unknown[] | null} null: there are none
 */
export function withEntry(entries, place, entry) {
  const changed = entries.flatMap((other, index) => {
    if (index !== place) return [other];
    return entry === null ? [] : [entry];
  });
  return changed.length > 0 ? changed : null;
}
