import { useState } from '../vendor.js';
import { get, post } from '../api.js';
import { count, languageName } from '../format.js';
import { t, word } from '../i18n/index.js';
import { setQuery, usePlace } from '../router.js';
import { may } from '../session.js';
import { placeholderName } from '../new-campaign/parameters-step.js';
import { Button, Select } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { useAction, usePageTitle, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Empty, Failure, Loaded, Notice } from '../ui/notice.js';
import { fillTemplate, PhoneBubble, styled } from '../ui/phone-bubble.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';

const STATUS_LOOK = { APPROVED: 'tag-good', PENDING: 'tag-blue', IN_APPEAL: 'tag-blue', REJECTED: 'tag-bad', DISABLED: 'tag-bad', PAUSED: 'tag-warn' };

/** WhatsApp's templates as Herald last saw them; they are written and approved at Meta. */
export default function TemplatesPage() {
  usePageTitle(t('templates.title'));
  const { query } = usePlace();
  const channels = useResource('channels', async (signal) => (await get('/channels', { pageSize: 100 }, signal)).channels ?? []);
  const channelId = query.get('channel') ?? channels.data?.[0]?.id ?? '';
  const templates = useResource(channelId ? `templates ${channelId}` : null, async (signal) => (await get('/templates', { channelId, pageSize: 1000 }, signal)).templates ?? []);
  const status = query.get('status') ?? '';
  const [text, setText] = useState('');
  const [open, setOpen] = useState(null);

  const sync = useAction(async () => {
    const answer = await post(`/channels/${channelId}:syncTemplates`);
    toast(t('templates.synced', { added: answer.added ?? 0, changed: answer.changed ?? 0, removed: answer.removed ?? 0 }));
    await templates.reload();
  });
  const last = templates.data?.map((template) => template.syncTime).filter(Boolean).sort().at(-1);

  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('templates.title')}</h1>
      ${may('OPERATOR') && channelId && html`<div class="page-actions"><${Button} kind="primary" icon="refresh" busy=${sync.busy} onClick=${sync.run}>${t('templates.sync')}<//></div>`}
    </div>
    <p class="lead">${t('templates.lead')} ${last && html`<span class="faint">${t('templates.lastSync')} <${Ago} time=${last} /></span>`}</p>
    ${sync.error && html`<${Failure} title=${t('templates.syncFailed')} error=${sync.error} onRetry=${sync.run} />`}
    <${Loaded} resource=${channels}>
      ${(all) => (all.length === 0
        ? html`<${Empty} icon="channels" title=${t('new.noChannel.title')} actions=${html`<${Button} kind="primary" href="/channels">${t('campaigns.empty.connect')}<//>`}>${t('templates.noChannel')}<//>`
        : html`
          <div class="filters">
            <div class="search"><${Icon} name="search" /><input class="input" type="search" aria-label=${t('templates.search')} placeholder=${t('templates.search')} value=${text} onInput=${(event) => setText(event.currentTarget.value)} /></div>
            ${templates.data && html`<${StatusChips} templates=${templates.data} chosen=${status} />`}
            ${all.length > 1 && html`<${Select} hideLabel label=${t('new.channel')} value=${channelId} onInput=${(channel) => setQuery({ channel })} options=${all.map((channel) => ({ value: channel.id, label: `${channel.name} (${channel.displayPhoneNumber})` }))} />`}
          </div>
          <${Loaded} resource=${templates}>
            ${(list) => html`<${Grid} templates=${list.filter((template) => (!status || template.status === status) && template.name.toLowerCase().includes(text.trim().toLowerCase()))} empty=${list.length === 0} onOpen=${setOpen} />`}
          <//>`)}
    <//>
    ${open && html`<${TemplateDialog} template=${open} onClose=${() => setOpen(null)} />`}`;
}

const StatusTag = ({ template }) => html`<span class=${`tag ${STATUS_LOOK[template.status] ?? ''}`}>${word('templateStatus', template.status)}</span>`;

/** How many there are of each status; pressing one shows only these. */
function StatusChips({ templates, chosen }) {
  const counts = new Map();
  for (const template of templates) counts.set(template.status, (counts.get(template.status) ?? 0) + 1);
  if (counts.size < 2 && !chosen) return null;
  return html`
    <div class="chips" role="group" aria-label=${t('campaigns.column.status')}>
      ${[...counts].map(([status, n]) => html`
        <button key=${status} type="button" class="chip" aria-pressed=${status === chosen ? 'true' : 'false'} onClick=${() => setQuery({ status: status === chosen ? null : status })}>${word('templateStatus', status)} <span class="figure">${count(n)}</span></button>`)}
    </div>`;
}

function Grid({ templates, empty, onOpen }) {
  if (templates.length === 0) return html`<${Empty} icon="templates" title=${t(empty ? 'templates.empty.title' : 'templates.none')}>${empty && t('templates.empty.text')}<//>`;
  return html`
    <ul class="template-grid">
      ${templates.map((template) => html`
        <li key=${template.id} class="card template-card">
          <div class="row-apart"><h2 class="mono break">${template.name}</h2><${StatusTag} template=${template} /></div>
          <p class="faint">${word('category', template.category)} · ${languageName(template.language)}${template.placeholders?.length > 0 && html` · ${t('templates.placeholders', { n: template.placeholders.length })}`}</p>
          <p class="template-body" dir="auto">${styled(template.components.find((component) => component.kind === 'BODY')?.text ?? '')}</p>
          ${template.statusReason && html`<p class="faint is-bad">${template.statusReason}</p>`}
          <div><${Button} small icon="eye" onClick=${() => onOpen(template)} aria-label=${t('templates.previewOf', { name: template.name })}>${t('templates.preview')}<//></div>
        </li>`)}
    </ul>
    <p class="more-rows">${t('templates.shown', { n: templates.length, count: count(templates.length) })}</p>`;
}

function TemplateDialog({ template, onClose }) {
  const usable = template.status === 'APPROVED';
  return html`
    <${Dialog} title=${template.name} onClose=${onClose}>
      <div class="row"><${StatusTag} template=${template} /><span class="faint">${word('category', template.category)} · ${languageName(template.language)}</span></div>
      ${!usable && html`<${Notice} kind="warning" title=${t('templates.notSendable')}>${template.statusReason}<//>`}
      <${PhoneBubble} components=${fillTemplate(template, {})} />
      ${template.placeholders?.length > 0 && html`<p class="faint">${t('new.sample.none')}</p><ul class="bullets">${template.placeholders.map((placeholder) => html`<li key=${placeholder}>${placeholderName(placeholder)} <code dir="ltr">${placeholder}</code></li>`)}</ul>`}
    <//>`;
}
