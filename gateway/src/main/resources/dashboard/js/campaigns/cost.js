import { useEffect } from '../vendor.js';
import { get } from '../api.js';
import { count, country, isZero } from '../format.js';
import { t, word } from '../i18n/index.js';
import { setQuery } from '../router.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Loaded, Notice } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { Amount } from '../ui/text.js';

/** The campaign's money on the results page. */
export function CostCard({ campaign, analytics }) {
  return html`
    <section class="card live-figures" aria-labelledby="cost-title">
      <div class="card-head"><h2 id="cost-title">${t('cost.title')}</h2>
        ${analytics.cost && html`<button type="button" class="link-button" onClick=${() => setQuery({ tab: 'cost' }, { replace: false })}>${t('cost.why')}</button>`}</div>
      ${analytics.cost ? html`<${CostPairs} campaign=${campaign} cost=${analytics.cost} />`
        : html`<p class="faint">${t(analytics.costUnavailable ? 'cost.unavailable' : campaign.launchTime ? 'cost.none' : 'cost.notYet')}</p>`}
    </section>`;
}

function CostPairs({ campaign, cost }) {
  return html`
    <dl class="pairs">
      <dt>${t(campaign.type === 'BROADCAST' ? 'cost.estimated' : 'cost.reservedInAll')}</dt><dd><${Amount} money=${cost.reservedInAll} /></dd>
      <dt><strong>${t('cost.charged')}</strong> <span class="faint block">${t('cost.chargedMessages', { n: cost.chargedMessages ?? 0 })}${cost.freeMessages > 0 && html` ${t('cost.freeMessages', { n: cost.freeMessages })}`}</span></dt><dd><strong><${Amount} money=${cost.charged} /></strong></dd>
      <dt>${t('cost.reserved')}</dt><dd><${Amount} money=${cost.reserved} /></dd>
      <dt>${t('cost.released')}</dt><dd><${Amount} money=${cost.released} /></dd>
      ${!isZero(cost.refunded) && html`<dt>${t('cost.refunded')}</dt><dd><${Amount} money=${cost.refunded} /></dd>`}
      <dt class="total">${t('cost.failed')}</dt><dd class="total"><${Amount} money=${cost.failedCost ?? { currency: cost.charged?.currency, micros: '0' }} /></dd>
    </dl>
    <p class="faint">${t('cost.failed.text')}</p>`;
}

/** Why the campaign was charged what it was: per country and price, to the last digit. */
export function CostTab({ campaign, analytics }) {
  const statement = useResource(campaign.launchTime ? `statement ${campaign.id}` : null, async (signal) => {
    try {
      return await get(`/campaigns/${campaign.id}/statement`, {}, signal);
    } catch (error) {
      if (error.status === 404) return { lines: [] };
      throw error;
    }
  });
  useEffect(() => {
    if (campaign.status !== 'LIVE') return undefined;
    const timer = setInterval(() => !document.hidden && statement.reload(), 5_000);
    return () => clearInterval(timer);
  }, [campaign.status]);

  const columns = [
    { id: 'country', title: t('countries.country'), phone: 'title', cell: (line) => html`${country(line.country)} <span class="faint block">${line.market} · ${word('category', line.category)}</span>` },
    { id: 'price', title: t('cost.price'), class: 'cell-number', cell: (line) => html`<${Amount} money=${line.unitPrice} /><span class="faint block">${line.rateCard}</span>` },
    ...['reservedMessages', 'chargedMessages', 'releasedMessages', 'unattemptedMessages', 'openMessages'].map((id) => ({ id, title: t(`cost.column.${id}`), class: 'cell-number', cell: (line) => count(line[id] ?? 0) })),
    { id: 'charged', title: t('cost.column.charged'), class: 'cell-number', cell: (line) => html`<strong><${Amount} money=${line.charged} /></strong>` },
    { id: 'refunded', title: t('cost.column.refunded'), class: 'cell-number', cell: (line) => html`<${Amount} money=${line.refunded} />` },
  ];
  if (!campaign.launchTime) return html`<section class="card"><p class="faint">${t('cost.notYet')}</p></section>`;
  return html`
    <div class="columns columns-even">
      <section class="card live-figures"><h2>${t('cost.title')}</h2>${analytics.cost ? html`<${CostPairs} campaign=${campaign} cost=${analytics.cost} />` : html`<p class="faint">${t(analytics.costUnavailable ? 'cost.unavailable' : 'cost.none')}</p>`}</section>
      <section class="card"><h2>${t('cost.how.title')}</h2>
        <ul class="bullets">
          <li>${t(statement.data?.chargeBasis === 'ON_DELIVERED' ? 'cost.how.delivered' : 'cost.how.sent')}</li>
          <li>${t('cost.how.price')}</li><li>${t('cost.how.failed')}</li><li>${t('cost.how.refund')}</li>
        </ul>
        ${campaign.simulated && html`<${Notice} icon="channels">${t('cost.simulated')}<//>`}
      </section>
    </div>
    <${Loaded} resource=${statement}>
      ${(data) => (data.lines?.length
        ? html`
          <${Table} caption=${t('cost.statement')} columns=${columns} rows=${data.lines} keyOf=${(line) => `${line.country} ${line.lot} ${line.category}`} />
          ${data.explanation?.length > 0 && html`<details class="in-words"><summary>${t('cost.explanation')}</summary><ul class="bullets" dir="auto">${data.explanation.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul></details>`}`
        : html`<p class="faint">${t('cost.none')}</p>`)}
    <//>`;
}
