import { useState } from '../vendor.js';
import { CampaignLink } from '../campaigns/names.js';
import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { Table } from '../ui/table.js';
import { RoundAmount } from '../ui/text.js';

const SHOWN = 8;
// A rate of a handful of messages says nothing.
const ENOUGH_DELIVERED = 20;

const ORDERS = {
  most: (a, b) => b.sent - a.sent,
  best: (a, b) => (b.rates?.read ?? -1) - (a.rates?.read ?? -1),
  worst: (a, b) => (a.rates?.read ?? 2) - (b.rates?.read ?? 2),
  failed: (a, b) => (b.rates?.failed ?? -1) - (a.rates?.failed ?? -1),
  cost: (a, b) => Number(BigInt(b.cost?.charged?.micros ?? 0) - BigInt(a.cost?.charged?.micros ?? 0)),
};

/** The campaigns of the range by size, by how well they were read, or by what failed. */
export function Ranking({ campaigns, names }) {
  const [order, setOrder] = useState('most');
  const fit = order === 'best' || order === 'worst' ? campaigns.filter((campaign) => campaign.delivered >= ENOUGH_DELIVERED) : campaigns.filter((campaign) => campaign.submitted > 0);
  const rows = [...fit].sort(ORDERS[order]).slice(0, SHOWN);
  const columns = [
    { id: 'name', title: t('campaigns.column.name'), phone: 'title', cell: (row) => html`<${CampaignLink} class="name-link" id=${row.campaignId} names=${names} />` },
    { id: 'sent', title: t('metric.sent'), class: 'cell-number', cell: (row) => count(row.sent) },
    { id: 'read', title: t('countries.readRate'), class: 'cell-number', cell: (row) => percent(row.rates?.read) },
    { id: 'failed', title: t('overview.failedRate'), class: 'cell-number', cell: (row) => percent(row.rates?.failed) },
    ...(campaigns.some((row) => row.cost) ? [{ id: 'cost', title: t('campaigns.column.cost'), class: 'cell-number', cell: (row) => html`<${RoundAmount} money=${row.cost?.charged} />` }] : []),
  ];
  return html`
    <section class="card" aria-labelledby="ranking-title">
      <h2 id="ranking-title">${t('overview.campaigns')}</h2>
      <div class="chips" role="radiogroup" aria-label=${t('campaigns.order')}>
        ${Object.keys(ORDERS).map((id) => html`<button key=${id} type="button" role="radio" class="chip" aria-checked=${id === order ? 'true' : 'false'} onClick=${() => setOrder(id)}>${t(`overview.order.${id}`)}</button>`)}
      </div>
      ${rows.length > 0
        ? html`<${Table} caption=${t('overview.campaigns')} class="table-plain" columns=${columns} rows=${rows} keyOf=${(row) => row.campaignId} />`
        : html`<p class="faint">${t('overview.noCampaigns')}</p>`}
    </section>`;
}
