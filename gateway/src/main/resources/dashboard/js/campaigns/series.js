import { useState } from '../vendor.js';
import { count, shortTime } from '../format.js';
import { t } from '../i18n/index.js';
import { TimeChart } from '../ui/chart.js';
import { html } from '../ui/html.js';
import { Loaded } from '../ui/notice.js';
import { Table } from '../ui/table.js';

const LINES = ['sent', 'delivered', 'read', 'failed'];

/** Deliveries and reads over time, as they happened or added up. */
export function SeriesCard({ resource, start = 'sum' }) {
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
          ? html`<${Chart} points=${series.points} step=${series.step} sum=${sum} />`
          : html`<p class="faint">${t('series.none')}</p>`)}
      <//>
    </section>`;
}

const STEP_S = { MINUTE: 60, HOUR: 3600, DAY: 86_400 };
const LONGEST = 2000;

function Chart({ points, step, sum }) {
  const filled = fill(points, STEP_S[step] ?? 3600);
  const shown = sum ? addUp(filled) : filled;
  return html`
    <${TimeChart} label=${t('series.title')} times=${shown.map((point) => point.at)} stepped=${!sum && shown.length < 3}
      lines=${LINES.map((id) => ({ id, label: t(`metric.${id}`), values: shown.map((point) => point[id]) }))} />
    <details class="as-table">
      <summary>${t('series.asTable')}</summary>
      <${Table} caption=${t('series.title')} class="table-stay table-plain" rows=${points} keyOf=${(point) => point.startTime} columns=${[
        { id: 'time', title: t('series.from'), class: 'cell-time', cell: (point) => shortTime(point.startTime) },
        ...LINES.map((id) => ({ id, title: t(`metric.${id}`), class: 'cell-number', cell: (point) => count(point[id]) })),
      ]} />
    </details>`;
}

/** Steps in which nothing happened are not in the answer; in a chart they must be zero, not a slope. */
function fill(points, seconds) {
  const known = new Map(points.map((point) => [Math.round(Date.parse(point.startTime) / 1000), point]));
  const times = [...known.keys()];
  const steps = Math.floor((times.at(-1) - times[0]) / seconds) + 1;
  const empty = { sent: 0, delivered: 0, read: 0, failed: 0 };
  if (steps > LONGEST || steps < times.length) return times.map((at) => ({ ...empty, ...known.get(at), at }));
  return Array.from({ length: steps }, (_, i) => {
    const at = times[0] + i * seconds;
    return { ...empty, ...known.get(at), at };
  });
}

function addUp(points) {
  const total = { sent: 0, delivered: 0, read: 0, failed: 0 };
  return points.map((point) => {
    for (const id of LINES) total[id] += point[id];
    return { at: point.at, ...total };
  });
}
