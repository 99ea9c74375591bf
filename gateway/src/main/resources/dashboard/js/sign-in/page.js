import { useEffect, useState } from '../vendor.js';
import { post } from '../api.js';
import { t } from '../i18n/index.js';
import { go, here } from '../router.js';
import { Logo } from '../shell/logo.js';
import { preferenceItems } from '../shell/preferences.js';
import { Button, Menu, TextField } from '../ui/controls.js';
import { useAction, usePageTitle } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
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

function PasswordSignIn({ expired }) {
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
      ${signIn.error && html`<${Failure} error=${signIn.error} />`}
      <${TextField} label=${t('signIn.email')} type="email" name="email" autocomplete="username" required value=${email} onInput=${setEmail} />
      <${TextField} label=${t('signIn.password')} type="password" name="password" autocomplete="current-password" required value=${password} onInput=${setPassword} />
      <${Button} kind="primary" type="submit" busy=${signIn.busy} class="button-wide">${t('signIn.button')}<//>
      <p class="faint">${t('signIn.linkHint')}</p>
    </form>`;
}

function LinkSignIn({ token }) {
  const [needsPassword, setNeedsPassword] = useState(false);
  const signIn = useAction(async () => {
    const answer = await post('/session', { signInToken: token });
    if (answer.passwordNeeded) setNeedsPassword(true);
    else go(placeAfter(), { replace: true });
  });
  // The token is used at once and must not stay in the history or travel in a referrer.
  useEffect(() => {
    history.replaceState(null, '', '/sign-in');
    signIn.run();
  }, []);
  if (needsPassword) return html`<${FirstPassword} />`;
  if (signIn.error) {
    const gone = signIn.error.status === 401;
    return html`
      <h1 tabindex="-1">${t('signIn.title')}</h1>
      <${Failure} error=${signIn.error} onRetry=${gone ? undefined : signIn.run} />
      <${Button} onClick=${() => location.assign('/sign-in')}>${t('signIn.withPassword')}<//>`;
  }
  return html`<h1 tabindex="-1">${t('signIn.title')}</h1><p class="signing-in" role="status"><span class="spinner" aria-hidden="true" />${t('signIn.working')}</p>`;
}

/** After the first sign-in by link: a password to come back with, or not now. */
function FirstPassword() {
  const [password, setPassword] = useState('');
  const leave = () => go(placeAfter(), { replace: true });
  const saving = useAction(async () => {
    await post('/me:password', { newPassword: password });
    leave();
  });
  const submit = (event) => {
    event.preventDefault();
    if (!saving.busy && password) saving.run();
  };
  return html`
    <form class="stack" onSubmit=${submit}>
      <h1 tabindex="-1">${t('signIn.first.title')}</h1>
      <p>${t('signIn.first.text')}</p>
      <${TextField} label=${t('account.newPassword')} type="password" name="new-password" autocomplete="new-password" minlength="12" hint=${t('account.newPassword.hint')} value=${password} onInput=${setPassword} autofocus />
      ${saving.error && html`<${Failure} error=${saving.error} />`}
      <${Button} kind="primary" type="submit" busy=${saving.busy} class="button-wide">${t('signIn.first.save')}<//>
      <${Button} kind="quiet" class="button-wide" onClick=${leave}>${t('signIn.first.later')}<//>
    </form>`;
}
