/**
 * Each variable that a shipped action reads is in .env.sample and in docs/actions.md, and these name no other. Each action has
 * a test.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { hostedLayout } from './support/projects.mjs';

const require = createRequire(import.meta.url);

const SECTION = '# Settings of the actions that are there';
/** They are no action's own. */
const SHARED = ['ACTIONS_ENABLED', 'INCIDENT_ACTIONS'];

const textOf = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
const sorted = (names) => [...new Set(names)].sort();

/** Variables by what the paragraph of .env.sample begins with that they are in: `# NAME: …`, or `# NAME and NAME: …`. */
function sampleSettings(text) {
  const start = text.indexOf(SECTION);
  assert.ok(start >= 0, SECTION);
  const paragraphs = text.slice(start).split(/\n\n+/).slice(1);
  return paragraphs.map((paragraph) => ({
    actions: /^# ([a-z0-9-]+(?: and [a-z0-9-]+)*):/.exec(paragraph)?.[1].split(' and ') ?? [],
    names: [...paragraph.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name),
  }));
}

/** The rows of the table below a heading of docs/actions.md. */
function rowsOf(text, heading) {
  const [, section] = text.split(`## ${heading}\n`);
  const table = section.split('\n\n').find((paragraph) => paragraph.startsWith('|'));
  return table.split('\n').slice(2);
}

/** Variables by action: those in the last column of its row in the two tables of docs/actions.md. */
function documentedSettings(text) {
  return Object.fromEntries(
    ['The actions that exist', 'About incidents']
      .flatMap((heading) => rowsOf(text, heading))
      .map((row) => {
        const cells = row.split(' | ');
        const [, action] = /^\| `([a-z0-9-]+)`/.exec(row) ?? assert.fail(`no name of an action (a-z, 0-9, -): ${row}`);
        return [action, [...cells.at(-1).matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]*)`/g)].map(([, name]) => name)];
      }),
  );
}

describe('the settings of the shipped actions', () => {
  /** @type {Record<string, string[]>} */
  const settings = {};
  /** @type {string[]} */
  const offByDefault = [];
  let sample;
  let documented;
  let layout;
  before(async () => {
    layout = await hostedLayout();
    globalThis.Runtime = { getFunctions: () => layout.functions, getAssets: () => layout.assets };
    const names = Object.keys(layout.functions).filter((name) => /^(incident-)?actions\//.test(name));
    for (const file of names) {
      const { path } = layout.functions[file];
      const name = file.split('/')[1];
      const action = require(path);
      if (action.offByDefault) offByDefault.push(name);
      const declared = (action.options ?? []).map((option) => option.name);
      const read = readFileSync(path, 'utf8').matchAll(/\b(?:context|process\.env)\.([A-Z][A-Z0-9_]*)/g);
      settings[name] = sorted([...declared, ...[...read].map(([, variable]) => variable)]);
    }
    sample = sampleSettings(textOf('../.env.sample'));
    documented = documentedSettings(textOf('../../docs/actions.md'));
  });
  after(async () => {
    delete globalThis.Runtime;
    await layout.remove();
  });

  it('are all in .env.sample, and no variable is there that none of them reads', () => {
    const there = sample.flatMap(({ names }) => names).filter((name) => !SHARED.includes(name));
    assert.deepEqual(sorted(there), sorted(Object.values(settings).flat()));
    assert.ok(there.length > 0);
  });

  it('are in .env.sample under the name of an action that reads them', () => {
    for (const { actions, names } of sample) {
      const read = actions.length > 0 && actions.every((action) => settings[action]) ? actions : [];
      const isRead = (name) => read.length > 0 && read.every((action) => settings[action].includes(name));
      const foreign = names.filter((name) => !SHARED.includes(name) && !isRead(name));
      assert.deepEqual(foreign, [], `under ${actions}`);
    }
  });

  it('are those in the row of each action in docs/actions.md', () => {
    assert.deepEqual(sorted(Object.keys(documented)), sorted(Object.keys(settings)));
    for (const [action, names] of Object.entries(settings)) assert.deepEqual(sorted(documented[action]), names, action);
  });

  it('name every action about incidents above INCIDENT_ACTIONS in .env.sample', () => {
    const [, comment] = /^# What is done about incidents [^:]*: ([^]+?)\.\nINCIDENT_ACTIONS=$/m.exec(
      textOf('../.env.sample'),
    );
    const listed = comment.replace(/\n#/g, '').replace(' (the default)', '').split(', ');
    const installed = Object.keys(layout.functions).flatMap((name) => /^incident-actions\/(.+)$/.exec(name)?.[1] ?? []);
    assert.ok(installed.length > 3, String(installed));
    assert.deepEqual(sorted(listed), sorted(installed));
  });

  it('are of actions that a test runs by their names', () => {
    const here = new URL('.', import.meta.url);
    const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs') && !import.meta.url.endsWith(name));
    const text = tests.map((name) => textOf(name)).join('\n');
    assert.ok(tests.length > 20);
    const names = Object.keys(settings);
    assert.deepEqual(
      names.filter((name) => !text.includes(`'${name}'`)),
      [],
      'write a test that runs it',
    );
  });

  it('say in docs/actions.md and in .env.sample which actions are off by default', () => {
    assert.ok(offByDefault.length > 0);
    const rows = rowsOf(textOf('../../docs/actions.md'), 'The actions that exist').map((row) => row.split(' | '));
    const off = rows.filter(([, , word]) => word === 'yes').map(([action]) => action.replace(/[| `]/g, ''));
    assert.deepEqual(sorted(off), sorted(offByDefault));
    const [, comment] = /^# Actions that are off by default: ([a-z0-9, -]+)\./m.exec(textOf('../.env.sample'));
    assert.deepEqual(sorted(comment.split(', ')), sorted(offByDefault));
  });
});
