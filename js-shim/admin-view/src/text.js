import React from 'react';

import de from '../../../locales/admin-view/de.json';
import en from '../../../locales/admin-view/en.json';
import es from '../../../locales/admin-view/es.json';
import fr from '../../../locales/admin-view/fr.json';
import ja from '../../../locales/admin-view/ja.json';
import pt from '../../../locales/admin-view/pt.json';
import { ownProperty } from './ownProperty';

/** @type {Record<string, Record<string, string>>} */
const LANGUAGES = { de, en, es, fr, ja, pt };
const OVERRIDE = 'DeviceMonitoringAdminView.';

/**
 * @callback Translate
 * @param {string} key
 * @param {Record<string, unknown>} [places] what goes into the text's `{{places}}`; `count` also chooses its plural
 * @returns {string}
 */

/**
 * The texts of the admin view in one language. A text in `strings` (Flex's `manager.strings`) under the key with
 * `DeviceMonitoringAdminView.` before it comes first.
 * @param {string} [language] English where there are no texts for it
 * @param {Record<string, string>} [strings]
 * @returns {Translate}
 */
export function translator(language = 'en', strings = {}) {
  const tag = ownProperty(LANGUAGES, language) ? language : 'en';
  const plurals = new Intl.PluralRules(tag);
  const table = LANGUAGES[tag];
  return (key, places = {}) => {
    const plural = typeof places.count === 'number' && `${key}_${plurals.select(places.count)}`;
    const found = [plural, `${key}_other`, key].find((one) => one && ownProperty(table, one) !== undefined) || key;
    const text = strings[`${OVERRIDE}${found}`] ?? ownProperty(table, found) ?? found;
    return text.replace(/{{(\w+)}}/g, (_, place) => String(places[place] ?? ''));
  };
}

export const TextContext = React.createContext(translator());

/** @returns {Translate} */
export const useText = () => React.useContext(TextContext);
