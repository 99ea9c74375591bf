import { useState } from '../vendor.js';
import { get } from '../api.js';
import { CampaignLink, useCampaignNames } from '../campaigns/names.js';
import { count, country } from '../format.js';
import { t, word } from '../i18n/index.js';
import { Button, Field } from '../ui/controls.js';
import { useAction, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Failure, Loaded, Notice } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { Amount } from '../ui/text.js';

const MOST_LINES = 500;

const thisMonth = () => new Date().toISOString().slice(0, 7);

/** One month, from balance to balance, and the proof that the books are right. */
export function Statement() {
  const [month, setMonth] = useState(thisMonth);
  const statement = useResource(/^\d{4}-\d\d$/.test(month) ? `statement ${month}` : null, (signal) => get(`/wallet/statements/${month}`, { pageSize: MOST_LINES }, signal));
  const names = useCampaignNames((statement.data?.lines ?? []).map((line) => line.campaignId));
  const columns = [
    { id: 'what', title: t('statement.what'), phone: 'title', cell: (line) => (line.campaignId && line.campaignId !== '0' ? html`<${CampaignLink} tab="cost" id=${line.campaignId} names=${names} /> <span class="faint block">${country(line.country)} · ${word('category', line.category)}</span>` : t('statement.other')) },
    { id: 'price', title: t('cost.price'), class: 'cell-number', cell: (line) => html`<${Amount} money=${line.unitPrice} />` },
    { id: 'messages', title: t('launch.messages'), class: 'cell-number', cell: (line) => count(line.chargedMessages) },
    { id: 'charged', title: t('cost.charged'), class: 'cell-number', cell: (line) => html`<${Amount} money=${line.charged} />` },
    { id: 'refunded', title: t('cost.refunded'), class: 'cell-number', cell: (line) => html`<${Amount} money=${line.refunded} />` },
  ];
  return html`
    <section class="card" aria-labelledby="statement-title">
      <div class="row-apart"><h2 id="statement-title">${t('statement.title')}</h2>
        <${Field} hideLabel label=${t('statement.month')}>${(ids) => html`<input class="input" type="month" ...${ids} value=${month} max=${thisMonth()} onChange=${(event) => setMonth(event.currentTarget.value)} />`}<//>
      </div>
      <${Loaded} resource=${statement}>
        ${(data) => html`
          <dl class="pairs statement-pairs">
            ${['opening', 'toppedUp', 'adjusted', 'charged', 'refunded'].map((id) => html`<dt>${t(`statement.${id}`)}</dt><dd><${Amount} money=${data[id]} /></dd>`)}
            <dt class="total">${t('statement.closing')}</dt><dd class="total"><${Amount} money=${data.closing} /></dd>
          </dl>
          ${data.lines?.length > 0 && html`<${Table} caption=${t('statement.title')} class="table-plain" columns=${columns} rows=${data.lines} keyOf=${(line) => `${line.campaignId} ${line.country} ${line.lot} ${line.category}`} />`}
          ${data.nextPageToken && html`<p class="faint">${t('statement.first', { n: MOST_LINES })}</p>`}
          <p class="faint">${t('statement.utc')}</p>`}
      <//>
      <${Audit} />
    </section>`;
}

function Audit() {
  const audit = useAction(() => get('/wallet:audit'));
  const [result, setResult] = useState(null);
  const run = async () => setResult((await audit.run()) ?? null);
  return html`
    <div class="row"><${Button} icon="check" busy=${audit.busy} onClick=${run}>${t('audit.run')}<//><span class="faint">${t('audit.text')}</span></div>
    ${audit.error && html`<${Failure} error=${audit.error} />`}
    ${result && (result.exact
      ? html`<${Notice} kind="good" role="status" title=${t('audit.exact')}>${t('audit.checked', { n: Number(result.entriesChecked), count: count(result.entriesChecked) })}<//>`
      : html`<${Notice} kind="danger" role="status" title=${t('audit.differs')}><ul class="plain-list">${(result.differences ?? []).map((line) => html`<li key=${line}>${line}</li>`)}</ul><//>`)}`;
}
