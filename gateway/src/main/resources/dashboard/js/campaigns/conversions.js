import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { Amount } from '../ui/text.js';

/** What a campaign brought in, by currency, and how many times its cost that is. */
export function Conversions({ totals, analytics }) {
  return html`
    <dl class="pairs">
      ${totals.map(({ conversions, messages, value }) => html`
        <dt>${value ? t('conversions.revenue') : t('conversions.withoutValue')}
          <span class="faint block">${t('conversions.counts', { n: Number(conversions), conversions: count(Number(conversions)), messages: count(messages), share: percent(analytics.delivered ? messages / analytics.delivered : undefined) })}</span></dt>
        <dd>${value ? html`<strong><${Amount} money=${value} /></strong>` : count(Number(conversions))}
          ${returnOf(value, analytics.cost?.charged) && html`<span class="faint block">${t('conversions.return', { times: returnOf(value, analytics.cost.charged) })}</span>`}</dd>`)}
    </dl>
    <p class="faint">${t('conversions.text')}</p>`;
}

/** Revenue as a multiple of the cost; nothing while there is no cost in the same currency. */
function returnOf(value, charged) {
  if (!value || !charged || value.currency !== charged.currency || !Number(charged.micros)) return '';
  return count(Math.round((10 * Number(value.micros)) / Number(charged.micros)) / 10);
}
