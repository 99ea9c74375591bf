import { useState } from '../vendor.js';
import { get, post, remove, requestId } from '../api.js';
import { t } from '../i18n/index.js';
import { Button, Select, TextField } from '../ui/controls.js';
import { Confirm, Dialog } from '../ui/dialog.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { actorName, Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { SecretDialog } from './secret.js';
import { roleOptions } from './users.js';

const LIFETIMES = ['', '30', '90', '365'];
const DAY_MS = 86_400_000;

/** Keys by which programs call Herald. */
export function ApiKeys() {
  const keys = useResource('api keys', async (signal) => (await get('/apiKeys', { pageSize: 1000 }, signal)).apiKeys ?? []);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const [asking, setAsking] = useState(null);
  const revoking = useAction(async () => {
    await remove(`/apiKeys/${asking.id}`);
    toast(t('keys.revoked'));
    setAsking(null);
    await keys.reload();
  });
  const columns = [
    { id: 'name', title: t('keys.name'), phone: 'title', class: 'cell-two', cell: (key) => html`<strong>${key.name}</strong><span class="faint mono" dir="ltr">${key.prefix}…</span>` },
    { id: 'role', title: t('users.role'), cell: (key) => t(`role.${key.role}`) },
    { id: 'created', title: t('keys.created'), class: 'cell-two', cell: (key) => html`<span><${Ago} time=${key.createTime} /></span><span class="faint">${actorName(key.createdBy)}</span>` },
    { id: 'used', title: t('keys.lastUsed'), class: 'cell-time', cell: (key) => (key.lastUsedTime ? html`<${Ago} time=${key.lastUsedTime} />` : html`<span class="faint">${t('users.never')}</span>`) },
    { id: 'expires', title: t('keys.expires'), class: 'cell-time', cell: (key) => (key.expireTime ? html`<${Ago} time=${key.expireTime} />` : html`<span class="faint">${t('users.never')}</span>`) },
    { id: 'actions', title: html`<span class="visually-hidden">${t('table.actions')}</span>`, class: 'cell-actions', cell: (key) => html`<${Button} small kind="quiet" onClick=${() => setAsking(key)} aria-label=${t('keys.revokeNamed', { name: key.name })}>${t('keys.revoke')}<//>` },
  ];
  return html`
    <div class="row-apart"><p class="lead">${t('keys.lead')} <a href="/docs" target="_blank" rel="noopener">${t('keys.docs')}</a></p><${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>${t('keys.make')}<//></div>
    <${Loaded} resource=${keys}>${(all) => (all.length === 0
      ? html`<${Empty} icon="key" title=${t('keys.empty.title')}>${t('keys.empty.text')}<//>`
      : html`<${Table} caption=${t('settings.keys')} columns=${columns} rows=${all} keyOf=${(key) => key.id} />`)}<//>
    ${making && html`<${Make} onDone=${(answer) => { setMaking(false); setMade(answer); keys.reload(); }} onClose=${() => setMaking(false)} />`}
    ${made && html`<${SecretDialog} title=${t('keys.made', { name: made.name })} text=${t('keys.made.text')} secret=${made.secret} onClose=${() => setMade(null)} />`}
    ${asking && html`<${Confirm} danger title=${t('keys.revoke.title', { name: asking.name })} confirm=${t('keys.revoke')} busy=${revoking.busy} error=${revoking.error} onConfirm=${revoking.run} onClose=${() => setAsking(null)}><p>${t('keys.revoke.text')}</p><//>`}`;
}

function Make({ onDone, onClose }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('OPERATOR');
  const [days, setDays] = useState('');
  const making = useAction(async () => onDone(await post('/apiKeys', {
    name: name.trim(), role, requestId: requestId(), ...(days ? { expireTime: new Date(Date.now() + Number(days) * DAY_MS).toISOString() } : {}),
  })));
  return html`
    <${Dialog} title=${t('keys.make')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${making.busy} disabled=${!name.trim()} onClick=${making.run}>${t('keys.make')}<//>`}>
      <${TextField} label=${t('keys.name')} maxlength="100" hint=${t('keys.name.hint')} value=${name} onInput=${setName} autofocus />
      <${Select} label=${t('users.role')} hint=${t(`role.${role}.text`)} value=${role} onInput=${setRole} options=${roleOptions()} />
      <${Select} label=${t('keys.expires')} value=${days} onInput=${setDays} options=${LIFETIMES.map((value) => ({ value, label: value ? t('keys.days', { n: Number(value) }) : t('users.never') }))} />
      ${making.error && html`<${Failure} error=${making.error} />`}
    <//>`;
}
