import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { FURTHER_METRICS, MAIN_METRICS } from './metrics.js';

/** Every metric: the figure, its rate, what it means, and the people behind it on a click. */
export const MetricTiles = ({ analytics, onShow }) => html`
  <div class="tiles">${MAIN_METRICS.map((metric) => html`<${Tile} key=${metric.id} metric=${metric} analytics=${analytics} onShow=${onShow} />`)}</div>
  <div class="tiles tiles-further">${FURTHER_METRICS.map((metric) => html`<${Tile} key=${metric.id} metric=${metric} analytics=${analytics} onShow=${onShow} />`)}</div>`;

function Tile({ metric, analytics, onShow }) {
  const value = analytics[metric.id] ?? 0;
  const rate = metric.rate ? analytics.rates?.[metric.rate] : undefined;
  return html`
    <button type="button" class=${`tile tile-${metric.id} ${value === 0 ? 'is-zero' : ''}`} onClick=${() => onShow(metric.show)}>
      <span class="tile-name">${metric.id !== 'audience' && html`<span class=${`swatch fill-${metric.id}`} />`}${t(`metric.${metric.id}`)}</span>
      <span class="tile-value figure">${count(value)}</span>
      ${metric.rate && html`<span class="tile-rate"><span class="figure">${percent(rate)}</span> ${t(`metric.${metric.id}.rate`)}</span>`}
      <span class="tile-text">${t(`metric.${metric.id}.text`)}</span>
    </button>`;
}
