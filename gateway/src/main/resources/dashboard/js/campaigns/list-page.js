import { useEffect, useMemo, useRef, useState } from '../vendor.js';
import { get } from '../api.js';
import { t } from '../i18n/index.js';
import { follow } from '../live.js';
import { setQuery, usePlace } from '../router.js';
import { may, whoAmI } from '../session.js';
import { Button } from '../ui/controls.js';
import { useResource, usePageTitle } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Empty, Failure, Loaded, Notice, SimulatedNotice } from '../ui/notice.js';
import { usePages } from '../ui/pages.js';
import { MoreRows } from '../ui/table.js';
import { CampaignFilters, chooseOrder, ORDERS, queryOf } from './filters.js';
import { CampaignTable } from './list-table.js';
import { newer } from './metrics.js';

const PAGE_SIZE = 50;

/** All campaigns of the workspace, live. */
export default function CampaignsPage() {
  usePageTitle(t('campaigns.title'));
  const { query } = usePlace();
  const request = useMemo(() => queryOf(query), [query.toString()]);
  const filtered = Boolean(request.text || request.statuses || request.type || request.createdAfter || request.createdBefore);
  const key = JSON.stringify(request);

  const pages = usePages(`campaigns ${key}`, async (pageToken, signal) => {
    const answer = await get('/campaigns', { ...request, pageSize: PAGE_SIZE, pageToken }, signal);
    return { rows: answer.campaigns ?? [], next: answer.nextPageToken };
  });
  const channels = useResource('channels', async (signal) => (await get('/channels', { pageSize: 100 }, signal)).channels ?? []);
  const allSimulated = channels.data?.length > 0 && channels.data.every((channel) => channel.simulated);

  useLiveRows(pages);

  return html`
    <div class="page-head">
      <h1 tabindex="-1">${t('campaigns.title')}</h1>
      ${may('OPERATOR') && html`<div class="page-actions"><${Button} kind="primary" icon="plus" href="/campaigns/new">${t('campaigns.new')}<//></div>`}
    </div>
    ${allSimulated && html`<${SimulatedNotice} many=${channels.data.length > 1} />`}
    ${whoAmI().kind === 'PERSON' && !whoAmI().hasPassword && html`
      <${Notice} icon="key" actions=${html`<${Button} small href="/settings?section=account">${t('account.setPassword')}<//>`}>${t('account.noPassword')}<//>`}
    ${(filtered || pages.rows.length > 0 || pages.error) && html`<${CampaignFilters} query=${query} />`}
    <${Loaded} resource=${pages} lines=${8}>
      ${() => pages.rows.length === 0
        ? filtered ? html`<${NothingFound} />` : html`<${FirstCampaign} channels=${channels.data} />`
        : html`
          <${CampaignTable} campaigns=${pages.rows} busy=${pages.loading} order=${query.get('order') ?? ORDERS[0]} onOrder=${chooseOrder} />
          ${pages.moreError && html`<${Failure} error=${pages.moreError} onRetry=${pages.more} />`}
          <${MoreRows} shown=${pages.rows.length} more=${pages.hasMore} busy=${pages.moreBusy} onMore=${pages.more} label=${t('campaigns.shown', { n: pages.rows.length })} />`}
    <//>`;
}

const NothingFound = () => html`
  <${Empty} icon="search" title=${t('campaigns.none.title')} actions=${html`
    <${Button} onClick=${() => setQuery({ text: null, status: null, type: null, days: null, from: null, to: null })}>${t('filter.clear')}<//>`}>
    ${t('campaigns.none.text')}
  <//>`;

function FirstCampaign({ channels }) {
  const noChannel = channels?.length === 0;
  return html`
    <${Empty} icon="campaigns" title=${t('campaigns.empty.title')} actions=${may('OPERATOR') && html`
      ${noChannel
        ? html`<${Button} kind="primary" icon="channels" href="/channels">${t('campaigns.empty.connect')}<//>`
        : html`<${Button} kind="primary" icon="plus" href="/campaigns/new">${t('campaigns.empty.create')}<//>`}`}>
      ${t(noChannel ? 'campaigns.empty.noChannel' : 'campaigns.empty.text')}
    <//>`;
}

/** Keeps the rows' figures current; a campaign that is not among them yet makes the first page be read again. */
function useLiveRows(pages) {
  const known = useRef(new Set());
  known.current = new Set(pages.rows.map((row) => row.id));
  const latest = useRef(pages);
  latest.current = pages;
  const [missed, setMissed] = useState(0);

  useEffect(() => {
    let started = false;
    return follow('/campaigns:watch', {}, (event, data) => {
      if (event !== 'campaigns') return;
      const news = new Map((data.analytics ?? []).map((analytics) => [analytics.campaignId, analytics]));
      if (started && [...news.keys()].some((id) => !known.current.has(id))) setMissed((n) => n + 1);
      started = true;
      latest.current.set((now) => now && { ...now, rows: now.rows.map((row) => (news.has(row.id) ? withFigures(row, news.get(row.id)) : row)) });
    });
  }, []);

  useEffect(() => {
    if (missed === 0 || latest.current.rows.length > PAGE_SIZE) return undefined;
    const timer = setTimeout(() => latest.current.reload(), 1500);
    return () => clearTimeout(timer);
  }, [missed]);
}

function withFigures(row, news) {
  const analytics = newer(row.analytics, news);
  return { ...row, analytics, status: analytics.status, audience: analytics.audience };
}
