const fs = require('fs');
const path = require('path');

const FOLDER = path.join(__dirname, '..', 'texts');
/** English first: it says which keys there are. Languages that resemble each other are neighbours, for gzip. */
const LANGUAGES = ['en', 'es', 'pt', 'fr', 'de', 'ja'];

const read = (language) => JSON.parse(fs.readFileSync(path.join(FOLDER, `${language}.json`), 'utf8'));

/** What goes into the bundle: the keys once, and each language's texts in their order. */
function packTexts() {
  const keys = Object.keys(read(LANGUAGES[0]));
  const pack = (language) => {
    const texts = read(language);
    return keys.map((key) => texts[key]);
  };
  return { keys, languages: Object.fromEntries(LANGUAGES.map((language) => [language, pack(language)])) };
}

module.exports = { FOLDER, LANGUAGES, packTexts };
