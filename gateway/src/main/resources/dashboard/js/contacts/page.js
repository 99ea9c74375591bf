import { useEffect, useState } from '../vendor.js';
import { get, post } from '../api.js';
import { count, country, exactTime, phone } from '../format.js';
import { t, word } from '../i18n/index.js';
import { setQuery, usePlace } from '../router.js';
import { may } from '../session.js';
import { Button, Menu } from '../ui/controls.js';
import { Confirm } from '../ui/dialog.js';
import { useAction, usePageTitle, useResource, useSettled } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { Empty, Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';
import { AddContact } from './add-contact.js';

const GROUPS = ['all', 'active', 'optedOut'];

/** The people the workspace knows. */
export default function ContactsPage() {
  usePageTitle(t('contacts.title'));
  const { query } = usePlace();
  const group = GROUPS.includes(query.get('group')) ? query.get('group') : 'all';
  const [text, setText] = useState(query.get('text') ?? '');
  const settled = useSettled(text, 250);
  useEffect(() => setQuery({ text: settled.trim() }), [settled]);
  const tags = query.getAll('tag');
  const [adding, setAdding] = useState(false);
  const [asking, setAsking] = useState(null);

  const filter = { 'filter.text': query.get('text') ?? '', 'filter.tags': tags, 'filter.activeOnly': group === 'active', 'filter.optedOutOnly': group === 'optedOut' };
  const counts = useResource('contacts count', (signal) => get('/contacts:count', {}, signal));
  const pages = usePages(`contacts ${JSON.stringify(filter)}`, async (pageToken, signal) => {
    const answer = await get('/contacts', { ...filter, pageSize: 50, pageToken }, signal);
    return { rows: answer.contacts ?? [], next: answer.nextPageToken };
  });
  const reread = () => {
    pages.reload();
    counts.reload();
  };
  const filtered = text || tags.length > 0 || group !== 'all';

  const columns = [
    { id: 'name', title: t('contacts.person'), phone: 'title', class: 'cell-two', cell: (contact) => html`<span dir="auto">${contact.name || html`<span class="faint">${t('recipients.noName')}</span>`}</span><span class="faint figure"><bdi dir="ltr">${phone(contact.phone)}</bdi></span>` },
    { id: 'state', title: t('contacts.state'), cell: (contact) => html`<${State} contact=${contact} />` },
    { id: 'tags', title: t('contacts.tags'), cell: (contact) => (contact.tags?.length ? html`<span class="row">${contact.tags.map((tag) => html`<button key=${tag} type="button" class="tag tag-button" onClick=${() => setQuery({ tag: [...new Set([...tags, tag])] })} dir="auto">${tag}</button>`)}</span>` : html`<span class="faint">–</span>`) },
    { id: 'country', title: t('countries.country'), phone: 'hide', cell: (contact) => country(contact.country) },
    { id: 'inbound', title: t('contacts.lastInbound'), class: 'cell-time', cell: (contact) => html`<${Ago} time=${contact.lastInboundTime} />` },
    { id: 'actions', title: html`<span class="visually-hidden">${t('table.actions')}</span>`, class: 'cell-actions', cell: (contact) => may('OPERATOR') && html`<${Actions} contact=${contact} onAsk=${setAsking} />` },
  ];
  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('contacts.title')}</h1>
      ${may('OPERATOR') && html`<div class="page-actions"><${Button} kind="primary" icon="plus" onClick=${() => setAdding(true)}>${t('contacts.add')}<//></div>`}
    </div>
    <p class="lead">${t('contacts.lead')}</p>
    <div class="filters" role="search">
      <div class="search"><${Icon} name="search" /><input class="input" type="search" aria-label=${t('contacts.search')} placeholder=${t('contacts.search')} value=${text} onInput=${(event) => setText(event.currentTarget.value)} /></div>
      <div class="chips" role="group" aria-label=${t('contacts.state')}>
        ${GROUPS.map((id) => html`<button key=${id} type="button" class="chip" aria-pressed=${id === group ? 'true' : 'false'} onClick=${() => setQuery({ group: id === 'all' ? null : id })}>
          ${t(`contacts.group.${id}`)}${counts.data && html` <span class="figure">${count(counts.data[{ all: 'count', active: 'active', optedOut: 'optedOut' }[id]])}</span>`}</button>`)}
        ${tags.map((tag) => html`<button key=${tag} type="button" class="chip" aria-pressed="true" title=${t('contacts.removeTag')} onClick=${() => setQuery({ tag: tags.filter((one) => one !== tag) })}>${tag} ×</button>`)}
      </div>
    </div>
    <${Loaded} resource=${pages}>
      ${() => (pages.rows.length === 0
        ? html`<${Empty} icon="contacts" title=${t(filtered ? 'contacts.none.title' : 'contacts.empty.title')}>${t(filtered ? 'contacts.none.text' : 'contacts.empty.text')}<//>`
        : html`
          <${Table} caption=${t('contacts.title')} columns=${columns} rows=${pages.rows} keyOf=${(contact) => contact.id} busy=${pages.loading} />
          ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`)}
    <//>
    ${adding && html`<${AddContact} onDone=${reread} onClose=${() => setAdding(false)} />`}
    ${asking && html`<${Question} ...${asking} onDone=${reread} onClose=${() => setAsking(null)} />`}`;
}

function State({ contact }) {
  if (contact.optedOut) {
    const source = contact.optOutSource?.startsWith('error_') ? 'error' : contact.optOutSource;
    return html`<span class="tag tag-bad" title=${contact.optOutTime ? exactTime(contact.optOutTime) : undefined}>${t('contacts.optedOut')}</span> <span class="faint">${source ? word('optOut', source) : ''}</span>`;
  }
  return contact.active ? html`<span class="tag tag-good">${t('contacts.active')}</span>` : html`<span class="faint">${t('contacts.notActive')}</span>`;
}

const Actions = ({ contact, onAsk }) => html`
  <${Menu} kind="quiet" small icon="more" arrow=${false} label=${html`<span class="visually-hidden">${t('contacts.actions', { name: contact.name || contact.phone })}</span>`} items=${[
    { label: t(contact.optedOut ? 'contacts.optIn' : 'contacts.optOut'), text: t(contact.optedOut ? 'contacts.optIn.text' : 'contacts.optOut.text'), onSelect: () => onAsk({ kind: contact.optedOut ? 'optIn' : 'optOut', contact }) },
    { label: t('contacts.erase'), text: t('contacts.erase.text'), icon: 'trash', danger: true, disabled: !may('OWNER'), onSelect: () => onAsk({ kind: 'erase', contact }) },
  ]} />`;

function Question({ kind, contact, onDone, onClose }) {
  const acting = useAction(async () => {
    if (kind === 'erase') {
      const answer = await post('/contacts:erase', { phone: contact.phone });
      toast(t('contacts.erased', { n: answer.recipientsErased ?? 0 }));
    } else {
      await post('/contacts:optOut', { phone: contact.phone, optedOut: kind === 'optOut' });
      toast(t(`contacts.done.${kind}`));
    }
    onDone();
    onClose();
  });
  return html`
    <${Confirm} danger=${kind === 'erase'} title=${t(`contacts.ask.${kind}`, { name: contact.name || phone(contact.phone) })} confirm=${t(`contacts.confirm.${kind}`)} busy=${acting.busy} error=${acting.error} onConfirm=${acting.run} onClose=${onClose}>
      <p>${t(`contacts.ask.${kind}.text`)}</p>
    <//>`;
}
