const fs = require('fs');
const path = require('path');

const { translator } = require('../admin-view/src/text');

const ROOT = path.join(__dirname, '..', '..');
const FOLDER = path.join(ROOT, 'locales', 'admin-view');
const languagesIn = (folder) =>
  fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''))
    .sort();
/** Those that agents can read. */
const LANGUAGES = languagesIn(path.join(ROOT, 'locales'));
/** The same in every language: names and technical terms. */
const INTERNATIONAL = ['title'];

const textsOf = (language) => JSON.parse(fs.readFileSync(path.join(FOLDER, `${language}.json`), 'utf8'));
const english = textsOf('en');
const placesOf = (text) => (text.match(/{{.*?}}/g) ?? []).sort();

test('there is a file for each language that agents can read, and no other', () => {
  expect(languagesIn(FOLDER)).toEqual(LANGUAGES);
});

test.each(LANGUAGES)('the admin view can be read in %s', (language) => {
  expect(translator(language)('alerts')).toBe(textsOf(language).alerts);
});

test.each(LANGUAGES)('%s has no key twice', (language) => {
  const text = fs.readFileSync(path.join(FOLDER, `${language}.json`), 'utf8');
  const keys = [...text.matchAll(/^ *"(\w+)":/gm)].map(([, key]) => key);
  expect(keys).toEqual(Object.keys(textsOf(language)));
});

test.each(LANGUAGES.filter((language) => language !== 'en'))(
  '%s has the keys of English, each with the same places, and none is left empty or English',
  (language) => {
    const texts = textsOf(language);
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    Object.entries(texts).forEach(([key, text]) => {
      expect([key, placesOf(text)]).toEqual([key, placesOf(english[key])]);
      expect(text.trim()).not.toBe('');
      if (!INTERNATIONAL.includes(key) && /\w \w/.test(english[key])) expect(text).not.toBe(english[key]);
    });
  },
);

test('every text is used, and every key in the code has a text', () => {
  const filesIn = (folder) =>
    fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'generated' ? [] : filesIn(file);
      return file.endsWith('.js') ? [fs.readFileSync(file, 'utf8')] : [];
    });
  const code = filesIn(path.join(__dirname, '..', 'admin-view', 'src')).join('\n');
  const keys = [
    ...new Set(
      Object.keys(english).map((key) => key.replace(/_(one|other)$/, '').replace(/^(meaning|why)_\w+$/, '$1_')),
    ),
  ];
  const words = new Set(code.match(/\w+/g));
  expect(keys.filter((key) => !words.has(key))).toEqual([]);
  const asked = [...code.matchAll(/\bt\('(\w+)'/g)].map(([, key]) => key);
  expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
});

test('there is a meaning and a reason for each property of the configuration, and for no other', () => {
  const source = fs.readFileSync(path.join(ROOT, 'src', 'config', 'read.rs'), 'utf8');
  const [, list] = /PROPERTIES: \[&str; \d+\] = \[([^\]]*)\]/.exec(source);
  const properties = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  ['meaning', 'why'].forEach((kind) => {
    const named = Object.keys(english).filter((key) => key.startsWith(`${kind}_`));
    expect(named).toEqual(properties.map((name) => `${kind}_${name}`));
  });
});

test('a count chooses the plural', () => {
  const t = translator('en');
  expect([0, 1, 2].map((count) => t('more', { count }))).toEqual([
    '0 more are not shown.',
    '1 more is not shown.',
    '2 more are not shown.',
  ]);
  expect(translator('ja')('more', { count: 1 })).toContain('1');
});

test('a language without texts is English, and a text of manager.strings comes first', () => {
  expect(translator('pl')('alerts')).toBe(english.alerts);
  expect(translator('de', { 'DeviceMonitoringAdminView.alerts': 'Alarme' })('alerts')).toBe('Alarme');
});
