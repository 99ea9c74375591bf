import { count, exactTime, percent, relativeTime } from '../format.js';
import { t } from '../i18n/index.js';
import { IconButton } from '../ui/controls.js';
import { html } from '../ui/html.js';
import { Table } from '../ui/table.js';
import { Ago, RoundAmount } from '../ui/text.js';
import { attempted, noAnalytics } from './metrics.js';
import { OutcomeBar } from './outcome-bar.js';
import { StatusPill } from './status.js';

/** @typedef {import('../types.js').Campaign} Campaign */

const OUTCOMES = ['sent', 'delivered', 'read', 'failed'];

const addressOf = (campaign) => (campaign.status === 'DRAFT' ? `/campaigns/new?draft=${campaign.id}` : `/campaigns/${campaign.id}`);

/** @param {{campaigns: Campaign[], busy: boolean, order: string, onOrder: (order: string) => void}} props */
export function CampaignTable({ campaigns, busy, order, onOrder }) {
  /** Goes through the orders of a column, each time it is pressed. */
  const sortBy = (/** @type {Array<[string, 'ascending' | 'descending']>} */ ...orders) => {
    const at = orders.findIndex(([id]) => id === order);
    const next = orders[(at + 1) % orders.length][0];
    return { now: orders[at]?.[1], label: t(`campaigns.order.${next}`), onSort: () => onOrder(next) };
  };
  const columns = [
    { id: 'status', title: t('campaigns.column.status'), cell: (campaign) => html`<${StatusPill} status=${campaign.status} />` },
    { id: 'name', title: t('campaigns.column.name'), class: 'cell-name', phone: 'title', sort: sortBy(['NAME', 'ascending']), cell: Name },
    { id: 'type', title: t('campaigns.column.type'), class: 'cell-two', cell: (campaign) => html`<span>${t(`type.${campaign.type}`)}</span><span class="faint">${t(`messageType.${campaign.messageType}`)}</span>` },
    { id: 'created', title: t('campaigns.column.created'), class: 'cell-created', sort: sortBy(['CREATED_NEWEST_FIRST', 'descending'], ['CREATED_OLDEST_FIRST', 'ascending']), cell: (campaign) => html`<${Ago} time=${campaign.createTime} />` },
    { id: 'audience', title: t('campaigns.column.audience'), class: 'cell-number', sort: sortBy(['AUDIENCE_LARGEST_FIRST', 'descending']), cell: (campaign) => count(campaign.audience) },
    { id: 'submitted', title: t('campaigns.column.submitted'), class: 'cell-number', cell: Submitted },
    { id: 'outcome', title: html`<span class="outcome-grid">${OUTCOMES.map((id) => html`<span key=${id}>${t(`metric.${id}`)}</span>`)}</span>`, class: 'cell-outcome', cell: Outcome },
    { id: 'cost', title: t('campaigns.column.cost'), class: 'cell-number', cell: CostCell },
  ];
  return html`<${Table} caption=${t('campaigns.title')} class="campaign-table" columns=${columns} rows=${campaigns} keyOf=${(campaign) => campaign.id} busy=${busy} />`;
}

/** @param {Campaign} campaign */
const Name = (campaign) => html`<div class="name-box">
  <${IconButton} icon=${campaign.status === 'DRAFT' ? 'draft' : 'eye'} href=${addressOf(campaign)} class="cell-eye"
    label=${t(campaign.status === 'DRAFT' ? 'campaigns.continue' : 'campaigns.open', { name: campaign.name })} />
  <span class="cell-two">
    <a class="name-link" href=${addressOf(campaign)}>${campaign.name}</a>
    <span class="faint">
      ${campaign.content?.template?.name ?? (campaign.content?.regular ? t('messageType.REGULAR') : '')}
      ${campaign.status === 'SCHEDULED' && campaign.startTime && html` · <span title=${exactTime(campaign.startTime)}>${t('campaigns.starts', { when: relativeTime(campaign.startTime) })}</span>`}
    </span>
  </span></div>`;

/** @param {Campaign} campaign */
function Submitted(campaign) {
  const a = campaign.analytics;
  const running = campaign.type === 'BROADCAST' && (campaign.status === 'LIVE' || campaign.status === 'PAUSED') && a?.audience > 0;
  return html`${count(a?.submitted ?? 0)}${running && html`<span class="faint block">${percent(attempted(a) / a.audience)}</span>`}`;
}

/** @param {Campaign} campaign */
function Outcome(campaign) {
  if (campaign.status === 'DRAFT' || campaign.status === 'SCHEDULED') return html`<span class="faint">${t(`campaigns.notYet.${campaign.status}`)}</span>`;
  const a = campaign.analytics ?? noAnalytics(campaign);
  return html`
    <span class="outcome-grid">
      ${OUTCOMES.map((id) => html`
        <span key=${id} class=${id === 'failed' && a.failed > 0 ? 'figure is-bad' : 'figure'}><span class="outcome-label">${t(`metric.${id}`)} </span>${count(a[id])}</span>`)}
    </span>
    <${OutcomeBar} analytics=${a} />`;
}

/** @param {Campaign} campaign */
function CostCell(campaign) {
  const a = campaign.analytics;
  if (a?.costUnavailable && !a.cost) return html`<span title=${t('cost.unavailable')}>?</span>`;
  return a?.cost ? html`<${RoundAmount} money=${a.cost.charged} />` : '–';
}
