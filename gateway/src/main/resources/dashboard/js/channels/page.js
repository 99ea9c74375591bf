import { useState } from '../vendor.js';
import { get, post, remove } from '../api.js';
import { t, word } from '../i18n/index.js';
import { may } from '../session.js';
import { Button, CopyButton, Menu } from '../ui/controls.js';
import { Confirm } from '../ui/dialog.js';
import { useAction, usePageTitle, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded, Notice, SimulatedNotice } from '../ui/notice.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { ConnectDialog } from './connect.js';
import { EditDialog } from './edit.js';

const QUALITY_LOOK = { GREEN: 'tag-good', YELLOW: 'tag-warn', RED: 'tag-bad' };

/** The WhatsApp numbers campaigns are sent from. */
export default function ChannelsPage() {
  usePageTitle(t('channels.title'));
  const channels = useResource('channels', async (signal) => (await get('/channels', { pageSize: 100 }, signal)).channels ?? []);
  const [connecting, setConnecting] = useState(false);
  const replace = (changed) => channels.set((all) => all.map((one) => (one.id === changed.id ? { ...one, ...changed } : one)));
  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('channels.title')}</h1>
      ${may('OWNER') && html`<div class="page-actions"><${Button} kind="primary" icon="plus" onClick=${() => setConnecting(true)}>${t('channels.connect')}<//></div>`}
    </div>
    <p class="lead">${t('channels.lead')}</p>
    <${Loaded} resource=${channels}>
      ${(all) => (all.length === 0
        ? html`<${Empty} icon="channels" title=${t('channels.empty.title')} actions=${may('OWNER') && html`<${Button} kind="primary" icon="plus" onClick=${() => setConnecting(true)}>${t('channels.connect')}<//>`}>${t('channels.empty.text')}<//>`
        : html`<ul class="channel-grid">${all.map((channel) => html`<${ChannelCard} key=${channel.id} channel=${channel} onChange=${replace} onGone=${channels.reload} />`)}</ul>`)}
    <//>
    ${connecting && html`<${ConnectDialog} onDone=${channels.reload} onClose=${() => setConnecting(false)} />`}`;
}

function ChannelCard({ channel, onChange, onGone }) {
  const [dialog, setDialog] = useState('');
  const [health, setHealth] = useState(null);
  const check = useAction(async () => {
    const answer = await post(`/channels/${channel.id}:check`);
    setHealth({ healthy: answer.healthy, message: answer.message });
    onChange(answer);
  });
  const disconnect = useAction(async () => {
    await remove(`/channels/${channel.id}`);
    toast(t('channels.disconnected'));
    setDialog('');
    onGone();
  });
  const webhook = location.origin + (channel.webhookPath || '/webhooks/whatsapp');
  const facts = [
    ['channels.verifiedName', channel.verifiedName],
    ['channels.quality', channel.qualityRating && html`<span class=${`tag ${QUALITY_LOOK[channel.qualityRating] ?? ''}`}>${word('quality', channel.qualityRating)}</span>`],
    ['channels.limit', channel.messagingLimitTier && word('tier', channel.messagingLimitTier)],
    ['channels.rate', t('channels.perSecond', { n: channel.rate })],
    ['channels.checked', html`<${Ago} time=${channel.checkTime} />`],
    ['channels.phoneNumberId', html`<span class="mono break" dir="ltr">${channel.phoneNumberId}</span>`],
    ['channels.wabaId', html`<span class="mono break" dir="ltr">${channel.wabaId}</span>`],
  ].filter(([, value]) => value);

  return html`
    <li class="card channel-card">
      <div class="row-apart">
        <div><h2>${channel.name}</h2><p class="faint figure"><bdi dir="ltr">${channel.displayPhoneNumber}</bdi></p></div>
        <div class="row">
          ${channel.simulated && html`<span class="tag tag-blue">${t('simulated.tag')}</span>`}
          <span class=${`tag ${channel.heldReason ? 'tag-bad' : 'tag-good'}`}>${t(channel.heldReason ? 'channels.isHeld' : 'channels.isHealthy')}</span>
        </div>
      </div>
      ${channel.simulated && html`<${SimulatedNotice} />`}
      ${channel.heldReason && html`<${Notice} kind="danger" title=${t('channels.held')}>${channel.heldReason}<//>`}
      <dl class="pairs">${facts.map(([key, value]) => html`<dt>${t(key)}</dt><dd>${value}</dd>`)}</dl>
      ${!channel.simulated && html`<div class="row-apart webhook"><span class="faint break">${t('channels.webhook')} <code dir="ltr">${webhook}</code></span><${CopyButton} kind="quiet" text=${webhook} /></div>`}
      ${health && html`<${Notice} kind=${health.healthy ? 'good' : 'danger'} role="status" title=${t(health.healthy ? 'channels.accepted' : 'channels.refused')}>${health.message}<//>`}
      ${check.error && html`<${Failure} error=${check.error} />`}
      <div class="row">
        ${may('OPERATOR') && html`<${Button} small icon="refresh" busy=${check.busy} onClick=${check.run}>${t('channels.check')}<//>`}
        <${Button} small icon="templates" href=${`/templates?channel=${channel.id}`}>${t('nav.templates')}<//>
        ${may('OWNER') && html`<${Menu} small kind="quiet" align="start" icon="more" arrow=${false} label=${html`<span class="visually-hidden">${t('channels.more')}</span>`} items=${[
          { label: t('channels.edit'), icon: 'draft', onSelect: () => setDialog('edit') },
          { label: t('channels.disconnect'), icon: 'trash', danger: true, onSelect: () => setDialog('disconnect') },
        ]} />`}
      </div>
      ${dialog === 'edit' && html`<${EditDialog} channel=${channel} onDone=${onChange} onClose=${() => setDialog('')} />`}
      ${dialog === 'disconnect' && html`
        <${Confirm} danger title=${t('channels.disconnect.title', { name: channel.name })} confirm=${t('channels.disconnect')} busy=${disconnect.busy} error=${disconnect.error} onConfirm=${disconnect.run} onClose=${() => setDialog('')}>
          <p>${t('channels.disconnect.text')}</p>
        <//>`}
    </li>`;
}
