import { get, url } from '../api.js';
import { clockTime, country, count, exactTime, phone, shortTime } from '../format.js';
import { t, word } from '../i18n/index.js';
import { setQuery } from '../router.js';
import { may } from '../session.js';
import { Button, Select } from '../ui/controls.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { AUDIENCES } from './metrics.js';
import { RetryUnconfirmed } from './retry-unconfirmed.js';

const PAGE_SIZE = 50;
const CHOICES = ['all', 'read', 'delivered', 'unread', 'undelivered', 'failed', 'replied', 'clicked', 'accepted', 'skipped', 'unconfirmed', 'pending'];
const BUCKET_IDS = {
  BUCKET_PENDING: 'pending', BUCKET_SKIPPED: 'skipped', BUCKET_UNCONFIRMED: 'unconfirmed', BUCKET_ACCEPTED: 'accepted',
  BUCKET_SENT: 'sent', BUCKET_DELIVERED: 'delivered', BUCKET_READ: 'read', BUCKET_FAILED: 'failed',
};

/** The people behind every figure, with what became of their message; the choice is in the address. */
export function RecipientsTab({ campaign, analytics, query }) {
  const show = query.get('show') in AUDIENCES ? query.get('show') : 'all';
  const code = query.get('code') ?? '';
  const land = query.get('country') ?? '';
  const failures = useResource(`failures ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/failures`, {}, signal)).reasons ?? []);
  const countries = useResource(`countries ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/countries`, {}, signal)).countries ?? []);
  const filter = filterOf(show, code, land);
  const choices = CHOICES.includes(show) ? CHOICES : [...CHOICES, show];

  return html`
    <div class="filters">
      <div class="chips" role="group" aria-label=${t('recipients.outcome')}>
        ${choices.map((id) => html`
          <button key=${id} type="button" class="chip" aria-pressed=${show === id ? 'true' : 'false'} onClick=${() => setQuery({ show: id === 'all' ? null : id, code: null })}>${t(`show.${id}`)}</button>`)}
      </div>
      <div class="filters-end">
        ${show === 'failed' && failures.data?.length > 0 && html`
          <${Select} hideLabel label=${t('recipients.reason')} value=${code} onInput=${(value) => setQuery({ code: value })} options=${[
            { value: '', label: t('recipients.anyReason') },
            ...failures.data.map((reason) => ({ value: String(reason.code), label: `${reason.title} (${reason.code})` })),
          ]} />`}
        ${countries.data?.length > 1 && show !== 'pending' && html`
          <${Select} hideLabel label=${t('countries.country')} value=${land} onInput=${(value) => setQuery({ country: value })} options=${[
            { value: '', label: t('recipients.anyCountry') },
            ...countries.data.map((row) => ({ value: row.country, label: country(row.country) })),
          ]} />`}
        ${show === 'unconfirmed' && analytics.unconfirmed > 0 && may('OPERATOR') && !['SENT', 'STOPPED'].includes(campaign.status) && html`<${RetryUnconfirmed} campaign=${campaign} onDone=${() => setQuery({ show: null })} />`}
        ${show !== 'pending' && html`<${Button} icon="download" href=${url(`/campaigns/${campaign.id}/messages.csv`, filter)} download>${t('recipients.export')}<//>`}
      </div>
    </div>
    <p class="faint">${t(`show.${show}.text`)}</p>
    ${show === 'pending' ? html`<${PendingList} campaign=${campaign} />` : html`<${MessageList} key=${JSON.stringify(filter)} campaign=${campaign} filter=${filter} />`}`;
}

/** @returns {Record<string, any>} the message filter as query parameters */
function filterOf(show, code, land) {
  const set = AUDIENCES[show] ?? {};
  const query = Object.fromEntries(Object.entries(set).map(([name, value]) => [`filter.${name}`, value]));
  if (code) query['filter.failureCodes'] = code;
  if (land) query['filter.countries'] = land;
  return query;
}

function MessageList({ campaign, filter }) {
  const pages = usePages(`messages ${campaign.id} ${JSON.stringify(filter)}`, async (pageToken, signal) => {
    const answer = await get(`/campaigns/${campaign.id}/messages`, { ...filter, pageSize: PAGE_SIZE, pageToken }, signal);
    return { rows: answer.messages ?? [], next: answer.nextPageToken };
  });
  const columns = [
    { id: 'person', title: t('recipients.person'), phone: 'title', class: 'cell-two', cell: (message) => html`<${Person} recipient=${message.recipient} ordinal=${message.ordinal} />` },
    { id: 'outcome', title: t('recipients.outcome'), cell: (message) => html`<${Outcome} message=${message} />` },
    ...['ACCEPTED', 'SENT', 'DELIVERED', 'READ'].map((kind) => ({ id: kind, title: t(`evidence.${kind}`), class: 'cell-time', phone: kind === 'ACCEPTED' ? 'hide' : undefined, cell: (message) => html`<${When} message=${message} kind=${kind} />` })),
    { id: 'country', title: t('countries.country'), phone: 'hide', cell: (message) => country(message.country) },
  ];
  return html`
    <${Loaded} resource=${pages}>
      ${() => (pages.rows.length === 0
        ? html`<${Empty} icon="contacts" title=${t('recipients.none.title')}>${t('recipients.none.text')}<//>`
        : html`
          <${Table} caption=${t('campaign.tab.recipients')} columns=${columns} rows=${pages.rows} keyOf=${(message) => String(message.ordinal)} busy=${pages.loading} />
          ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`)}
    <//>`;
}

