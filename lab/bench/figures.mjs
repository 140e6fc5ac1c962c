// What the measuring programs share: figures, tables, and the report that `cargo xtask bench` reads.
import fs from 'node:fs/promises';
import os from 'node:os';

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {string} unit
 * @property {number} limit the most, or the least if `least` is true
 * @property {boolean} [least]
 * @property {number} reached NaN: not measured
 */

/** The value below which so much of the others lies: 0.5 is the median. NaN of none. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length > 0 ? sorted[Math.round((sorted.length - 1) * share)] : NaN;
}

export const median = (values) => quantile(values, 0.5);

/** A number with so many digits behind the point; what is no number is a dash. */
export const digits = (value, count = 1) => (Number.isFinite(value) ? value.toFixed(count) : '–');

/** The median, and in brackets the least and the most. */
export const spread = (values, count = 1) =>
  `${digits(median(values), count)} (${digits(Math.min(...values), count)} to ${digits(Math.max(...values), count)})`;

/** @param {string[]} head @param {Array<Array<string | number>>} rows */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What it was measured on. @param {import('../page/driver.mjs').Lab} [lab] */
export function machine(lab) {
  const cpus = os.cpus();
  const inBrowser = lab ? `; Flex UI ${lab.flexBundle.flexVersion} in Chromium ${lab.browser.version()}, headless` : '';
  return `On ${cpus.length} × ${cpus[0]?.model.trim() ?? 'an unknown processor'}, ${os.type()}, Node.js ${process.versions.node}${inBrowser}.`;
}

/** Progress; the report is for the file. */
export const say = (...words) => console.log(...words);

/**
 * Measures and writes the report where the command line says.
 * @param {(...rest: string[]) => Promise<{goals: Goal[], text: string}>} measure gets the rest of the command line
 */
export async function report(measure) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  const [file, ...rest] = process.argv.slice(2);
  try {
    if (!file) throw new Error('the file for the report is missing: `cargo xtask bench` names it');
    // Where there is no number, JSON has null.
    await fs.writeFile(file, `${JSON.stringify(await measure(...rest), undefined, 2)}\n`);
  } catch (error) {
    console.error(error.stack ?? error);
    process.exitCode = 1;
  }
}
