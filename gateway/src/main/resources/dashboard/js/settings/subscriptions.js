import { useState } from '../vendor.js';
import { get, patch, post, remove, requestId } from '../api.js';
import { t, word } from '../i18n/index.js';
import { Button, Checkbox, Menu, Select, TextField } from '../ui/controls.js';
import { Confirm, Dialog } from '../ui/dialog.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded, Notice } from '../ui/notice.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { Deliveries } from './deliveries.js';
import { SecretDialog } from './secret.js';

const EVENTS = ['MESSAGE_SENT', 'MESSAGE_DELIVERED', 'MESSAGE_READ', 'MESSAGE_FAILED', 'MESSAGE_RECEIVED', 'CAMPAIGN_STATUS_CHANGED', 'ALERT_RAISED'];
// The forms that AiSensy's bodies have.
const AISENSY_EVENTS = EVENTS.filter((event) => event.startsWith('MESSAGE_'));
const STATE_LOOK = { ACTIVE: 'tag-good', PAUSED: 'tag-warn', DISABLED: 'tag-bad' };

/** Other systems that are told what happens, and whether they heard it. */
export function Subscriptions() {
  const all = useResource('subscriptions', async (signal) => (await get('/subscriptions', { pageSize: 1000 }, signal)).subscriptions ?? []);
  const [editing, setEditing] = useState(null);
  const [secret, setSecret] = useState(null);
  const saved = (answer) => {
    setEditing(null);
    if (answer.secret) setSecret(answer);
    all.reload();
  };
  return html`
    <div class="row-apart"><p class="lead">${t('subscriptions.lead')} <a href="/docs" target="_blank" rel="noopener">${t('subscriptions.docs')}</a></p>
      <${Button} kind="primary" icon="plus" onClick=${() => setEditing({})}>${t('subscriptions.add')}<//></div>
    <${Loaded} resource=${all}>
      ${(list) => (list.length === 0
        ? html`<${Empty} icon="api" title=${t('subscriptions.empty.title')}>${t('subscriptions.empty.text')}<//>`
        : html`<ul class="stack">${list.map((one) => html`<${Card} key=${one.id} subscription=${one} onEdit=${() => setEditing(one)} onSecret=${setSecret} onChange=${all.reload} />`)}</ul>`)}
    <//>
    ${editing && html`<${SubscriptionDialog} subscription=${editing} onDone=${saved} onClose=${() => setEditing(null)} />`}
    ${secret && html`<${SecretDialog} title=${t('subscriptions.secret', { name: secret.name })} text=${t('subscriptions.secret.text')} secret=${secret.secret} onClose=${() => setSecret(null)} />`}`;
}

function Card({ subscription, onEdit, onSecret, onChange }) {
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState(false);
  const [generation, setGeneration] = useState(0);
  const acting = useAction(async (work, done) => {
    await work();
    toast(t(done));
    setAsking(false);
    onChange();
  });
  const path = `/subscriptions/${subscription.id}`;
  const active = subscription.state === 'ACTIVE';
  const test = () => acting.run(async () => {
    await post(`${path}:test`);
    setOpen(true);
    setGeneration((n) => n + 1);
  }, 'subscriptions.tested');
  return html`
    <li class="card">
      <div class="row-apart">
        <div><h2>${subscription.name}</h2><p class="faint mono break" dir="ltr">${subscription.url}</p></div>
        <div class="row">
          ${subscription.format === 'AISENSY' && html`<span class="tag">${t('subscriptionFormat.AISENSY')}</span>`}
          <span class=${`tag ${STATE_LOOK[subscription.state] ?? ''}`}>${word('subscriptionState', subscription.state)}</span>
        </div>
      </div>
      ${subscription.disableReason && html`<${Notice} kind="danger" title=${t('subscriptions.disabled')}>${subscription.disableReason} <${Ago} time=${subscription.disableTime} /><//>`}
      ${active && subscription.failingSince && html`<${Notice} kind="warning" title=${t('subscriptions.failing')}><${Ago} time=${subscription.failingSince} /><//>`}
      <p class="row">${(subscription.eventTypes ?? []).map((event) => html`<span key=${event} class="tag">${word('event', event)}</span>`)}</p>
      <p class="faint">${t('subscriptions.lastSuccess')} ${subscription.lastSuccessTime ? html`<${Ago} time=${subscription.lastSuccessTime} />` : t('users.never')}</p>
      ${acting.error && !asking && html`<${Failure} error=${acting.error} />`}
      <div class="row">
        <${Button} small icon="reply" busy=${acting.busy} disabled=${!active} onClick=${test}>${t('subscriptions.test')}<//>
        <${Button} small aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>${t('deliveries.title')}<//>
        <${Menu} small kind="quiet" align="start" icon="more" arrow=${false} label=${html`<span class="visually-hidden">${t('subscriptions.actions', { name: subscription.name })}</span>`} items=${[
          { label: t('action.change'), icon: 'draft', onSelect: onEdit },
          active
            ? { label: t('subscriptions.pause'), text: t('subscriptions.pause.text'), icon: 'pause', onSelect: () => acting.run(() => patch(path, { state: 'PAUSED' }), 'settings.saved') }
            : { label: t('subscriptions.resume'), icon: 'play', onSelect: () => acting.run(() => patch(path, { state: 'ACTIVE' }), 'settings.saved') },
          { label: t('subscriptions.rotate'), text: t('subscriptions.rotate.text'), icon: 'key', onSelect: () => acting.run(async () => onSecret(await post(`${path}:rotateSecret`)), 'settings.saved') },
          { label: t('subscriptions.remove'), icon: 'trash', danger: true, onSelect: () => setAsking(true) },
        ]} />
      </div>
      ${open && html`<${Deliveries} key=${generation} subscription=${subscription} />`}
      ${asking && html`
        <${Confirm} danger title=${t('subscriptions.remove.title', { name: subscription.name })} confirm=${t('subscriptions.remove')} busy=${acting.busy} error=${acting.error}
          onConfirm=${() => acting.run(() => remove(path), 'users.removed')} onClose=${() => setAsking(false)}><p>${t('subscriptions.remove.text')}</p><//>`}
    </li>`;
}

/** @param {{subscription: any, onDone: (answer: any) => void, onClose: () => void}} props an empty subscription: a new one */
function SubscriptionDialog({ subscription, onDone, onClose }) {
  const fresh = !subscription.id;
  const [name, setName] = useState(subscription.name ?? '');
  const [url, setUrl] = useState(subscription.url ?? '');
  const [format, setFormat] = useState(subscription.format ?? 'HERALD');
  const [events, setEvents] = useState(subscription.eventTypes ?? EVENTS);
  const possible = format === 'AISENSY' ? AISENSY_EVENTS : EVENTS;
  const eventTypes = possible.filter((event) => events.includes(event));
  const saving = useAction(async () => {
    const body = { name: name.trim(), url: url.trim(), eventTypes };
    onDone(fresh ? await post('/subscriptions', { ...body, format, requestId: requestId() }) : await patch(`/subscriptions/${subscription.id}`, body));
    if (!fresh) toast(t('settings.saved'));
  });
  const complete = name.trim() && /^https?:\/\/\S+$/.test(url.trim()) && eventTypes.length > 0;
  return html`
    <${Dialog} title=${t(fresh ? 'subscriptions.add' : 'action.change')} onClose=${onClose} actions=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//><${Button} kind="primary" busy=${saving.busy} disabled=${!complete} onClick=${saving.run}>${t('action.save')}<//>`}>
      <${TextField} label=${t('subscriptions.name')} maxlength="100" value=${name} onInput=${setName} error=${saving.error?.about?.('name')} autofocus />
      <${TextField} label=${t('subscriptions.url')} type="url" inputmode="url" dir="ltr" maxlength="2000" placeholder="https://" hint=${t('subscriptions.url.hint')} value=${url} onInput=${setUrl} error=${saving.error?.about?.('url')} />
      ${fresh && html`<${Select} label=${t('subscriptions.format')} value=${format} onInput=${setFormat} options=${['HERALD', 'AISENSY'].map((id) => ({ value: id, label: t(`subscriptionFormat.${id}`) }))} />`}
      <fieldset class="stack-small"><legend class="field-label">${t('subscriptions.events')}</legend>
        ${possible.map((event) => html`<${Checkbox} key=${event} label=${t(`event.${event}`)} checked=${events.includes(event)} onInput=${(on) => setEvents(on ? [...events, event] : events.filter((one) => one !== event))} />`)}
      </fieldset>
      ${saving.error && html`<${Failure} error=${saving.error} />`}
    <//>`;
}
