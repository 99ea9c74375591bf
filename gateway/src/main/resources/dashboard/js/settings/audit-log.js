import { get } from '../api.js';
import { exactTime } from '../format.js';
import { has, t } from '../i18n/index.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { actorName } from '../ui/text.js';

/** Who did what, when and from where. */
export function AuditLog() {
  const pages = usePages('audit log', async (pageToken, signal) => {
    const answer = await get('/auditLog', { pageSize: 50, pageToken }, signal);
    return { rows: answer.entries ?? [], next: answer.nextPageToken };
  });
  const columns = [
    { id: 'time', title: t('entries.time'), class: 'cell-time', cell: (entry) => html`<span class="figure">${exactTime(entry.time)}</span>` },
    { id: 'actor', title: t('audit.actor'), cell: (entry) => html`<span class="break">${actorName(entry.actor)}</span>` },
    { id: 'action', title: t('audit.action'), phone: 'title', class: 'cell-two', cell: (entry) => html`<span>${actionName(entry.action)}</span><${Target} target=${entry.target} />` },
    { id: 'address', title: t('audit.address'), cell: (entry) => html`<span class="mono" dir="ltr">${entry.address || '–'}</span>` },
    { id: 'request', title: t('error.requestId'), phone: 'hide', cell: (entry) => html`<span class="mono faint break" dir="ltr">${entry.requestId || '–'}</span>` },
  ];
  return html`
    <p class="lead">${t('audit.lead')}</p>
    <${Loaded} resource=${pages}>
      ${() => html`
        <${Table} caption=${t('settings.audit')} columns=${columns} rows=${pages.rows} keyOf=${(entry) => entry.id} busy=${pages.loading} />
        ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
        <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`}
    <//>`;
}

// Actions are named after the calls, STOP_CAMPAIGN and the like: readable as they are.
const actionName = (action) => (has(`auditAction.${action}`) ? t(`auditAction.${action}`) : action.charAt(0) + action.slice(1).toLowerCase().replaceAll('_', ' '));

function Target({ target }) {
  if (!target) return null;
  return /^campaigns\/\d+$/.test(target) ? html`<a class="faint" href=${`/${target}`}>${target}</a>` : html`<span class="faint break" dir="ltr">${target}</span>`;
}
