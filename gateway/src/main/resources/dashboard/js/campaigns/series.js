import { useMemo, useState } from '../vendor.js';
import { count, shortTime, timeZone } from '../format.js';
import { t } from '../i18n/index.js';
import { TimeChart } from '../ui/chart.js';
import { html } from '../ui/html.js';
import { Loaded } from '../ui/notice.js';
import { Table } from '../ui/table.js';
import { stepsBetween } from '../ui/time-steps.js';

const LINES = ['sent', 'delivered', 'read', 'failed'];

/**
 * Deliveries and reads over time, as they happened or added up.
 * @param {{resource: any, start?: 'sum' | 'steps', range?: {from: number, to: number}}} props range: what the chart spans, if not just its points
 */
export function SeriesCard({ resource, start = 'sum', range }) {
  const [sum, setSum] = useState(start === 'sum');
  return html`
    <section class="card" aria-labelledby="series-title">
      <div class="card-head">
        <h2 id="series-title">${t('series.title')}</h2>
        <div class="chips" role="radiogroup" aria-label=${t('series.kind')}>
          ${[true, false].map((kind) => html`<button key=${kind} type="button" role="radio" class="chip" aria-checked=${sum === kind ? 'true' : 'false'} onClick=${() => setSum(kind)}>${kind ? t('series.sum') : t(`series.per.${resource.data?.step ?? 'HOUR'}`)}</button>`)}
        </div>
      </div>
      <${Loaded} resource=${resource}>
        ${(series) => (series.points?.length
          ? html`<${Chart} series=${series} range=${range} sum=${sum} />`
          : html`<p class="faint">${t('series.none')}</p>`)}
      <//>
    </section>`;
}

const LONGEST = 2000;
const NOTHING = { sent: 0, delivered: 0, read: 0, failed: 0 };

function Chart({ series, range, sum }) {
  const { points, step } = series;
  const shown = useMemo(() => {
    const filled = fill(points, step, series.timeZone || timeZone(), range);
    return sum ? addUp(filled) : filled;
  }, [points, step, sum, range?.from, range?.to]);
  const times = useMemo(() => shown.map((point) => point.at / 1000), [shown]);
  const lines = useMemo(() => LINES.map((id) => ({ id, label: t(`metric.${id}`), values: shown.map((point) => point[id]) })), [shown]);
  return html`
    <${TimeChart} label=${t('series.title')} times=${times} lines=${lines} />
    <details class="as-table">
      <summary>${t('series.asTable')}</summary>
      <${Table} caption=${t('series.title')} class="table-stay table-plain" rows=${points} keyOf=${(point) => point.startTime} columns=${[
        { id: 'time', title: t('series.from'), class: 'cell-time', cell: (point) => shortTime(point.startTime) },
        ...LINES.map((id) => ({ id, title: t(`metric.${id}`), class: 'cell-number', cell: (point) => count(point[id]) })),
      ]} />
    </details>`;
}

/**
 * Steps in which nothing happened are not in the answer; in a chart they must be zero, not a slope. A campaign's chart
 * begins one step before its first point, so that its lines rise from the ground.
 */
function fill(points, step, zone, range) {
  const known = new Map(points.map((point) => [Date.parse(point.startTime), point]));
  const times = [...known.keys()];
  const steps = stepsBetween(range?.from ?? times[0] - 1, Math.max(range?.to ?? 0, times.at(-1)), step, zone, LONGEST);
  const all = steps ? [...new Set([...steps, ...times])].sort((a, b) => a - b) : times;
  return all.map((at) => ({ ...NOTHING, ...known.get(at), at }));
}

function addUp(points) {
  const total = { ...NOTHING };
  return points.map((point) => {
    for (const id of LINES) total[id] += point[id];
    return { at: point.at, ...total };
  });
}
