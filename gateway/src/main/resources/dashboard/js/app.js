import { Component, render, useEffect, useState } from './vendor.js';
import { whenSessionIsLost } from './api.js';
import { startLanguage, t } from './i18n/index.js';
import { go, here, startRouter, usePlace } from './router.js';
import { forgetMe, loadMe, whoAmI } from './session.js';
import { Shell } from './shell/shell.js';
import { forgetAll } from './ui/hooks.js';
import { html } from './ui/html.js';
import { Failure } from './ui/notice.js';
import { Button } from './ui/controls.js';
import { Toasts } from './ui/toast.js';
import CampaignsPage from './campaigns/list-page.js';

/** Which page answers which address; all but the first view are loaded when they are first opened. */
const ROUTES = [
  { path: /^\/campaigns$/, page: async () => CampaignsPage },
  { path: /^\/campaigns\/new$/, page: async () => (await import('./new-campaign/page.js')).default },
  { path: /^\/campaigns\/(?<id>\d+)$/, page: async () => (await import('./campaigns/campaign-page.js')).default },
  { path: /^\/overview$/, page: async () => (await import('./overview/page.js')).default },
  { path: /^\/contacts$/, page: async () => (await import('./contacts/page.js')).default },
  { path: /^\/templates$/, page: async () => (await import('./templates/page.js')).default },
  { path: /^\/channels$/, page: async () => (await import('./channels/page.js')).default },
  { path: /^\/wallet$/, page: async () => (await import('./wallet/page.js')).default },
  { path: /^\/alerts$/, page: async () => (await import('./alerts/page.js')).default },
  { path: /^\/settings$/, page: async () => (await import('./settings/page.js')).default },
];

const SIGN_IN = '/sign-in';

/** Leads to the sign-in page and remembers where to come back to. */
function leaveForSignIn() {
  forgetMe();
  forgetAll();
  const { path, query } = here();
  if (path === SIGN_IN) return;
  const next = path === '/' ? '' : `?next=${encodeURIComponent(path + (query.size ? `?${query}` : ''))}`;
  go(SIGN_IN + next, { replace: true });
}

function App() {
  const { path } = usePlace();
  const [ready, setReady] = useState(false);
  const [error, setError] = useState(null);

  const start = async () => {
    setError(null);
    try {
      await loadMe();
      setReady(true);
    } catch (failure) {
      if (failure.status === 401) leaveForSignIn();
      else setError(failure);
    }
  };

  useEffect(() => {
    whenSessionIsLost(() => {
      const wasIn = whoAmI() !== null;
      leaveForSignIn();
      if (wasIn) sessionStorage.setItem('herald.expired', '1');
      setReady(false);
    });
  }, []);

  useEffect(() => {
    if (path === SIGN_IN) setReady(false);
    else if (!ready) start();
    if (path === '/') go('/campaigns', { replace: true });
  }, [path]);

  if (path === SIGN_IN) return html`<${Page} key="sign-in" path=${path} load=${async () => (await import('./sign-in/page.js')).default} />`;
  if (error) return html`<main class="lonely"><${Failure} error=${error} title=${t('app.cannotStart')} onRetry=${start} /></main>`;
  if (!ready) return html`<div class="starting" aria-busy="true"><span class="visually-hidden">${t('state.loading')}</span></div>`;

  for (const route of ROUTES) {
    const match = route.path.exec(path);
    if (match) return html`<${Shell} path=${path}><${Page} key=${path} path=${path} load=${route.page} parameters=${match.groups} /><//>`;
  }
  return html`<${Shell} path=${path}><${NotFound} /><//>`;
}

/** Loads a page's module and shows it; moves the focus to its heading, as a real page change would. */
function Page({ path, load, parameters }) {
  const [page, setPage] = useState(() => (load === ROUTES[0].page ? CampaignsPage : null));
  const [error, setError] = useState(null);
  const open = () => {
    setError(null);
    load().then((Loaded) => setPage(() => Loaded), setError);
  };
  useEffect(open, []);
  useEffect(() => {
    if (page) /** @type {HTMLElement | null} */ (document.querySelector('main h1'))?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [page, path]);
  if (error) return html`<${Failure} error=${{ reason: 'NO_CONNECTION' }} onRetry=${open} />`;
  if (!page) return html`<div class="starting" aria-busy="true"></div>`;
  const Loaded = page;
  return html`<${Guard}><${Loaded} ...${parameters} /><//>`;
}

/** A fault in one page must not take the way out of it away. */
class Guard extends Component {
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  componentDidCatch(fault) {
    console.error(fault);
  }

  render() {
    if (!this.state.broken) return this.props.children;
    return html`
      <div class="empty" role="alert"><h1 tabindex="-1">${t('app.broken.title')}</h1><p>${t('app.broken.text')}</p>
        <p><${Button} kind="primary" icon="refresh" onClick=${() => location.reload()}>${t('app.broken.reload')}<//></p></div>`;
  }
}

const NotFound = () => html`
  <div class="empty"><h1 tabindex="-1">${t('notFound.title')}</h1><p>${t('notFound.text')}</p><p><a href="/campaigns">${t('notFound.back')}</a></p></div>`;

await startLanguage();
startRouter();
render(html`<${App} /><${Toasts} />`, document.getElementById('app'));
