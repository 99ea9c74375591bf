import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { segments } from './metrics.js';

/** @typedef {import('../types.js').Analytics} Analytics */

/** One bar of everybody in the audience by what became of their message. @param {{analytics: Analytics, large?: boolean}} props */
export function OutcomeBar({ analytics, large = false }) {
  const total = Math.max(1, analytics.audience);
  const parts = segments(analytics).filter((part) => part.count > 0);
  const label = parts.map((part) => `${t(`bucket.${part.id}`)} ${count(part.count)}`).join(', ');
  return html`
    <div class=${`bar ${large ? 'bar-large' : ''}`} role="img" aria-label=${label || t('bucket.none')}>
      ${parts.filter((part) => part.id !== 'pending').map((part) => html`
        <span key=${part.id} class=${`bar-part fill-${part.id}`} style=${{ flexGrow: part.count / total }} title=${`${t(`bucket.${part.id}`)}: ${count(part.count)} (${percent(part.count / total)})`} />`)}
      <span class="bar-rest" style=${{ flexGrow: analytics.pending / total }} />
    </div>`;
}

/** What the colours mean, with their figures. @param {{analytics: Analytics}} props */
export const OutcomeLegend = ({ analytics }) => html`
  <ul class="legend">
    ${segments(analytics).filter((part) => part.count > 0).map((part) => html`
      <li key=${part.id}><span class=${`swatch fill-${part.id}`} />${t(`bucket.${part.id}`)} <span class="figure">${count(part.count)}</span></li>`)}
  </ul>`;
