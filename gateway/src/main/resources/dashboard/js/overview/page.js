import { useMemo } from '../vendor.js';
import { get } from '../api.js';
import { useCampaignNames } from '../campaigns/names.js';
import { Failures } from '../campaigns/failures.js';
import { SeriesCard } from '../campaigns/series.js';
import { count, money, percent, roundMoney, timeZone } from '../format.js';
import { t } from '../i18n/index.js';
import { setQuery, usePlace } from '../router.js';
import { Button } from '../ui/controls.js';
import { usePageTitle, useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Loaded } from '../ui/notice.js';
import { may } from '../session.js';
import { Hours } from './hours.js';
import { Ranking } from './ranking.js';

const SPANS = { 7: 'HOUR', 30: 'DAY', 90: 'DAY' };
const HOUR_MS = 3_600_000;

/** The workspace over time: how much, how well, what went wrong, when people read. */
export default function OverviewPage() {
  usePageTitle(t('overview.title'));
  const { query } = usePlace();
  const days = query.get('days') in SPANS ? query.get('days') : '30';
  // Whole hours, so that coming back asks the same question.
  const range = useMemo(() => {
    const end = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
    return { startTime: new Date(end - Number(days) * 24 * HOUR_MS).toISOString(), endTime: new Date(end).toISOString() };
  }, [days]);
  const overview = useResource(`overview ${days} ${range.endTime}`, (signal) => get('/overview', { ...range, step: SPANS[days], timeZone: timeZone() }, signal));
  const names = useCampaignNames((overview.data?.campaigns ?? []).map((campaign) => campaign.campaignId));

  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('overview.title')}</h1>
      <div class="chips" role="radiogroup" aria-label=${t('overview.range')}>
        ${Object.keys(SPANS).map((span) => html`<button key=${span} type="button" role="radio" class="chip" aria-checked=${span === days ? 'true' : 'false'} onClick=${() => setQuery({ days: span === '30' ? null : span })}>${t('campaigns.created.days', { n: Number(span) })}</button>`)}
      </div>
    </div>
    <${Loaded} resource=${overview} lines=${10}>
      ${(data) => (data.totals?.submitted || data.campaigns?.length ? html`<${Figures} data=${data} names=${names} overview=${overview} range=${range} />` : html`<${Nothing} />`)}
    <//>`;
}

const Nothing = () => html`
  <${Empty} icon="overview" title=${t('overview.empty.title')} actions=${may('OPERATOR') && html`<${Button} kind="primary" icon="plus" href="/campaigns/new">${t('campaigns.new')}<//>`}>${t('overview.empty.text')}<//>`;

function Figures({ data, names, overview, range }) {
  const totals = data.totals ?? {};
  const share = (part, whole) => (whole > 0 ? part / whole : undefined);
  const tiles = [
    { id: 'sent', rate: undefined },
    { id: 'delivered', rate: share(totals.delivered, totals.sent) },
    { id: 'read', rate: share(totals.read, totals.delivered) },
    { id: 'failed', rate: share(totals.failed, totals.sent + totals.failed) },
    { id: 'replied', rate: share(totals.replied, totals.delivered) },
    { id: 'clicked', rate: share(totals.clicked, totals.delivered) },
  ];
  return html`
    <div class="tiles tiles-overview">
      ${tiles.map((tile) => html`
        <div key=${tile.id} class=${`tile tile-still tile-${tile.id} ${totals[tile.id] ? '' : 'is-zero'}`}>
          <span class="tile-name"><span class=${`swatch fill-${tile.id}`} />${t(`metric.${tile.id}`)}</span>
          <span class="tile-value figure">${count(totals[tile.id] ?? 0)}</span>
          ${tile.rate !== undefined && html`<span class="tile-rate"><span class="figure">${percent(tile.rate)}</span> ${t(`metric.${tile.id}.rate`)}</span>`}
        </div>`)}
      <${Spend} campaigns=${data.campaigns ?? []} />
    </div>
    <p class="faint">${t('overview.counting')}</p>
    <${SeriesCard} resource=${{ ...overview, data: { points: data.points ?? [], step: data.step, timeZone: data.timeZone } }} start="steps" range=${{ from: Date.parse(range.startTime), to: Date.parse(range.endTime) - 1 }} />
    <div class="columns columns-even">
      <${Ranking} campaigns=${data.campaigns ?? []} names=${names} />
      <${Hours} hours=${data.hours ?? []} zone=${data.timeZone} />
    </div>
    <section class="card" aria-labelledby="failures-title">
      <h2 id="failures-title">${t('failures.title')}</h2>
      <${Failures} reasons=${data.failures ?? []} />
    </section>`;
}

const MOST_CAMPAIGNS = 50;

/** What the campaigns launched in this time were charged; a campaign's cost comes with its figures. */
function Spend({ campaigns }) {
  const charged = campaigns.map((campaign) => campaign.cost?.charged).filter(Boolean);
  if (charged.length === 0) return null;
  const total = { currency: charged[0].currency, micros: String(charged.reduce((sum, amount) => sum + BigInt(amount.micros), 0n)) };
  return html`
    <div class="tile tile-still tile-spend">
      <span class="tile-name">${t('overview.spend')}</span>
      <span class="tile-value figure" title=${money(total)}>${roundMoney(total)}</span>
      <span class="tile-rate">${campaigns.length < MOST_CAMPAIGNS ? t('overview.spend.all') : t('overview.spend.largest', { n: MOST_CAMPAIGNS })} <a href="/wallet">${t('nav.wallet')}</a></span>
    </div>`;
}
