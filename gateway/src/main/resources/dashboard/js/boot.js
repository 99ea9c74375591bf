// Runs before the first paint, so that the page never flashes in the wrong theme or direction.
(() => {
  const root = document.documentElement;
  const saved = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const theme = saved('herald.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  const language = saved('herald.language') ?? navigator.language;
  if (/^ar\b/.test(language)) {
    root.lang = 'ar';
    root.dir = 'rtl';
  }
})();
