import { useEffect, useRef, useState } from '../vendor.js';
import { t } from '../i18n/index.js';
import { setQuery } from '../router.js';
import { Button, Select } from '../ui/controls.js';
import { useSettled } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icons.js';

const STATUSES = ['LIVE', 'PAUSED', 'SCHEDULED', 'DRAFT', 'SENT', 'STOPPED'];
export const ORDERS = ['CREATED_NEWEST_FIRST', 'CREATED_OLDEST_FIRST', 'NAME', 'AUDIENCE_LARGEST_FIRST'];
const SPANS = ['7', '30', '90'];

/** @param {string} order */
export const chooseOrder = (order) => setQuery({ order: order === ORDERS[0] ? null : order });

/** Whole days, so that the same filter is the same request. */
const startOfDay = (plus) => new Date((Math.floor(Date.now() / 86_400_000) + plus) * 86_400_000).toISOString();

/**
 * The filters live in the address, so that a filtered list can be kept, shared and gone back to.
 * @param {URLSearchParams} query
 */
export function queryOf(query) {
  const day = (name, plus) => {
    const value = query.get(name);
    if (!value || Number.isNaN(Date.parse(value))) return undefined;
    return new Date(Date.parse(value) + plus * 86_400_000).toISOString();
  };
  return {
    text: query.get('text') || undefined,
    statuses: query.getAll('status').length ? query.getAll('status') : undefined,
    type: query.get('type') || undefined,
    orderBy: query.get('order') || undefined,
    createdAfter: SPANS.includes(query.get('days')) ? startOfDay(-Number(query.get('days'))) : day('from', 0),
    createdBefore: day('to', 1),
  };
}

/** @param {{query: URLSearchParams}} props */
export function CampaignFilters({ query }) {
  const [text, setText] = useState(query.get('text') ?? '');
  const settled = useSettled(text, 250);
  useEffect(() => setQuery({ text: settled.trim() }), [settled]);
  const searched = useRef('');
  useEffect(() => {
    // Cleared by a button; what is being typed just now has not been searched for yet.
    if (searched.current && !query.get('text')) setText('');
    searched.current = query.get('text') ?? '';
  }, [query.get('text')]);

  const chosen = query.getAll('status');
  const toggle = (status) => setQuery({ status: chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status] });
  const any = query.get('text') || chosen.length > 0 || query.get('type') || query.get('days') || query.get('from') || query.get('to');

  return html`
    <div class="filters" role="search" aria-label=${t('campaigns.filters')}>
      <div class="search">
        <${Icon} name="search" />
        <input class="input" type="search" aria-label=${t('campaigns.search')} placeholder=${t('campaigns.search')} value=${text} onInput=${(event) => setText(event.currentTarget.value)} />
      </div>
      <div class="chips" role="group" aria-label=${t('campaigns.column.status')}>
        ${STATUSES.map((status) => html`
          <button key=${status} type="button" class="chip" aria-pressed=${chosen.includes(status) ? 'true' : 'false'} onClick=${() => toggle(status)}>${t(`status.${status}`)}</button>`)}
      </div>
      <div class="filters-end">
        <${Select} hideLabel label=${t('campaigns.column.type')} value=${query.get('type') ?? ''} onInput=${(type) => setQuery({ type })}
          options=${[{ value: '', label: t('campaigns.anyType') }, { value: 'BROADCAST', label: t('type.BROADCAST') }, { value: 'API', label: t('type.API') }]} />
        <${Created} query=${query} />
        <${Select} hideLabel label=${t('campaigns.order')} value=${query.get('order') ?? ORDERS[0]} onInput=${chooseOrder}
          options=${ORDERS.map((order) => ({ value: order, label: t(`campaigns.order.${order}`) }))} />
        ${any && html`<${Button} kind="quiet" icon="close" onClick=${() => setQuery({ text: null, status: null, type: null, days: null, from: null, to: null })}>${t('filter.clear')}<//>`}
      </div>
    </div>`;
}

/** When created: a few usual spans, or from one day to another. */
function Created({ query }) {
  const ranged = Boolean(query.get('from') || query.get('to'));
  const [custom, setCustom] = useState(ranged);
  const days = query.get('days') ?? '';
  const choose = (value) => {
    setCustom(value === 'custom');
    setQuery({ days: SPANS.includes(value) ? value : null, from: null, to: null });
  };
  return html`
    <${Select} hideLabel label=${t('campaigns.created')} value=${custom ? 'custom' : days} onInput=${choose} options=${[
      { value: '', label: t('campaigns.created.any') },
      ...SPANS.map((span) => ({ value: span, label: t('campaigns.created.days', { n: Number(span) }) })),
      { value: 'custom', label: t('campaigns.created.custom') },
    ]} />
    ${custom && html`
      <div class="date-range">
        <input class="input" type="date" aria-label=${t('campaigns.createdFrom')} value=${query.get('from') ?? ''} max=${query.get('to') ?? undefined} onChange=${(event) => setQuery({ from: event.currentTarget.value })} />
        <span aria-hidden="true">–</span>
        <input class="input" type="date" aria-label=${t('campaigns.createdTo')} value=${query.get('to') ?? ''} min=${query.get('from') ?? undefined} onChange=${(event) => setQuery({ to: event.currentTarget.value })} />
      </div>`}`;
}
