import { count, percent } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from '../ui/html.js';

/** The tracked links of a campaign: how many people opened each, and how often. */
export function Links({ links, delivered }) {
  return html`
    <ul class="shares">
      ${links.map((link, i) => html`
        <li key=${i} class="share">
          <div class="share-head">
            <strong class="break"><bdi dir="ltr">${link.target}</bdi></strong>
            <span class="share-count figure">${count(link.messages)}</span>
            <span class="share-part figure">${percent(delivered ? Number(link.messages) / delivered : undefined)}</span>
          </div>
          <div class="share-track"><span class="share-bar fill-delivered" style=${{ inlineSize: `${delivered ? Math.min(100, (100 * Number(link.messages)) / delivered) : 0}%` }} /></div>
          <p class="faint">${t('links.counts', { clicks: count(link.clicks), previews: count(link.previews) })}</p>
        </li>`)}
    </ul>`;
}
