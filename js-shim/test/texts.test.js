const fs = require('fs');
const path = require('path');

const languages = require('../src/generated/texts').default;
const { addStrings } = require('../src/ui/strings');
const { fakeFlex, fakeManager } = require('./fakes');

const FOLDER = path.join(__dirname, '..', '..', 'locales');
const LANGUAGES = Object.keys(languages);

const textsOf = (language) => JSON.parse(fs.readFileSync(path.join(FOLDER, `${language}.json`), 'utf8'));
const english = textsOf('en');
const placesOf = (text) => (text.match(/{{.*?}}/g) ?? []).sort();
const others = LANGUAGES.filter((language) => language !== 'en');

const filesIn = (folder) =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : filesIn(file);
    return /\.(js|rs)$/.test(entry.name) ? [file] : [];
  });
const root = path.join(__dirname, '..', '..');
const code = [...filesIn(path.join(root, 'src')), ...filesIn(path.join(root, 'js-shim', 'src'))]
  .map((file) => fs.readFileSync(file, 'utf8'))
  .join('\n');

test('there is a file for each language that is built in, and no other', () => {
  const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  expect(files.sort()).toEqual(LANGUAGES.map((language) => `${language}.json`).sort());
});

test.each(others)(
  '%s has the keys of English, each with the same places, and none is left empty or English',
  (language) => {
    const texts = textsOf(language);
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    Object.entries(texts).forEach(([key, text]) => {
      expect([key, placesOf(text)]).toEqual([key, placesOf(english[key])]);
      expect(text.trim()).not.toBe('');
      if (english[key].includes(' ')) expect(text).not.toBe(english[key]);
    });
  },
);

test('every key begins with the name of the product, and only templates that Flex compiles as text are used', () => {
  Object.entries(english).forEach(([key, text]) => {
    expect(key).toMatch(/^DeviceMonitoring[A-Z]/);
    placesOf(text).forEach((place) => expect(place).toMatch(/^{{\w+}}$/));
  });
});

test('every text is used, and every key in the code has a text', () => {
  const used = new Set(code.match(/DeviceMonitoring[A-Z]\w*/g));
  const isDerived = (key) => used.has(key.replace(/(Advice|Was)$/, ''));
  expect(Object.keys(english).filter((key) => !used.has(key) && !isDerived(key))).toEqual([]);
  const names = ['DeviceMonitoringPlugin', 'DeviceMonitoringNotice', 'DeviceMonitoringCallEnded'];
  const named = [...code.matchAll(/['"](DeviceMonitoring[A-Z]\w*)['"]/g)].map(([, key]) => key);
  expect(named.filter((key) => !(key in english) && !names.includes(key))).toEqual([]);
});

describe('the language', () => {
  const AVAILABLE = [
    { tag: 'en-US', name: 'English' },
    { tag: 'de-DE', name: 'Deutsch' },
    { tag: 'pt-BR', name: 'Português' },
    { tag: 'pl-PL', name: 'Polski' },
  ];
  const recoveredIn = (language) => textsOf(language).DeviceMonitoringRecovered;
  const shownBy = (parts) => {
    const manager = Object.assign(fakeManager(), parts);
    addStrings(fakeFlex(), manager, languages);
    return manager.strings.DeviceMonitoringRecovered;
  };
  const locale = (localeTag, localeSource = 'user preference') => ({
    localization: { localeTag, localeSource, availableLocales: AVAILABLE },
  });

  test('is that of the locale in which Flex is shown', () => {
    expect(shownBy(locale('de-DE'))).toBe(recoveredIn('de'));
    expect(shownBy(locale('pt-BR', 'browser setting'))).toBe(recoveredIn('pt'));
    expect(shownBy({ ...locale('en-US'), configuration: { language: 'de' } })).toBe(recoveredIn('en'));
  });

  test('is English where Flex has no texts for the locale, or we have none', () => {
    expect(shownBy(locale('fr-FR', 'browser setting'))).toBe(recoveredIn('en'));
    expect(shownBy(locale('pl-PL'))).toBe(recoveredIn('en'));
  });

  test('is that of the configuration where nobody has chosen a locale, or Flex knows of none', () => {
    expect(shownBy({ ...locale('en-US', 'flex default'), configuration: { language: 'ja' } })).toBe(recoveredIn('ja'));
    expect(shownBy({ configuration: { language: 'es-MX' } })).toBe(recoveredIn('es'));
    expect(shownBy({ configuration: {} })).toBe(recoveredIn('en'));
  });

  test('does not replace a text that is already there', () => {
    const manager = Object.assign(fakeManager(), locale('de-DE'));
    manager.strings.DeviceMonitoringRecovered = 'All good.';
    addStrings(fakeFlex(), manager, languages);
    expect(manager.strings.DeviceMonitoringRecovered).toBe('All good.');
    expect(Object.keys(manager.strings).sort()).toEqual(Object.keys(english).sort());
  });
});
