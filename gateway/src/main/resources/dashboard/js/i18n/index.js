import en from './en.js';

// One catalogue per language, same keys. A message is a string with {parameters}, or an object of plural forms chosen
// by the parameter "n". Numbers in parameters are written as the language writes them.

/** Languages to choose from; English is always there, the others are loaded when chosen. */
export const LANGUAGES = [
  { code: 'en', name: 'English', dir: 'ltr', load: async () => en },
  { code: 'ar', name: 'العربية', dir: 'rtl', load: async () => (await import('./ar.js')).default },
];

let messages = en;
let language = 'en';
let plurals = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

/** The language in use, as a BCP 47 tag with the browser's region where it fits. */
export function locale() {
  const match = navigator.languages?.find((tag) => tag.split('-')[0] === language);
  return match ?? language;
}

export const currentLanguage = () => language;

/** Chooses the language: what was saved, else what the browser asks for, else English. */
export async function startLanguage() {
  let wanted = null;
  try {
    wanted = localStorage.getItem('herald.language');
  } catch {
    // storage may be forbidden
  }
  await useLanguage(wanted ?? navigator.language.split('-')[0]);
}

/** @param {string} code */
export async function useLanguage(code) {
  const chosen = LANGUAGES.find((candidate) => candidate.code === code) ?? LANGUAGES[0];
  messages = await chosen.load();
  language = chosen.code;
  plurals = new Intl.PluralRules(locale());
  numbers = new Intl.NumberFormat(locale());
  document.documentElement.lang = chosen.code;
  document.documentElement.dir = chosen.dir;
}

/** @param {string} code */
export function saveLanguage(code) {
  try {
    localStorage.setItem('herald.language', code);
  } catch {
    // storage may be forbidden: the choice then lasts until the page is closed
  }
}

/**
 * The message of a key in the language in use.
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 * @returns {string}
 */
export function t(key, parameters) {
  const message = messages[key] ?? en[key];
  if (message === undefined) return key;
  const text = typeof message === 'string' ? message : (message[plurals.select(Number(parameters?.n ?? 0))] ?? message.other);
  if (!parameters) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** @param {string} key */
export const has = (key) => key in messages || key in en;

/** The message of an enum value: t('status.LIVE'); the bare name when the catalogue does not know it. */
export const word = (group, value) => (has(`${group}.${value}`) ? t(`${group}.${value}`) : String(value ?? ''));
