/** Whoever reads the Function's log finds each of its events in docs/deploying.md. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';

const FUNCTIONS = new URL('../functions/', import.meta.url);
const EVENT = /event: '(device-monitoring\.[a-z-]+)'/g;
const document = await readFile(new URL('../../docs/deploying.md', import.meta.url), 'utf8');

async function events() {
  const names = (await readdir(FUNCTIONS, { recursive: true })).filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(
    names.filter((name) => !name.startsWith('generated')).map((name) => readFile(new URL(name, FUNCTIONS), 'utf8')),
  );
  return [...new Set(texts.flatMap((text) => [...text.matchAll(EVENT)].map(([, event]) => event)))].sort();
}

describe("the Function's log", () => {
  it('has no event that docs/deploying.md does not explain', async () => {
    const all = await events();
    assert.ok(all.length > 20, `only ${all.length}`);
    assert.deepEqual(
      all.filter((event) => !document.includes(`\`${event}\``)),
      [],
    );
  });
});
