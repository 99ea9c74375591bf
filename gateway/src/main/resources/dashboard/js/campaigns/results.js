import { useEffect, useRef, useState } from '../vendor.js';
import { get } from '../api.js';
import { count, country, duration, percent, secondsOf } from '../format.js';
import { t, word } from '../i18n/index.js';
import { ApiCall } from '../new-campaign/api-call.js';
import { formOf } from '../new-campaign/draft.js';
import { useResource } from '../ui/hooks.js';
import { html } from '../ui/html.js';
import { Loaded, Notice } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { Conversions } from './conversions.js';
import { CostCard } from './cost.js';
import { Failures } from './failures.js';
import { Funnel } from './funnel.js';
import { Links } from './links.js';
import { MetricTiles } from './metric-tiles.js';
import { MessagePreview } from './message-preview.js';
import { Replies } from './replies.js';
import { SeriesCard } from './series.js';

// Lists derived from the same evidence as the tiles are read again while the tiles change, but not for every change.
const REREAD_MS = 5_000;

/** What became of the messages. */
export function ResultsTab({ campaign, analytics, onShow }) {
  const failures = useResource(`failures ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/failures`, {}, signal)).reasons ?? []);
  const countries = useResource(`countries ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/countries`, {}, signal)).countries ?? []);
  const series = useResource(`series ${campaign.id}`, (signal) => get(`/campaigns/${campaign.id}/series`, {}, signal));
  const replies = useResource(`replyCounts ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/replyCounts`, {}, signal)).counts ?? []);
  const links = useResource(`links ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/links`, {}, signal)).links ?? []);
  const conversions = useResource(`conversions ${campaign.id}`, async (signal) => (await get(`/campaigns/${campaign.id}/conversionTotals`, {}, signal)).totals ?? []);
  useReread(analytics.version, [failures, countries, series, replies, links, conversions]);

  return html`
    <div class="live-figures stack">
      <${MetricTiles} analytics=${analytics} onShow=${onShow} />
      ${analytics.anomalies > 0 && html`<${Anomalies} count=${analytics.anomalies} onShow=${onShow} />`}
    </div>
    <div class="columns">
      <div class="stack">
        <section class="card live-figures" aria-labelledby="funnel-title"><h2 id="funnel-title">${t('funnel.title')}</h2><${Funnel} analytics=${analytics} /></section>
        ${campaign.type === 'API' && ['LIVE', 'PAUSED'].includes(campaign.status) && html`<div class="card"><${ApiCall} campaign=${campaign} form=${formOf(campaign)} /></div>`}
        <${SeriesCard} resource=${series} />
        <section class="card" aria-labelledby="failures-title">
          <h2 id="failures-title">${t('failures.title')}</h2>
          <${Loaded} resource=${failures}>${(reasons) => html`<${Failures} reasons=${reasons} onShow=${(code) => onShow('failed', { code: String(code) })} />`}<//>
        </section>
        ${links.data?.length > 0 && html`
          <section class="card" aria-labelledby="links-title">
            <h2 id="links-title">${t('links.title')}</h2>
            <${Links} links=${links.data} delivered=${analytics.delivered} />
          </section>`}
        ${conversions.data?.length > 0 && html`
          <section class="card" aria-labelledby="conversions-title">
            <h2 id="conversions-title">${t('conversions.title')}</h2>
            <${Conversions} totals=${conversions.data} analytics=${analytics} />
          </section>`}
        <section class="card" aria-labelledby="replies-title">
          <h2 id="replies-title">${t('replies.title')}</h2>
          <${Loaded} resource=${replies}>${(counts) => html`<${Replies} campaign=${campaign} counts=${counts} replied=${analytics.replied} />`}<//>
        </section>
        <section class="card" aria-labelledby="countries-title">
          <h2 id="countries-title">${t('countries.title')}</h2>
          <${Loaded} resource=${countries}>${(rows) => html`<${Countries} rows=${rows} />`}<//>
        </section>
      </div>
      <div class="stack">
        <section class="card" aria-labelledby="message-title"><h2 id="message-title">${t('message.title')}</h2><${MessagePreview} campaign=${campaign} /></section>
        <${CostCard} campaign=${campaign} analytics=${analytics} />
        <${Timings} timings=${analytics.timings} />
        <${Skips} skips=${analytics.skips} />
      </div>
    </div>`;
}

function useReread(version, resources) {
  const last = useRef({ version, at: 0 });
  const [, setTick] = useState(0);
  useEffect(() => {
    if (version === last.current.version) return undefined;
    const wait = Math.max(0, last.current.at + REREAD_MS - performance.now());
    const timer = setTimeout(() => {
      last.current = { version, at: performance.now() };
      resources.forEach((resource) => resource.reload());
      setTick((n) => n + 1);
    }, wait);
    return () => clearTimeout(timer);
  }, [version]);
}

const Anomalies = ({ count: n, onShow }) => html`
  <${Notice} icon="info" title=${t('anomalies.title', { n })} actions=${html`<button type="button" class="link-button" onClick=${() => onShow('anomalies')}>${t('metric.open')}</button>`}>${t('anomalies.text')}<//>`;

function Countries({ rows }) {
  if (rows.length === 0) return html`<p class="faint">${t('countries.none')}</p>`;
  const columns = [
    { id: 'country', title: t('countries.country'), phone: 'title', cell: (row) => country(row.country) },
    ...['submitted', 'sent', 'delivered', 'read', 'failed'].map((id) => ({ id, title: t(`metric.${id}`), class: 'cell-number', cell: (row) => count(row[id]) })),
    { id: 'rate', title: t('countries.readRate'), class: 'cell-number', cell: (row) => percent(row.delivered ? row.read / row.delivered : undefined) },
  ];
  return html`<${Table} caption=${t('countries.title')} class="table-plain" columns=${columns} rows=${rows} keyOf=${(row) => row.country} />`;
}

function Timings({ timings }) {
  const rows = [
    ['deliverMedian', timings?.deliverMedian], ['deliverP90', timings?.deliverP90], ['readMedian', timings?.readMedian], ['readP90', timings?.readP90],
  ].filter(([, value]) => value);
  if (rows.length === 0) return null;
  return html`
    <section class="card" aria-labelledby="timings-title">
      <h2 id="timings-title">${t('timings.title')}</h2>
      <dl class="pairs">${rows.map(([id, value]) => html`<dt>${t(`timings.${id}`)}</dt><dd>${duration(secondsOf(value))}</dd>`)}</dl>
      <p class="faint">${t('timings.text')}</p>
    </section>`;
}

function Skips({ skips }) {
  if (!skips?.length) return null;
  return html`
    <section class="card" aria-labelledby="skips-title">
      <h2 id="skips-title">${t('skips.title')}</h2>
      <dl class="pairs">${skips.map((skip) => html`<dt>${word('skip', skip.reason)}</dt><dd>${count(skip.count)}</dd>`)}</dl>
    </section>`;
}
