import { useState } from '../vendor.js';
import { post } from '../api.js';
import { t } from '../i18n/index.js';
import { go } from '../router.js';
import { loadMe, whoAmI } from '../session.js';
import { Button, TextField } from '../ui/controls.js';
import { Confirm } from '../ui/dialog.js';
import { useAction } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure } from '../ui/notice.js';
import { toast } from '../ui/toast.js';

/** Oneself: password and sessions. */
export function Account() {
  const me = whoAmI();
  return html`
    <div class="columns columns-even">
      <section class="card">
        <h2>${t('account.title')}</h2>
        <dl class="pairs">
          <dt>${t('users.name')}</dt><dd>${me.name}</dd>
          ${me.email && html`<dt>${t('signIn.email')}</dt><dd class="break">${me.email}</dd>`}
          <dt>${t('users.role')}</dt><dd>${t(`role.${me.role}`)}</dd>
        </dl>
        <p class="faint">${t(`role.${me.role}.text`)}</p>
        <${Sessions} />
      </section>
      <${Password} has=${me.hasPassword} />
    </div>`;
}

function Password({ has }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const saving = useAction(async () => {
    await post('/me:password', { newPassword: password, ...(has ? { currentPassword: current } : {}) });
    setCurrent('');
    setPassword('');
    toast(t('account.passwordSaved'));
    await loadMe();
  });
  const submit = (event) => {
    event.preventDefault();
    if (!saving.busy && password && (current || !has)) saving.run();
  };
  return html`
    <form class="card" onSubmit=${submit}>
      <h2>${t(has ? 'account.changePassword' : 'account.setPassword')}</h2>
      <p class="faint">${t('account.passwordText')}</p>
      <input class="visually-hidden" type="text" autocomplete="username" value=${whoAmI().email} readonly tabindex="-1" aria-hidden="true" />
      ${has && html`<${TextField} label=${t('account.currentPassword')} type="password" autocomplete="current-password" value=${current} onInput=${setCurrent} error=${saving.error?.reason === 'CURRENT_PASSWORD_WRONG' ? saving.error.detail : undefined} />`}
      <${TextField} label=${t('account.newPassword')} type="password" autocomplete="new-password" minlength="12" hint=${t('account.newPassword.hint')} value=${password} onInput=${setPassword} />
      ${saving.error && saving.error.reason !== 'CURRENT_PASSWORD_WRONG' && html`<${Failure} error=${saving.error} />`}
      <div><${Button} kind="primary" type="submit" busy=${saving.busy} disabled=${!password || (has && !current)}>${t('action.save')}<//></div>
    </form>`;
}

function Sessions() {
  const [asking, setAsking] = useState(false);
  const ending = useAction(async () => {
    await post('/session:signOutEverywhere');
    go('/sign-in');
  });
  return html`
    <div><${Button} onClick=${() => setAsking(true)}>${t('account.signOutEverywhere')}<//></div>
    ${asking && html`<${Confirm} title=${t('account.signOutEverywhere')} confirm=${t('account.signOutEverywhere')} busy=${ending.busy} error=${ending.error} onConfirm=${ending.run} onClose=${() => setAsking(false)}><p>${t('account.signOutEverywhere.text')}</p><//>`}`;
}
