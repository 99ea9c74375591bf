import { get } from '../api.js';
import { CampaignLink, useCampaignNames } from '../campaigns/names.js';
import { count, country } from '../format.js';
import { t, word } from '../i18n/index.js';
import { setQuery, usePlace } from '../router.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows, Table } from '../ui/table.js';
import { Ago, Amount } from '../ui/text.js';

const PAGE_SIZE = 25;
const CAUSES = ['TOP_UP', 'RESERVATION', 'CHARGE', 'RELEASE', 'REFUND', 'ADJUSTMENT'];

/** How an entry changes what is free to spend: a charge takes from what was set aside before, so it changes nothing. */
function effectOf(entry) {
  if (entry.credit === 'AVAILABLE') return 'in';
  if (entry.debit === 'AVAILABLE') return 'out';
  return 'none';
}

/** Every movement of money, newest first. @param {{generation: number}} props changes when there is something new */
export function Entries({ generation }) {
  const { query } = usePlace();
  const causes = query.getAll('cause').filter((cause) => CAUSES.includes(cause));
  const pages = usePages(`entries ${causes.join()} ${generation}`, async (pageToken, signal) => {
    const answer = await get('/wallet/entries', { causes, pageSize: PAGE_SIZE, pageToken }, signal);
    return { rows: answer.entries ?? [], next: answer.nextPageToken };
  });
  const names = useCampaignNames(pages.rows.map((entry) => entry.campaignId));
  const toggle = (cause) => setQuery({ cause: causes.includes(cause) ? causes.filter((one) => one !== cause) : [...causes, cause] });
  const columns = [
    { id: 'time', title: t('entries.time'), class: 'cell-time', cell: (entry) => html`<${Ago} time=${entry.createTime} />` },
    { id: 'cause', title: t('entries.cause'), phone: 'title', cell: (entry) => html`<strong>${word('cause', entry.cause)}</strong><span class="faint block">${t('entries.flow', { from: word('account', entry.debit), to: word('account', entry.credit) })}</span>` },
    { id: 'about', title: t('entries.about'), cell: (entry) => html`<${About} entry=${entry} names=${names} />` },
    { id: 'amount', title: t('entries.amount'), class: 'cell-number', cell: (entry) => html`<span class=${`effect-${effectOf(entry)}`}>${{ in: '+', out: '−', none: '' }[effectOf(entry)]}<${Amount} money=${entry.amount} /></span>` },
    { id: 'after', title: t('entries.after'), class: 'cell-number', cell: (entry) => html`<${Amount} money=${entry.availableAfter} />` },
  ];
  return html`
    <section class="stack" aria-labelledby="entries-title">
      <div class="row-apart"><h2 id="entries-title">${t('entries.title')}</h2>
        <div class="chips" role="group" aria-label=${t('entries.cause')}>${CAUSES.map((cause) => html`<button key=${cause} type="button" class="chip" aria-pressed=${causes.includes(cause) ? 'true' : 'false'} onClick=${() => toggle(cause)}>${t(`cause.${cause}`)}</button>`)}</div>
      </div>
      <${Loaded} resource=${pages}>
        ${() => (pages.rows.length === 0
          ? html`<p class="faint">${t('entries.none')}</p>`
          : html`
            <${Table} caption=${t('entries.title')} columns=${columns} rows=${pages.rows} keyOf=${(entry) => entry.id} busy=${pages.loading} />
            ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
            <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} label=${t('entries.shown', { n: pages.rows.length })} />`)}
      <//>
    </section>`;
}

function About({ entry, names }) {
  if (!entry.campaignId || entry.campaignId === '0') return html`<span class="break" dir="auto">${entry.note || '–'}</span>`;
  return html`
    <${CampaignLink} tab="cost" id=${entry.campaignId} names=${names} />
    <span class="faint block">${t('entries.sum', { n: entry.messages, count: count(entry.messages), country: country(entry.country) })} × <${Amount} money=${entry.unitPrice} /></span>`;
}
