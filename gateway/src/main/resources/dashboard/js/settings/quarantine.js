import { get, post } from '../api.js';
import { count } from '../format.js';
import { t } from '../i18n/index.js';
import { Button } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { Ago } from '../ui/text.js';
import { toast } from '../ui/toast.js';

/** What WhatsApp sent us that could not be applied, or was not about our messages. Nothing is dropped silently. */
export function Quarantine() {
  const pages = usePages('quarantine', async (pageToken, signal) => {
    const answer = await get('/quarantine', { pageSize: 50, pageToken }, signal);
    return { rows: answer.quarantined ?? [], next: answer.nextPageToken };
  });
  const others = useResource('unattributed', async (signal) => (await get('/unattributed', { pageSize: 200 }, signal)).counts ?? []);
  const replay = useAction(async (item) => {
    await post(`/quarantine/${item.id}:replay`);
    toast(t('quarantine.replayed'));
    await pages.reload();
  });
  const columns = [
    { id: 'time', title: t('quarantine.received'), class: 'cell-time', cell: (item) => html`<${Ago} time=${item.receiveTime} />` },
    { id: 'what', title: t('quarantine.what'), phone: 'title', class: 'cell-two', cell: (item) => html`<strong>${item.message || item.reason}</strong><span class="faint mono break" dir="ltr">${item.path || t('quarantine.wholeBody')}</span>` },
    { id: 'content', title: t('quarantine.content'), cell: (item) => html`<details><summary>${t('quarantine.show')}</summary><pre class="code quarantine-code" tabindex="0">${item.content}</pre></details>` },
    { id: 'actions', title: html`<span class="visually-hidden">${t('table.actions')}</span>`, class: 'cell-actions', cell: (item) => html`<${Button} small busy=${replay.busy} onClick=${() => replay.run(item)}>${t('quarantine.replay')}<//>` },
  ];
  return html`
    <p class="lead">${t('quarantine.lead')}</p>
    ${replay.error && html`<${Failure} error=${replay.error} />`}
    <${Loaded} resource=${pages}>
      ${() => (pages.rows.length === 0
        ? html`<${Empty} icon="check" title=${t('quarantine.empty.title')}>${t('quarantine.empty.text')}<//>`
        : html`
          <${Table} caption=${t('settings.webhooks')} columns=${columns} rows=${pages.rows} keyOf=${(item) => item.id} busy=${pages.loading} />
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`)}
    <//>
    <${Loaded} resource=${others} lines=${1}>
      ${(counts) => counts.length > 0 && html`
        <section class="card" aria-labelledby="others-title">
          <h2 id="others-title">${t('unattributed.title')}</h2><p class="faint">${t('unattributed.text')}</p>
          <dl class="pairs">${counts.map((one) => html`<dt><span class="mono">${one.reason}</span></dt><dd>${count(one.count)}</dd>`)}</dl>
        </section>`}
    <//>`;
}
