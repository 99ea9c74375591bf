import { useEffect, useState } from '../vendor.js';
import { get, remove } from '../api.js';
import { count, roundMoney, zoneName } from '../format.js';
import { t } from '../i18n/index.js';
import { linkState, onLinkChange, retryNow } from '../live.js';
import { go } from '../router.js';
import { forgetMe, whoAmI } from '../session.js';
import { Button, IconButton, Menu } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { forgetAll, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Logo } from './logo.js';
import { preferenceItems } from './preferences.js';

const PLACES = [
  { path: '/campaigns', icon: 'campaigns', label: 'nav.campaigns' },
  { path: '/overview', icon: 'overview', label: 'nav.overview' },
  { path: '/contacts', icon: 'contacts', label: 'nav.contacts' },
  { path: '/templates', icon: 'templates', label: 'nav.templates' },
  { path: '/channels', icon: 'channels', label: 'nav.channels' },
  { path: '/wallet', icon: 'wallet', label: 'nav.wallet' },
  { path: '/alerts', icon: 'bell', label: 'nav.alerts' },
  { path: '/settings', icon: 'settings', label: 'nav.settings' },
];

/** What surrounds every page: where one is, where one can go, who one is, and whether the connection lives. */
export function Shell({ path, children }) {
  const [drawer, setDrawer] = useState(false);
  useEffect(() => setDrawer(false), [path]);
  return html`
    <div class="shell">
      <a class="skip-link" href="#main" onClick=${skip}>${t('nav.skip')}</a>
      <header class="topbar">
        <${IconButton} icon="menu" label=${t('nav.open')} onClick=${() => setDrawer(true)} />
        <a href="/campaigns" class="topbar-home"><${Logo} /></a>
      </header>
      <header class="sidebar"><a href="/campaigns" class="sidebar-home"><${Logo} /></a><${Navigation} path=${path} /></header>
      ${drawer && html`<${Dialog} side title=${t('nav.menu')} onClose=${() => setDrawer(false)}><${Navigation} path=${path} /><//>`}
      <div class="content">
        <${ConnectionBanner} />
        <main id="main" tabindex="-1">${children}</main>
        <footer class="page-foot">${t('app.times', { zone: zoneName() })}</footer>
      </div>
    </div>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function Navigation({ path }) {
  return html`
    <nav class="nav" aria-label=${t('nav.menu')}>
      <ul>
        ${PLACES.map((place) => html`
          <li key=${place.path}>
            <a href=${place.path} class="nav-link" aria-current=${path === place.path ? 'page' : path.startsWith(`${place.path}/`) ? 'true' : undefined}>
              <${Icon} name=${place.icon} /><span>${t(place.label)}</span>
              ${place.path === '/wallet' && html`<${Balance} />`}
              ${place.path === '/alerts' && html`<${Unseen} />`}
            </a>
          </li>`)}
      </ul>
      <${Person} />
    </nav>`;
}

/** What is free to spend, beside the word Wallet. */
function Balance() {
  const wallet = useResource('wallet', (signal) => get('/wallet', {}, signal));
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && wallet.reload(), 60_000);
    window.addEventListener('herald:money', wallet.reload);
    return () => {
      clearInterval(timer);
      window.removeEventListener('herald:money', wallet.reload);
    };
  }, []);
  if (!wallet.data?.available) return null;
  return html`<span class=${`nav-money figure ${wallet.data.lowBalance ? 'is-bad' : ''}`} title=${t('wallet.available')}>${roundMoney(wallet.data.available)}</span>`;
}

/** How many alerts there are that one has not seen, beside the word Alerts. */
function Unseen() {
  const alerts = useResource('unseen alerts', (signal) => get('/alerts', { pageSize: 1 }, signal));
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && alerts.reload(), 30_000);
    window.addEventListener('herald:alerts', alerts.reload);
    return () => {
      clearInterval(timer);
      window.removeEventListener('herald:alerts', alerts.reload);
    };
  }, []);
  const unseen = alerts.data?.unseen ?? 0;
  if (unseen === 0) return null;
  const shown = unseen >= 100 ? '99+' : count(unseen);
  return html`<span class="nav-count figure"><span aria-hidden="true">${shown}</span><span class="visually-hidden">${t('alerts.unseen', { n: unseen, count: shown })}</span></span>`;
}

function Person() {
  const me = whoAmI();
  const signOut = async () => {
    try {
      await remove('/session');
    } catch {
      // signed out anyway as far as this page is concerned
    }
    forgetMe();
    forgetAll();
    go('/sign-in');
  };
  return html`
    <div class="person">
      <div class="person-text"><strong>${me.name}</strong><span>${[me.workspace.name, t(`role.${me.role}`)].filter(Boolean).join(' · ')}</span></div>
      <${Menu} kind="quiet" small up align="start" icon="more" arrow=${false} label=${html`<span class="visually-hidden">${t('nav.account')}</span>`} items=${[
        ...preferenceItems(),
        { label: t('nav.signOut'), icon: 'back', onSelect: signOut },
      ]} />
    </div>`;
}

/** A lost connection: what is on the page stays, marked as old, until it is back. */
function ConnectionBanner() {
  const [state, setState] = useState(linkState);
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => onLinkChange(() => setState(linkState())), []);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
  const lost = !online || state === 'lost';
  useEffect(() => {
    document.documentElement.classList.toggle('is-stale', lost);
  }, [lost]);
  return html`
    <div role="status" aria-live="polite">
      ${lost && html`
        <div class="banner">
          <${Icon} name="warning" /><span><strong>${t(online ? 'connection.lost' : 'connection.offline')}</strong> ${t('connection.kept')}</span>
          <${Button} small icon="refresh" onClick=${retryNow}>${t('connection.retry')}<//>
        </div>`}
    </div>`;
}
