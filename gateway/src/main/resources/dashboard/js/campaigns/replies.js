import { get } from '../api.js';
import { count, percent, phone } from '../format.js';
import { t } from '../i18n/index.js';
import { may } from '../session.js';
import { html } from '../ui/html.js';
import { Failure, Loaded } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows } from '../ui/table.js';
import { Ago } from '../ui/text.js';

const PAGE_SIZE = 10;

/** What people answered: how many by each button, and the words for those who may read them. */
export function Replies({ campaign, counts, replied }) {
  if (!replied) return html`<p class="faint">${t('replies.none')}</p>`;
  return html`
    <ul class="shares">
      ${counts.map(({ button, messages }) => html`
        <li key=${button} class="share">
          <div class="share-head">
            <strong dir="auto">${button || t('replies.words')}</strong>
            <span class="share-count figure">${count(messages)}</span>
            <span class="share-part figure">${percent(messages / replied)}</span>
          </div>
          <div class="share-track"><span class="share-bar fill-read" style=${{ inlineSize: `${Math.min(100, (100 * messages) / replied)}%` }} /></div>
        </li>`)}
    </ul>
    ${may('OPERATOR') && html`<${Words} key=${replied} campaign=${campaign} />`}`;
}

function Words({ campaign }) {
  const pages = usePages(`replies ${campaign.id}`, async (pageToken, signal) => {
    const answer = await get(`/campaigns/${campaign.id}/replies`, { pageSize: PAGE_SIZE, pageToken }, signal);
    return { rows: answer.replies ?? [], next: answer.nextPageToken };
  });
  return html`
    <${Loaded} resource=${pages}>
      ${() => html`
        <ol class="timeline" aria-label=${t('replies.newest')}>
          ${pages.rows.map((reply, i) => html`
            <li key=${i} class="reply">
              <div class="row"><span dir="auto">${reply.name || html`<bdi dir="ltr">${phone(reply.phone) || t('replies.erased')}</bdi>`}</span><span class="faint"><${Ago} time=${reply.time} /></span></div>
              ${reply.button ? html`<span class="tag" dir="auto">${reply.button}</span>` : html`<p dir="auto">${reply.text || html`<span class="faint">${t('replies.noWords')}</span>`}</p>`}
            </li>`)}
        </ol>
        ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
        <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} />`}
    <//>`;
}
