// Runs before the first paint: so that the page never flashes in the wrong theme or direction, and so that the first
// answers are on their way while the modules still are.
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

  // api.js takes these up instead of asking again.
  if (location.pathname !== '/sign-in') {
    const first = ['/api/v1/me', '/api/v1/wallet', '/api/v1/alerts?pageSize=1'];
    const campaign = /^\/campaigns\/(\d+)$/.exec(location.pathname);
    if (campaign) first.push(`/api/v1/campaigns/${campaign[1]}`, `/api/v1/campaigns/${campaign[1]}/analytics`);
    else if (/^\/(campaigns)?$/.test(location.pathname)) {
      first.push('/api/v1/channels?pageSize=100');
      if (!location.search) first.push('/api/v1/campaigns?pageSize=50');
    }
    const early = new Map(first.map((target) => [target, fetch(target, { headers: { accept: 'application/json' } })]));
    Object.assign(window, { heraldEarly: early });
    for (const answer of early.values()) answer.catch(() => {}); // told by who takes it up
  }
})();
