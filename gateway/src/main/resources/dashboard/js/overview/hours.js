import { count } from '../format.js';
import { locale, t } from '../i18n/index.js';
import { html } from '../ui/html.js';

const hourName = (hour) => new Intl.DateTimeFormat(locale(), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(Date.UTC(2020, 0, 1, hour));

/** When people read: reads by hour of day. A message read late at night was often sent in the evening. */
export function Hours({ hours, zone }) {
  const byHour = Array.from({ length: 24 }, (_, hour) => ({ hour, read: Number(hours.find((one) => one.hour === hour)?.read ?? 0), sent: Number(hours.find((one) => one.hour === hour)?.sent ?? 0) }));
  const most = Math.max(1, ...byHour.map((one) => one.read));
  const best = [...byHour].filter((one) => one.read > 0).sort((a, b) => b.read - a.read).slice(0, 3).sort((a, b) => a.hour - b.hour);
  return html`
    <section class="card" aria-labelledby="hours-title">
      <h2 id="hours-title">${t('hours.title')}</h2>
      ${best.length === 0 ? html`<p class="faint">${t('series.none')}</p>` : html`
        <p>${t('hours.best', { hours: new Intl.ListFormat(locale()).format(best.map((one) => hourName(one.hour))) })}</p>
        <ol class="hours" aria-label=${t('hours.title')}>
          ${byHour.map((one) => html`
            <li key=${one.hour} title=${`${hourName(one.hour)}: ${t('hours.read', { n: one.read, count: count(one.read) })}`}>
              <span class=${`hour-bar ${best.includes(one) ? 'is-best' : ''}`} style=${{ blockSize: `${(100 * one.read) / most}%` }} />
              <span class="visually-hidden">${hourName(one.hour)}: ${t('hours.read', { n: one.read, count: count(one.read) })}</span>
              ${one.hour % 6 === 0 && html`<span class="hour-name" aria-hidden="true">${hourName(one.hour)}</span>`}
            </li>`)}
        </ol>
        <p class="faint">${t('hours.text', { zone })}</p>`}
    </section>`;
}
