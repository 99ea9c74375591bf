import { useEffect, useState } from '../vendor.js';
import { get, post } from '../api.js';
import { t } from '../i18n/index.js';
import { go, here } from '../router.js';
import { Logo } from '../shell/logo.js';
import { preferenceItems } from '../shell/preferences.js';
import { Button, Menu, TextField } from '../ui/controls.js';
import { useAction, usePageTitle } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Notice } from '../ui/notice.js';

/** Where to go after signing in; only places of this dashboard. */
function placeAfter() {
  const next = here().query.get('next') ?? '';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/campaigns';
}

/** Sign-in with a password, or by the one-time link that a start or an invitation gave. */
export default function SignInPage() {
  usePageTitle(t('signIn.title'));
  const [token] = useState(() => here().query.get('token'));
  const [expired] = useState(() => {
    const was = sessionStorage.getItem('herald.expired') === '1';
    sessionStorage.removeItem('herald.expired');
    return was;
  });
  return html`
    <main class="sign-in">
      <div class="sign-in-card">
        <${Logo} />
        ${token ? html`<${LinkSignIn} token=${token} />` : html`<${PasswordSignIn} expired=${expired} />`}
      </div>
      <div class="sign-in-foot"><${Menu} kind="quiet" small up align="start" icon="sun" label=${t('signIn.preferences')} items=${preferenceItems()} /></div>
    </main>`;
}

/** The provider's button; nothing until it is known whether there is one. */
function SingleSignOn() {
  const [options, setOptions] = useState({});
  useEffect(() => {
    // Without an answer passwords still work.
    get('/session:options').then(setOptions, () => {});
  }, []);
  if (!options.singleSignOnPath) return null;
  return html`<${Button} href=${options.singleSignOnPath} class="button-wide">${t('signIn.with', { name: options.singleSignOnLabel })}<//>`;
}

function PasswordSignIn({ expired }) {
  const [problem] = useState(() => here().query.get('problem'));
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useAction(async () => {
    await post('/session', { email: email.trim(), password });
    go(placeAfter(), { replace: true });
  });
  const submit = (event) => {
    event.preventDefault();
    if (!signIn.busy) signIn.run();
  };
  return html`
    <form class="stack" onSubmit=${submit}>
      <h1 tabindex="-1">${t('signIn.title')}</h1>
      ${expired && !signIn.error && html`<${Notice} kind="warning" role="status">${t('signIn.expired')}<//>`}
      ${problem && !signIn.error && html`<${Failure} error=${{ reason: problem, detail: t('error.OIDC_INVALID') }} />`}
      ${signIn.error && html`<${Failure} error=${signIn.error} />`}
      <${TextField} label=${t('signIn.email')} type="email" name="email" autocomplete="username" required value=${email} onInput=${setEmail} />
      <${TextField} label=${t('signIn.password')} type="password" name="password" autocomplete="current-password" required value=${password} onInput=${setPassword} />
      <${Button} kind="primary" type="submit" busy=${signIn.busy} class="button-wide">${t('signIn.button')}<//>
      <${SingleSignOn} />
      <p class="faint">${t('signIn.linkHint')}</p>
    </form>`;
}

/**
 * The link signs in when the button is pressed, not when the page is opened: programs that look links up for a preview
 * must not use it up.
 */
function LinkSignIn({ token }) {
  const signIn = useAction(async () => {
    await post('/session', { signInToken: token });
    go(placeAfter(), { replace: true });
  });
  // The token must not stay in the history or travel in a referrer.
  useEffect(() => history.replaceState(null, '', '/sign-in'), []);
  const submit = (event) => {
    event.preventDefault();
    if (!signIn.busy) signIn.run();
  };
  if (signIn.error?.status === 401) {
    return html`
      <h1 tabindex="-1">${t('signIn.title')}</h1>
      <${Failure} error=${signIn.error} />
      <${Button} onClick=${() => location.assign('/sign-in')}>${t('signIn.withPassword')}<//>`;
  }
  return html`
    <form class="stack" onSubmit=${submit}>
      <h1 tabindex="-1">${t('signIn.link.title')}</h1>
      <p>${t('signIn.link.text')}</p>
      ${signIn.error && html`<${Failure} error=${signIn.error} />`}
      <${Button} kind="primary" type="submit" busy=${signIn.busy} class="button-wide">${t('signIn.button')}<//>
    </form>`;
}
