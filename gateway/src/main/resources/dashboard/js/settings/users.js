import { useState } from '../vendor.js';
import { get, patch, post, remove, requestId } from '../api.js';
import { t, word } from '../i18n/index.js';
import { whoAmI } from '../session.js';
import { Button, Menu, Select, TextField } from '../ui/controls.js';
import { Confirm, Dialog } from '../ui/dialog.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { SecretDialog } from './secret.js';

export const ROLES = ['VIEWER', 'OPERATOR', 'OWNER'];
const STATE_LOOK = { ACTIVE: 'tag-good', INVITED: 'tag-blue', SUSPENDED: 'tag-bad' };

export const roleOptions = () => ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }));

/** The people of the workspace. */
export function Users() {
  const users = useResource('users', async (signal) => (await get('/users', { pageSize: 1000 }, signal)).users ?? []);
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState(null);
  const [asking, setAsking] = useState(null);
  const acting = useAction(async (work, done) => {
    await work();
    toast(done);
    setAsking(null);
    await users.reload();
  });
  const change = (user, part, done) => acting.run(() => patch(`/users/${user.id}`, part), done);
  const makeLink = useAction(async (user) => setLink({ ...(await post(`/users/${user.id}:signInLink`)), who: user.name || user.email }));

  const columns = [
    { id: 'name', title: t('users.name'), phone: 'title', class: 'cell-two', cell: (user) => html`<strong>${user.name || user.email}</strong><span class="faint break">${user.email}</span>` },
    { id: 'role', title: t('users.role'), cell: (user) => t(`role.${user.role}`) },
    { id: 'state', title: t('users.state'), cell: (user) => html`<span class=${`tag ${STATE_LOOK[user.state] ?? ''}`}>${word('userState', user.state)}</span>` },
    { id: 'last', title: t('users.lastSignIn'), class: 'cell-time', cell: (user) => (user.lastSignInTime ? html`<${Ago} time=${user.lastSignInTime} />` : html`<span class="faint">${t('users.never')}</span>`) },
    { id: 'actions', title: html`<span class="visually-hidden">${t('table.actions')}</span>`, class: 'cell-actions', cell: (user) => html`
      <${Menu} kind="quiet" small icon="more" arrow=${false} label=${html`<span class="visually-hidden">${t('users.actions', { name: user.name || user.email })}</span>`} items=${[
        ...ROLES.map((role) => ({ label: t(`role.${role}`), checked: user.role === role, onSelect: () => user.role !== role && change(user, { role }, t('users.roleChanged')) })),
        { label: t('users.newLink'), text: t('users.newLink.text'), icon: 'link', onSelect: () => makeLink.run(user) },
        user.id !== whoAmI().id && { label: t(user.state === 'SUSPENDED' ? 'users.restore' : 'users.suspend'), icon: 'pause', onSelect: () => change(user, { suspended: user.state !== 'SUSPENDED' }, t('settings.saved')) },
        user.id !== whoAmI().id && { label: t('users.remove'), icon: 'trash', danger: true, onSelect: () => setAsking(user) },
      ]} />` },
  ];
  return html`
    <div class="row-apart"><p class="lead">${t('users.lead')}</p><${Button} kind="primary" icon="plus" onClick=${() => setInviting(true)}>${t('users.invite')}<//></div>
    ${(acting.error && !asking) && html`<${Failure} error=${acting.error} />`}
    ${makeLink.error && html`<${Failure} error=${makeLink.error} />`}
    <${Loaded} resource=${users}>${(all) => html`<${Table} caption=${t('settings.users')} columns=${columns} rows=${all} keyOf=${(user) => user.id} busy=${acting.busy} />`}<//>
    ${inviting && html`<${Invite} onDone=${(answer) => { setInviting(false); setLink({ signInLink: answer.signInLink, who: answer.name || answer.email }); users.reload(); }} onClose=${() => setInviting(false)} />`}
    ${link && html`<${SecretDialog} title=${t('users.link.title', { name: link.who })} text=${t('users.link.text')} secret=${link.signInLink} onClose=${() => setLink(null)} />`}
    ${asking && html`<${Confirm} danger title=${t('users.remove.title', { name: asking.name || asking.email })} confirm=${t('users.remove')} busy=${acting.busy} error=${acting.error} onConfirm=${() => acting.run(() => remove(`/users/${asking.id}`), t('users.removed'))} onClose=${() => setAsking(null)}><p>${t('users.remove.text')}</p><//>`}`;
}

function Invite({ onDone, onClose }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('OPERATOR');
  const inviting = useAction(async () => onDone(await post('/users', { email: email.trim(), name: name.trim(), role, requestId: requestId() })));
  return html`
    <${Dialog} title=${t('users.invite')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${inviting.busy} disabled=${!/^\S+@\S+$/.test(email.trim())} onClick=${inviting.run}>${t('users.invite.go')}<//>`}>
      <p class="faint">${t('users.invite.text')}</p>
      <${TextField} label=${t('signIn.email')} type="email" autocomplete="off" value=${email} onInput=${setEmail} error=${inviting.error?.about?.('email')} autofocus />
      <${TextField} label=${t('users.name')} optional autocomplete="off" value=${name} onInput=${setName} />
      <${Select} label=${t('users.role')} hint=${t(`role.${role}.text`)} value=${role} onInput=${setRole} options=${roleOptions()} />
      ${inviting.error && html`<${Failure} error=${inviting.error} />`}
    <//>`;
}