function PendingList({ campaign }) {
  const pages = usePages(`pending ${campaign.id}`, async (pageToken, signal) => {
    const answer = await get(`/campaigns/${campaign.id}/recipients`, { pendingOnly: true, pageSize: PAGE_SIZE, pageToken }, signal);
    return { rows: answer.recipients ?? [], next: answer.nextPageToken };
  });
  const columns = [
    { id: 'person', title: t('recipients.person'), phone: 'title', class: 'cell-two', cell: (recipient) => html`<${Person} recipient=${recipient} ordinal=${recipient.ordinal} />` },
    { id: 'country', title: t('countries.country'), cell: (recipient) => country(recipient.country) },
    { id: 'ordinal', title: t('recipients.ordinal'), class: 'cell-number', cell: (recipient) => count(recipient.ordinal + 1) },
  ];
  return html`
    <${Loaded} resource=${pages}>
      ${() => (pages.rows.length === 0
        ? html`<${Empty} icon="check" title=${t('recipients.nonePending')} />`
        : html`
          <${Table} caption=${t('show.pending')} columns=${columns} rows=${pages.rows} keyOf=${(recipient) => String(recipient.ordinal)} busy=${pages.loading} />
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`)}
    <//>`;
}

function Person({ recipient, ordinal }) {
  if (!recipient?.phone) return html`<span class="faint">${t('recipients.erased', { n: ordinal + 1 })}</span>`;
  return html`<span dir="auto">${recipient.name || html`<span class="faint">${t('recipients.noName')}</span>`}</span><span class="faint figure"><bdi dir="ltr">${phone(recipient.phone)}</bdi></span>`;
}

function Outcome({ message }) {
  const id = BUCKET_IDS[message.bucket] ?? 'pending';
  const why = message.failure?.code ? `${message.failure.title || t('failures.unknown')} (${message.failure.code})`
    : message.bucket === 'BUCKET_SKIPPED' ? word('skip', message.skipReason) : '';
  return html`
    <span class="outcome"><span class=${`swatch fill-${id}`} />${t(`outcome.${id}`)}${message.anomaly && html` <span class="tag tag-warn">${t('show.anomalies')}</span>`}</span>
    ${why && html`<span class="faint block break" title=${message.failure?.details || undefined}>${why}</span>`}`;
}

function When({ message, kind }) {
  const seen = message.evidence?.find((evidence) => evidence.kind === kind)?.time;
  if (!seen) return html`<span class="faint">–</span>`;
  const recent = Date.now() - Date.parse(seen) < 20 * 3600 * 1000;
  return html`<time class="figure" datetime=${seen} title=${exactTime(seen)}>${recent ? clockTime(seen) : shortTime(seen)}</time>`;
}
