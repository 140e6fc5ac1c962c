/**
 * What a table has under a name that somebody else has chosen; undefined also for what every object has, such as
 * `constructor`.
 * @template Value
 * @param {Record<string, Value>} table
 * @param {string} name
 * @returns {Value | undefined}
 */
export const ownProperty = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);
