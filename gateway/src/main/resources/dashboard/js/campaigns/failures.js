import { count, percent } from '../format.js';
import { has, t } from '../i18n/index.js';
import { html } from '../ui/html.js';

/** Why messages failed, in plain words, and what to do about it. */
export function Failures({ reasons, onShow }) {
  if (reasons.length === 0) return html`<p class="faint">${t('failures.none')}</p>`;
  return html`
    <ul class="shares">
      ${reasons.map((reason) => html`
        <li key=${reason.code} class="share">
          <div class="share-head">
            <div class="row"><strong>${titleOf(reason)}</strong>${reason.limitedByMeta && html`<span class="tag tag-blue">${t('failures.limited')}</span>`}</div>
            ${onShow
              ? html`<button type="button" class="link-button share-count figure" onClick=${() => onShow(reason.code)} aria-label=${t('failures.open', { n: reason.count, title: titleOf(reason) })}>${count(reason.count)}</button>`
              : html`<span class="share-count figure">${count(reason.count)}</span>`}
            <span class="share-part figure">${percent(reason.share)}</span>
          </div>
          <div class="share-track"><span class=${`share-bar ${reason.limitedByMeta ? 'fill-skipped' : 'fill-failed'}`} style=${{ inlineSize: `${100 * (reason.share ?? 0)}%` }} /></div>
          <p>${adviceOf(reason)}</p>
          <p class="faint">${reason.code ? t('failures.code', { code: String(reason.code) }) : t('failures.noCode')}${reason.metaTitle && html` · <span dir="auto">${reason.metaTitle}</span>`}</p>
        </li>`)}
    </ul>`;
}

// The service explains codes in English; another language may bring its own words for the frequent ones.
const titleOf = (reason) => (has(`failure.${reason.code}`) ? t(`failure.${reason.code}`) : reason.title || t('failures.unknown'));
const adviceOf = (reason) => (has(`failure.${reason.code}.advice`) ? t(`failure.${reason.code}.advice`) : reason.advice);
