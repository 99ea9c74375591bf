import { currentLanguage, LANGUAGES, saveLanguage, t } from '../i18n/index.js';

const THEMES = ['system', 'light', 'dark'];

const savedTheme = () => document.documentElement.dataset.theme ?? 'system';

function chooseTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('herald.theme');
    else localStorage.setItem('herald.theme', theme);
  } catch {
    // storage may be forbidden: the choice then lasts until the page is closed
  }
  window.dispatchEvent(new Event('herald:theme'));
}

function chooseLanguage(code) {
  if (code === currentLanguage()) return;
  saveLanguage(code);
  location.reload();
}

/** Menu entries for theme and language; nothing about them is known to the gateway. */
export const preferenceItems = () => [
  ...THEMES.map((theme) => ({ label: t(`theme.${theme}`), checked: savedTheme() === theme, onSelect: () => chooseTheme(theme) })),
  ...LANGUAGES.map((language) => ({ label: language.name, checked: language.code === currentLanguage(), onSelect: () => chooseLanguage(language.code) })),
];
