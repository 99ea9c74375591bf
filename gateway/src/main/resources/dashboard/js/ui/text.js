import { exactTime, money, relativeTime, roundMoney } from '../format.js';
import { t } from '../i18n/index.js';
import { html } from './html.js';
import { useTick } from './hooks.js';

/** "3 minutes ago", exact on hover and to a screen reader. */
export function Ago({ time }) {
  useTick(30_000);
  if (!time) return html`<span>–</span>`;
  return html`<time datetime=${time} title=${exactTime(time)}>${relativeTime(time)}</time>`;
}

/** Money as it is, to the last digit. */
export const Amount = ({ money: amount }) => html`<span class="figure">${money(amount)}</span>`;

/** Money rounded for a list, exact on hover. */
export const RoundAmount = ({ money: amount }) => html`<span class="figure" title=${amount ? money(amount) : undefined}>${roundMoney(amount)}</span>`;

/** Who did something, as people say it: a person's address, an API key by its name, or Herald itself. @param {string} actor */
export function actorName(actor) {
  if (actor === 'herald') return t('actor.herald');
  return actor?.startsWith('key:') ? t('actor.key', { name: actor.slice(4) }) : actor ?? '';
}
