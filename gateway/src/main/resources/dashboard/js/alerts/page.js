import { useEffect } from '../vendor.js';
import { get, post } from '../api.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';
import { usePageTitle } from '../ui/hooks.js';
import { Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows } from '../ui/table.js';
import { Ago } from '../ui/text.js';

/** What people should know without having looked, newest first. Opening it is having seen it. */
export default function AlertsPage() {
  usePageTitle(t('alerts.title'));
  const pages = usePages('alerts', async (pageToken, signal) => {
    const answer = await get('/alerts', { pageSize: 50, pageToken }, signal);
    return { rows: answer.alerts ?? [], next: answer.nextPageToken };
  });
  const newest = pages.rows[0]?.id;
  useEffect(() => {
    if (newest) {
      post('/alerts:seen', { alertId: newest })
        .then(() => window.dispatchEvent(new CustomEvent('herald:alerts')))
        .catch(() => {}); // They stay counted as new, and that is all.
    }
  }, [newest]);
  return html`
    <div class="page-head"><h1 tabindex="-1">${t('alerts.title')}</h1></div>
    <${Loaded} resource=${pages}>
      ${() => pages.rows.length === 0
        ? html`<div class="empty"><h2>${t('alerts.none')}</h2><p>${t('alerts.none.text')}</p></div>`
        : html`
          <ol class="alerts">${pages.rows.map((alert) => html`<${Alert} key=${alert.id} alert=${alert} />`)}</ol>
          ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`}
    <//>`;
}

function Alert({ alert }) {
  const warning = alert.severity === 'WARNING';
  const campaign = alert.campaignId && alert.campaignId !== '0';
  return html`
    <li class="card alert">
      <span class=${`alert-mark ${warning ? 'is-bad' : ''}`}><${Icon} name=${warning ? 'warning' : 'info'} /><span class="visually-hidden">${t(warning ? 'alerts.warning' : 'alerts.info')}</span></span>
      <div class="stack-small">
        <h2 class="break">${campaign ? html`<a href=${`/campaigns/${alert.campaignId}`}>${alert.title}</a>` : alert.title}</h2>
        ${alert.text && html`<p class="break">${alert.text}</p>`}
        <p class="faint"><${Ago} time=${alert.time} /></p>
      </div>
    </li>`;
}
